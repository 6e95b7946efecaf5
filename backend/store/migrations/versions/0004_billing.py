"""Customers, subscriptions and the events of payment providers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _text(name: str, length: int | None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.String(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "account"],
        ["account.tenant", "account.id"],
        name=f"fk_{table}_tenant_account",
    )


def upgrade() -> None:
    _create_customers()
    _create_subscriptions()
    _create_events()


def _create_customers() -> None:
    op.create_table(
        "customer",
        _text("tenant", 32),
        _text("provider", 16),
        _text("ref", 80),
        _text("account", 32),
        _instant("created_at"),
        _of_account("customer"),
        sa.PrimaryKeyConstraint("tenant", "provider", "ref", name="pk_customer"),
    )
    op.create_index("ix_customer_account", "customer", ["tenant", "account", "provider"])


def _create_subscriptions() -> None:
    op.create_table(
        "subscription",
        _text("tenant", 32),
        _text("provider", 16),
        _text("ref", 80),
        _text("digest", 32),
        _text("account", 32),
        _text("customer", 80),
        _text("tier", 16),
        _text("status", 16),
        _instant("started_at"),
        _instant("period_end"),
        _instant("ends_at", nullable=True),
        _instant("at"),
        _of_account("subscription"),
        sa.PrimaryKeyConstraint("tenant", "provider", "ref", "digest", name="pk_subscription"),
    )
    op.create_index("ix_subscription_account", "subscription", ["tenant", "account"])
    op.create_table(
        "entitlement",
        _text("tenant", 32),
        _text("account", 32),
        _text("key", 100),
        _text("tier", 16),
        _text("source", 16),
        sa.Column("months", sa.BigInteger(), server_default="0", nullable=False),
        _instant("made_at"),
        _instant("since", nullable=True),
        _instant("until", nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        _of_account("entitlement"),
        sa.PrimaryKeyConstraint("tenant", "account", "key", name="pk_entitlement"),
    )
    op.create_index("ix_entitlement_until", "entitlement", ["tenant", "is_over", "until"])


def _create_events() -> None:
    op.create_table(
        "provider_event",
        _text("tenant", 32),
        _text("provider", 16),
        _text("id", 120),
        _text("type", 80),
        _text("object", 120),
        _text("hash", 64),
        _text("body", None, nullable=True),
        _text("told", None, nullable=True),
        _instant("created_at"),
        _instant("received_at"),
        _text("state", 16),
        _text("reason", 300),
        _text("waits_for", 120, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "provider", "id", name="pk_provider_event"),
    )
    for name, columns in {
        "state": ["state", "received_at"],
        "waits": ["provider", "waits_for"],
        "created": ["created_at", "id"],
    }.items():
        op.create_index(f"ix_provider_event_{name}", "provider_event", ["tenant", *columns])
    op.create_index(
        "ix_provider_event_body",
        "provider_event",
        ["tenant", "received_at"],
        sqlite_where=sa.text("body IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("provider_event", "entitlement", "subscription", "customer"):
        op.drop_table(table)
