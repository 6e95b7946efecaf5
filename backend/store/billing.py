"""Customers of payment providers, the states of subscriptions, and what accounts are entitled to.

Leans on the primary keys, `ix_customer_account`, `ix_subscription_account` and
`ix_entitlement_until`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.billing_events import Provider, SubscriptionChanged, SubscriptionStatus
from backend.domain.instants import Instant
from backend.domain.subscriptions import Entitlement, digest_of
from backend.domain.tiers import Tier
from backend.store.ownership import owned
from backend.store.tables.billing import CustomerRow, EntitlementRow, SubscriptionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEntitlement:
    """An entitlement and what it is kept by. One that waits to begin has no `since`."""

    key: str
    entitlement: Entitlement
    months: int
    made_at: Instant
    since: Instant | None
    is_over: bool


def add_customer(
    session: Session, actor: Actor, provider: Provider, ref: str, now: Instant
) -> bool:
    """Note that a provider's customer is the actor; tell whether it was new. The first word is
    final.
    """
    values: dict[str, object] = {
        "tenant": actor.tenant, "provider": provider.value, "ref": ref, "account": actor.account,
        "created_at": now,
    }  # fmt: skip
    return _insert_once(session, CustomerRow, values)


def find_customer(session: Session, actor: Actor, provider: Provider) -> str | None:
    """Return the actor's customer at a provider, the first one if there are several."""
    found = session.execute(
        owned(select(col(CustomerRow.ref)), CustomerRow, actor)
        .where(col(CustomerRow.provider) == provider.value)
        .order_by(col(CustomerRow.created_at), col(CustomerRow.ref))
        .limit(1)
    )
    return found.scalar_one_or_none()


def find_account(session: Session, tenant: str, provider: Provider, customer: str) -> str | None:
    """Return the account of a provider's customer."""
    row = session.get(CustomerRow, (tenant, provider.value, customer))
    return None if row is None else row.account


def list_customers(session: Session, actor: Actor) -> list[str]:
    """Return all customers that the actor is, at all providers."""
    found = session.execute(owned(select(col(CustomerRow.ref)), CustomerRow, actor))
    return sorted(found.scalars())


def add_change(session: Session, tenant: str, change: SubscriptionChanged) -> bool:
    """Keep a state of a subscription; tell whether it was new."""
    values: dict[str, object] = {
        "tenant": tenant,
        "provider": change.provider.value,
        "ref": change.ref,
        "digest": digest_of(change),
        "account": change.account,
        "customer": change.customer,
        "tier": change.tier.value,
        "status": change.status.value,
        "started_at": change.started_at,
        "period_end": change.period_end,
        "ends_at": change.ends_at,
        "at": change.at,
    }
    return _insert_once(session, SubscriptionRow, values)


def list_changes(session: Session, actor: Actor) -> list[SubscriptionChanged]:
    """Return all states of the actor's subscriptions, each subscription's together."""
    found = session.execute(
        owned(select(SubscriptionRow), SubscriptionRow, actor).order_by(
            col(SubscriptionRow.provider), col(SubscriptionRow.ref), col(SubscriptionRow.at)
        )
    )
    return [_to_change(row) for row in found.scalars()]


def put_entitlement(session: Session, actor: Actor, kept: KeptEntitlement) -> None:
    """Store an entitlement, in place of an earlier one with its key."""
    values: dict[str, object] = {
        "tier": kept.entitlement.tier.value,
        "source": kept.entitlement.source,
        "months": kept.months,
        "made_at": kept.made_at,
        "since": kept.since,
        "until": kept.entitlement.until,
        "is_over": kept.is_over,
    }
    key: dict[str, object] = {"tenant": actor.tenant, "account": actor.account, "key": kept.key}
    if not _insert_once(session, EntitlementRow, key | values):
        statement = owned(update(EntitlementRow), EntitlementRow, actor)
        session.connection().execute(
            statement.where(col(EntitlementRow.key) == kept.key).values(values)
        )


def list_entitlements(session: Session, actor: Actor) -> list[KeptEntitlement]:
    """Return what the actor is and was entitled to, by key."""
    found = session.execute(
        owned(select(EntitlementRow), EntitlementRow, actor).order_by(col(EntitlementRow.key))
    )
    return [_to_kept(row) for row in found.scalars()]


def close_entitlements(session: Session, actor: Actor) -> None:
    """Note that nobody has to act upon the ends of the actor's entitlements."""
    statement = owned(update(EntitlementRow), EntitlementRow, actor)
    session.connection().execute(statement.values(is_over=True))


def list_ended(session: Session, tenant: str, now: Instant, *, limit: int) -> list[str]:
    """Return accounts whose entitlements have ended without anybody acting upon it yet."""
    found = session.execute(
        select(col(EntitlementRow.account))
        .where(
            col(EntitlementRow.tenant) == tenant,
            col(EntitlementRow.is_over).is_(False),
            col(EntitlementRow.until) <= now,
        )
        .distinct()
        .order_by(col(EntitlementRow.account))
        .limit(limit)
    )
    return list(found.scalars())


def _insert_once(session: Session, table: Any, values: dict[str, object]) -> bool:
    """Insert a row unless its key is there; tell whether it was not."""
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table.__table__).on_conflict_do_nothing()
    column = table.__table__.c.tenant
    return session.connection().execute(statement.returning(column), values).first() is not None


def _to_change(row: SubscriptionRow) -> SubscriptionChanged:
    return SubscriptionChanged(
        provider=Provider(row.provider),
        ref=row.ref,
        account=row.account,
        customer=row.customer,
        tier=Tier(row.tier),
        status=SubscriptionStatus(row.status),
        started_at=Instant(row.started_at),
        period_end=Instant(row.period_end),
        ends_at=_instant(row.ends_at),
        at=Instant(row.at),
    )


def _to_kept(row: EntitlementRow) -> KeptEntitlement:
    return KeptEntitlement(
        key=row.key,
        entitlement=Entitlement(tier=Tier(row.tier), until=_instant(row.until), source=row.source),
        months=row.months,
        made_at=Instant(row.made_at),
        since=_instant(row.since),
        is_over=row.is_over,
    )


def _instant(value: int | None) -> Instant | None:
    return None if value is None else Instant(value)
