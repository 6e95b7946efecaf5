"""How owners are paid, batches and payouts, what they claimed, their files and returns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(32), nullable=False)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _of_batch(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "batch"],
        ["payout_batch.tenant", "payout_batch.id"],
        name=f"fk_{table}_tenant_batch",
    )


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "account"], ["account.tenant", "account.id"], name=f"fk_{table}_tenant_account"
    )


def upgrade() -> None:
    _create_payees()
    _create_batches()
    _create_payouts()


def _create_payees() -> None:
    op.create_table(
        "payee",
        _tenant(),
        _text("account", 32),
        _text("method", 8),
        _text("currency", 3),
        _text("masked", 120),
        _text("digest", 64),
        _text("sealed", 4000),
        _text("state", 12),
        _big("changed_at"),
        _big("confirmed_at", nullable=True),
        _big("cools_until", nullable=True),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        _small("withheld_bp"),
        _text("note", 300),
        _text("link", 64, nullable=True),
        _big("link_until", nullable=True),
        _of_account("payee"),
        sa.PrimaryKeyConstraint("tenant", "account", name="pk_payee"),
    )
    op.create_index("ix_payee_method", "payee", ["tenant", "method", "currency", "account"])
    op.create_index("ix_payee_digest", "payee", ["tenant", "digest"])


def _create_batches() -> None:
    op.create_table(
        "payout_batch",
        _tenant(),
        _text("id", 32),
        _text("method", 8),
        _text("currency", 3),
        _text("state", 12),
        _text("open_for", 16, nullable=True),
        _small("approvals_needed"),
        _count("items"),
        _count("total"),
        _text("created_by", 32, nullable=True),
        _big("created_at"),
        _big("approved_at", nullable=True),
        _text("submitted_by", 32, nullable=True),
        _big("submitted_at", nullable=True),
        _big("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_payout_batch"),
    )
    op.create_index("uq_payout_batch_open_for", "payout_batch", ["tenant", "open_for"], unique=True)
    op.create_index("ix_payout_batch_state", "payout_batch", ["tenant", "state", "id"])
    op.create_table(
        "payout_approval",
        _tenant(),
        _text("batch", 32),
        _text("account", 32),
        _big("at"),
        _of_batch("payout_approval"),
        sa.PrimaryKeyConstraint("tenant", "batch", "account", name="pk_payout_approval"),
    )
    op.create_table(
        "payout_file",
        _tenant(),
        _text("batch", 32),
        _text("name", 120),
        _text("media_type", 80),
        _text("sha256", 64),
        _small("lines"),
        _count("total"),
        _small("day"),
        _small("number"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of_batch("payout_file"),
        sa.PrimaryKeyConstraint("tenant", "batch", name="pk_payout_file"),
    )
    op.create_table(
        "payout_return",
        _tenant(),
        _text("batch", 32),
        _text("sha256", 64),
        _text("uploaded_by", 32),
        _big("uploaded_at"),
        sa.Column("report", sa.String(), nullable=False),
        _of_batch("payout_return"),
        sa.PrimaryKeyConstraint("tenant", "batch", "sha256", name="pk_payout_return"),
    )


def _create_payouts() -> None:
    op.create_table(
        "payout",
        _tenant(),
        _text("id", 32),
        _text("batch", 32),
        _text("account", 32),
        _text("currency", 3),
        _big("amount"),
        _count("withheld"),
        _count("fee"),
        _text("state", 12),
        _text("masked", 120),
        _text("digest", 64),
        _text("sealed", 4000),
        sa.Column("parts", sa.String(), nullable=False),
        _big("claimed_at"),
        _big("sent_at", nullable=True),
        _big("ended_at", nullable=True),
        _text("provider_ref", 100),
        _text("reason", 300),
        sa.CheckConstraint("amount > 0 AND withheld >= 0 AND withheld < amount", name="pays"),
        _of_batch("payout"),
        _of_account("payout"),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_payout"),
    )
    op.create_index("ix_payout_batch", "payout", ["tenant", "batch", "id"])
    op.create_index("ix_payout_account", "payout", ["tenant", "account", "id"])
    op.create_table(
        "payout_line",
        _tenant(),
        _text("payout", 32),
        _text("payment", 32),
        _small("level"),
        _text("line", 8),
        _text("currency", 3),
        _big("amount"),
        sa.ForeignKeyConstraint(
            ["tenant", "payout"],
            ["payout.tenant", "payout.id"],
            name="fk_payout_line_tenant_payout",
        ),
        sa.PrimaryKeyConstraint(
            "tenant", "payout", "payment", "level", "line", name="pk_payout_line"
        ),
    )
    op.create_index(
        "ix_payout_line_commission", "payout_line", ["tenant", "payment", "level", "line"]
    )


def downgrade() -> None:
    for table in (
        "payout_line", "payout", "payout_return", "payout_file", "payout_approval",
        "payout_batch", "payee",
    ):  # fmt: skip
        op.drop_table(table)
