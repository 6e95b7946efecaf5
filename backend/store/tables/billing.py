"""Customers of payment providers, subscriptions, what they entitle to, and what providers told."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant


class CustomerRow(Row, table=True):
    """Who a provider's customer is here; an account may have several."""

    __tablename__ = "customer"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_customer_account", "tenant", "account", "provider"),
    )

    provider: str = Field(primary_key=True, max_length=16)
    ref: str = Field(primary_key=True, max_length=80)
    account: str = Field(max_length=32)
    created_at: int = instant()


class SubscriptionRow(Row, table=True):
    """A state of a subscription as it was told; `digest` is of the state, so it is kept once."""

    __tablename__ = "subscription"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_subscription_account", "tenant", "account"),
    )

    provider: str = Field(primary_key=True, max_length=16)
    ref: str = Field(primary_key=True, max_length=80)
    digest: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    customer: str = Field(max_length=80)
    tier: str = Field(max_length=16)
    status: str = Field(max_length=16)
    started_at: int = instant()
    period_end: int = instant()
    ends_at: int | None = instant(default=None)
    at: int = instant()


class EntitlementRow(Row, table=True):
    """A tier that an account has. `key` is what gave it: a subscription, or a grant.

    A grant with `months` that waits for the last subscription to end has no `since` yet. `is_over`
    is set once the end has been acted upon.
    """

    __tablename__ = "entitlement"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_entitlement_until", "tenant", "is_over", "until"),
    )

    account: str = Field(primary_key=True, max_length=32)
    key: str = Field(primary_key=True, max_length=100)
    tier: str = Field(max_length=16)
    source: str = Field(max_length=16)
    months: int = count()
    made_at: int = instant()
    since: int | None = instant(default=None)
    until: int | None = instant(default=None)
    is_over: bool = False


class ProviderEventRow(Row, table=True):
    """An event of a provider: its body for 90 days, what it told in words of ours for good.

    `waits_for` is the provider's object without which it cannot be applied.
    """

    __tablename__ = "provider_event"
    __table_args__ = (
        Index("ix_provider_event_state", "tenant", "state", "received_at"),
        Index("ix_provider_event_waits", "tenant", "provider", "waits_for"),
        Index("ix_provider_event_created", "tenant", "created_at", "id"),
        Index(
            "ix_provider_event_body",
            "tenant",
            "received_at",
            sqlite_where=text("body IS NOT NULL"),
            postgresql_where=text("body IS NOT NULL"),
        ),
    )

    provider: str = Field(primary_key=True, max_length=16)
    id: str = Field(primary_key=True, max_length=120)
    type: str = Field(max_length=80)
    object: str = Field(max_length=120)
    hash: str = Field(max_length=64)
    body: str | None = None
    told: str | None = None
    created_at: int = instant()
    received_at: int = instant()
    state: str = Field(max_length=16)
    reason: str = Field(default="", max_length=300)
    waits_for: str | None = Field(default=None, max_length=120)
