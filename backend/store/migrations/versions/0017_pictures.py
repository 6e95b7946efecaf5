"""When the pictures of sites are taken again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("thumbnail_due_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "site", sa.Column("thumbnail_tries", sa.BigInteger(), nullable=False, server_default="0")
    )
    # 30 days after the last picture; at once where there is none.
    op.execute(
        "UPDATE site SET thumbnail_due_at = COALESCE(thumbnail_at + 2592000000000, verified_at)"
        " WHERE verified_at IS NOT NULL"
    )
    op.create_index("ix_site_thumbnail_due", "site", ["tenant", "thumbnail_due_at"])


def downgrade() -> None:
    op.drop_index("ix_site_thumbnail_due", "site")
    op.drop_column("site", "thumbnail_tries")
    op.drop_column("site", "thumbnail_due_at")
