"""Room in the pages of rows that each batch of events updates."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_UPDATED = ("score", "site_day")


def upgrade() -> None:
    """Leave half of each page free: a row's next version fits beside it, and no index changes.

    PostgreSQL's heap-only tuples. Rows that are there already move as they are updated.
    """
    if op.get_bind().dialect.name == "postgresql":
        for table in _UPDATED:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _UPDATED:
            op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
