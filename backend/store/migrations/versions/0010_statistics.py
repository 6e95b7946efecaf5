"""Where the views and shares of each day came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def upgrade() -> None:
    op.create_table(
        "source_day",
        _text("tenant", 32),
        _text("site", 32),
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        _count("seen"),
        _count("visitors"),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "day", name="pk_source_day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "site_source",
        _text("tenant", 32),
        _text("site", 32),
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        _text("kind", 16),
        _text("name", 300),
        _count("count"),
        sa.PrimaryKeyConstraint("tenant", "site", "day", "kind", "name", name="pk_site_source"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("site_source", "source_day"):
        op.drop_table(table)
