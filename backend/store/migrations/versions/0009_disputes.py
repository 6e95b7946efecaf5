"""Reviews, and disputes with their messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def upgrade() -> None:
    op.add_column(
        "commission",
        sa.Column("is_void", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "hold",
        _text("tenant", 32),
        _text("account", 32),
        _number("n"),
        _text("step", 12),
        _text("reason", 1000),
        _text("by", 32, nullable=True),
        _big("at"),
        sa.ForeignKeyConstraint(
            ["tenant", "account"], ["account.tenant", "account.id"], name="fk_hold_tenant_account"
        ),
        sa.PrimaryKeyConstraint("tenant", "account", "n", name="pk_hold"),
    )
    _create_disputes()


def _create_disputes() -> None:
    op.create_table(
        "dispute",
        _text("tenant", 32),
        _text("id", 32),
        _text("account", 32),
        _text("kind", 12),
        _text("payment", 32, nullable=True),
        _text("payout", 32, nullable=True),
        _text("state", 12),
        _big("opened_at"),
        _big("due_at", nullable=True),
        _text("decided_by", 32, nullable=True),
        _big("decided_at", nullable=True),
        _text("reason", 1000),
        _big("amount"),
        sa.Column("award", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_dispute_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_dispute"),
    )
    op.create_index("ix_dispute_account", "dispute", ["tenant", "account", "id"])
    op.create_index("ix_dispute_state", "dispute", ["tenant", "state", "id"])
    op.create_index("ix_dispute_payment", "dispute", ["tenant", "payment"])
    op.create_table(
        "dispute_message",
        _text("tenant", 32),
        _text("dispute", 32),
        _number("n"),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        _text("text", 4000),
        _text("link", 500),
        _big("at"),
        sa.ForeignKeyConstraint(
            ["tenant", "dispute"],
            ["dispute.tenant", "dispute.id"],
            name="fk_dispute_message_tenant_dispute",
        ),
        sa.PrimaryKeyConstraint("tenant", "dispute", "n", name="pk_dispute_message"),
    )


def downgrade() -> None:
    for table in ("dispute_message", "dispute", "hold"):
        op.drop_table(table)
    op.drop_column("commission", "is_void")
