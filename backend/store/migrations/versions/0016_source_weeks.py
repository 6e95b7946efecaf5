"""Where the views and shares of each week came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    op.create_table(
        "source_week",
        _text("tenant", 32),
        _text("account", 32),
        _text("site", 32),
        sa.Column("week", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "account", "site", "week", name="pk_source_week"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("source_week")
