"""Shares that wait for a review, cases, versions of rules, and traces of sign-ups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    op.add_column(
        "share", sa.Column("is_due", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("share", _text("fraud_case", 32, nullable=True))
    op.execute("UPDATE share SET is_due = is_counted")
    op.create_index(
        "ix_share_case",
        "share",
        ["tenant", "fraud_case"],
        sqlite_where=sa.text("fraud_case IS NOT NULL"),
        postgresql_where=sa.text("fraud_case IS NOT NULL"),
    )
    _create_cases()
    op.create_table(
        "fraud_rules",
        _text("tenant", 32),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("body", sa.String(), nullable=False),
        _text("reason", 1000),
        _text("by", 32, nullable=True),
        _big("at"),
        sa.PrimaryKeyConstraint("tenant", "version", name="pk_fraud_rules"),
    )
    op.create_table(
        "fraud_trace",
        _text("tenant", 32),
        _text("account", 32),
        _text("kind", 12),
        _text("value", 32),
        _big("at"),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_fraud_trace_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "account", "kind", "value", name="pk_fraud_trace"),
    )
    op.create_index("ix_fraud_trace_kind", "fraud_trace", ["tenant", "kind", "at"])


def _create_cases() -> None:
    op.create_table(
        "fraud_case",
        _text("tenant", 32),
        _text("id", 32),
        _text("account", 32),
        _text("site", 32, nullable=True),
        _text("kind", 12),
        _text("state", 12),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("signals", sa.String(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False, server_default="0"),
        _big("opened_at"),
        _big("updated_at"),
        sa.Column("hold", sa.Integer(), nullable=True),
        _text("decided_by", 32, nullable=True),
        _big("decided_at", nullable=True),
        _text("reason", 1000),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_fraud_case_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_fraud_case"),
    )
    op.create_index("ix_fraud_case_state", "fraud_case", ["tenant", "state", "opened_at"])
    op.create_index("ix_fraud_case_account", "fraud_case", ["tenant", "account", "opened_at"])
    op.create_index("ix_fraud_case_site", "fraud_case", ["tenant", "site", "opened_at"])
    op.create_table(
        "fraud_referral",
        _text("tenant", 32),
        _text("fraud_case", 32),
        _text("referred", 32),
        sa.ForeignKeyConstraint(
            ["tenant", "fraud_case"],
            ["fraud_case.tenant", "fraud_case.id"],
            name="fk_fraud_referral_tenant_fraud_case",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "referred"],
            ["account.tenant", "account.id"],
            name="fk_fraud_referral_tenant_referred",
        ),
        sa.PrimaryKeyConstraint("tenant", "fraud_case", "referred", name="pk_fraud_referral"),
    )
    op.create_index("ix_fraud_referral_referred", "fraud_referral", ["tenant", "referred"])


def downgrade() -> None:
    for table in ("fraud_trace", "fraud_rules", "fraud_referral", "fraud_case"):
        op.drop_table(table)
    op.drop_index("ix_share_case", "share")
    op.drop_column("share", "fraud_case")
    op.drop_column("share", "is_due")
