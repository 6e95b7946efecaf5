"""The transparency log's tree and checkpoints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(32), nullable=False)


def _number(name: str, kind: type[sa.Integer] = sa.BigInteger) -> sa.Column[int]:
    return sa.Column(name, kind(), nullable=False, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "log_head",
        _tenant(),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_log_head"),
    )
    op.create_table(
        "log_tile",
        _tenant(),
        _number("level", sa.Integer),
        _number("number"),
        _number("width", sa.Integer),
        sa.Column("nodes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "level", "number", name="pk_log_tile"),
    )
    op.create_table(
        "log_checkpoint",
        _tenant(),
        _number("size"),
        sa.Column("root", sa.String(64), nullable=False),
        _number("at"),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "size", name="pk_log_checkpoint"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Hashes do not compress: keep the server from trying.
        op.execute("ALTER TABLE log_tile ALTER COLUMN nodes SET STORAGE EXTERNAL")


def downgrade() -> None:
    for name in ("log_checkpoint", "log_tile", "log_head"):
        op.drop_table(name)
