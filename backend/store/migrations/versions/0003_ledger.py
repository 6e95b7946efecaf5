"""The ledger, plans, payments and commissions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_txn", "ledger_posting")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(32), nullable=False)


def _text(name: str, length: int | None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.String(), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    _create_ledger()
    _forbid_changes()
    _create_plans()
    _create_payments()
    _create_commissions()


def _create_ledger() -> None:
    op.create_table(
        "ledger_head",
        _tenant(),
        _count("size"),
        sa.PrimaryKeyConstraint("tenant", name="pk_ledger_head"),
    )
    op.create_table(
        "ledger_txn",
        _tenant(),
        _big("seq"),
        _text("kind", 24),
        _text("key", 200),
        _text("input_hash", 64),
        _big("at"),
        _big("booked_at"),
        _text("ref", 100),
        _big("reverses", nullable=True),
        _text("facts", 4000),
        _text("leaf", None),
        _text("leaf_hash", 64),
        sa.PrimaryKeyConstraint("tenant", "seq", name="pk_ledger_txn"),
    )
    op.create_index("uq_ledger_txn_key", "ledger_txn", ["tenant", "key"], unique=True)
    op.create_index("ix_ledger_txn_ref", "ledger_txn", ["tenant", "ref"])
    op.create_table(
        "ledger_posting",
        _tenant(),
        _big("seq"),
        _small("n"),
        _text("account", 64),
        _text("currency", 3),
        _big("amount"),
        _small("level"),
        _text("line", 8),
        sa.CheckConstraint("amount <> 0", name="is_something"),
        sa.ForeignKeyConstraint(
            ["tenant", "seq"], ["ledger_txn.tenant", "ledger_txn.seq"],
            name="fk_ledger_posting_tenant_seq",
        ),
        sa.PrimaryKeyConstraint("tenant", "seq", "n", name="pk_ledger_posting"),
    )  # fmt: skip
    op.create_index(
        "ix_ledger_posting_account", "ledger_posting", ["tenant", "account", "currency", "seq"]
    )
    op.create_table(
        "ledger_balance",
        _tenant(),
        _text("account", 64),
        _text("currency", 3),
        _count("debits"),
        _count("credits"),
        _small("sign"),
        sa.CheckConstraint("sign * (debits - credits) >= 0", name="is_on_its_side"),
        sa.PrimaryKeyConstraint("tenant", "account", "currency", name="pk_ledger_balance"),
    )
    op.create_table(
        "ledger_salt",
        _tenant(),
        _text("owner", 32),
        _text("salt", 64),
        sa.PrimaryKeyConstraint("tenant", "owner", name="pk_ledger_salt"),
    )


def _forbid_changes() -> None:
    """Let the database itself refuse what may never happen to the ledger."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} BEGIN "
                    "SELECT RAISE(ABORT, 'the ledger is append only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append only' USING ERRCODE = '23001'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _create_plans() -> None:
    op.create_table(
        "plan",
        _tenant(),
        _text("name", 40),
        _small("version"),
        _text("body", None),
        _big("created_at"),
        _text("acknowledged_by", 32, nullable=True),
        _big("acknowledged_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant", "name", "version", name="pk_plan"),
    )
    op.create_table(
        "programme",
        _tenant(),
        _big("since"),
        _text("plan", 40),
        _small("version"),
        _text("chosen_by", 32, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "since", name="pk_programme"),
    )


def _create_payments() -> None:
    op.create_table(
        "payment",
        _tenant(),
        _text("id", 32),
        _text("provider", 16),
        _text("ref", 80),
        _text("charge", 80),
        _text("account", 32),
        _text("currency", 3),
        _text("country", 2, nullable=True),
        _big("gross"),
        _big("tax"),
        _big("fee"),
        _count("returned"),
        _count("fees_more"),
        _flag("is_disputed"),
        _count("held"),
        _big("paid_at"),
        _big("period_start"),
        _small("months"),
        _text("plan", 40),
        _small("plan_version"),
        _text("chain", 400),
        _text("bonuses", 100),
        _small("revision"),
        sa.ForeignKeyConstraint(
            ["tenant", "account"], ["account.tenant", "account.id"],
            name="fk_payment_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_payment"),
    )  # fmt: skip
    op.create_index("uq_payment_ref", "payment", ["tenant", "provider", "ref"], unique=True)
    op.create_index("ix_payment_charge", "payment", ["tenant", "provider", "charge"])
    op.create_index("ix_payment_account", "payment", ["tenant", "account", "paid_at"])
    op.create_table(
        "adjustment",
        _tenant(),
        _text("provider", 16),
        _text("ref", 80),
        _text("charge", 80),
        _text("kind", 8),
        _text("currency", 3),
        _big("amount"),
        _big("fee"),
        _text("status", 12),
        _big("opened_at", nullable=True),
        _big("at"),
        sa.PrimaryKeyConstraint("tenant", "provider", "ref", name="pk_adjustment"),
    )
    op.create_index("ix_adjustment_charge", "adjustment", ["tenant", "provider", "charge"])


def _create_commissions() -> None:
    op.create_table(
        "commission",
        _tenant(),
        _text("payment", 32),
        _small("level"),
        _text("line", 8),
        _text("beneficiary", 32),
        _small("rate_bp"),
        _text("currency", 3),
        _count("booked"),
        _count("settled"),
        _text("state", 12),
        _big("hold_until"),
        _big("matured_at", nullable=True),
        _flag("is_disputed"),
        _flag("is_held"),
        _text("payout", 32, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "payment", "level", "line", name="pk_commission"),
    )  # fmt: skip
    op.create_index(
        "ix_commission_beneficiary", "commission", ["tenant", "beneficiary", "currency", "state"]
    )
    op.create_index("ix_commission_hold", "commission", ["tenant", "state", "hold_until"])
    op.create_index("ix_commission_payout", "commission", ["tenant", "payout"])


def downgrade() -> None:
    for table in (
        "commission", "adjustment", "payment", "programme", "plan",
        "ledger_salt", "ledger_balance", "ledger_posting", "ledger_txn", "ledger_head",
    ):  # fmt: skip
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
