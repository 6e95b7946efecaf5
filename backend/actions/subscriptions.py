"""Subscriptions and grants: what they entitle an account to, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.actions.accounts import set_tier
from backend.actions.context import Context
from backend.actions.notifying import notify
from backend.actions.referrals import churn, resume
from backend.domain.actors import Actor, owner_of
from backend.domain.billing_events import SubscriptionChanged
from backend.domain.instants import Instant
from backend.domain.news import of_missed_payment
from backend.domain.subscriptions import (
    SUBSCRIPTION,
    Entitlement,
    Subscription,
    add_months,
    effective_tier,
    fold,
)
from backend.domain.tiers import Tier
from backend.errors import NotFound
from backend.store import accounts, billing
from backend.store.billing import KeptEntitlement
from backend.store.database import Session
from backend.store.referrals import lock_account
from backend.store.tables.base import TENANT

ACCOUNTS_A_RUN = 500


def apply_change(context: Context, change: SubscriptionChanged) -> bool:
    """Keep a state of a subscription and let the tier follow; tell whether it was news.

    What is told of an account that was erased changes nothing.
    """
    actor = owner_of(TENANT, change.account)
    with context.database.transaction() as session:
        if not _lock(session, actor):
            return False
        is_new = billing.add_change(session, TENANT, change)
        states = [
            each
            for each in billing.list_changes(session, actor)
            if (each.provider, each.ref) == (change.provider, change.ref)
        ]
        subscription = fold(states)
        billing.put_entitlement(session, actor, _of_subscription(subscription))
        notify(session, context, of_missed_payment(subscription))
        settle(session, actor, context.clock.now())
    return is_new


def list_subscriptions(session: Session, actor: Actor) -> list[Subscription]:
    """Return the actor's subscriptions, the newest last."""
    states: dict[tuple[str, str], list[SubscriptionChanged]] = {}
    for each in billing.list_changes(session, actor):
        states.setdefault((each.provider, each.ref), []).append(each)
    return sorted((fold(each) for each in states.values()), key=lambda one: (one.at, one.ref))


def grant_months(  # noqa: PLR0913  what a grant is made of, each named
    session: Session, actor: Actor, *, key: str, tier: Tier, source: str, months: int, now: Instant
) -> bool:
    """Give a tier for some months, once for each `key`; tell whether it was given now.

    The months of somebody who has a subscription begin when that ends. Source: the rules,
    "Referrals". The caller's transaction holds it all.
    """
    waiting = Entitlement(tier=tier, until=None, source=source)
    return _grant(session, actor, _kept(key, waiting, now, months=months), now)


def grant_until(
    session: Session,
    actor: Actor,
    *,
    key: str,
    entitlement: Entitlement,
    now: Instant,
) -> bool:
    """Give a tier from now until the entitlement's end, once for each `key`; tell whether now."""
    return _grant(session, actor, _kept(key, entitlement, now, since=now), now)


def settle(session: Session, actor: Actor, now: Instant) -> Tier:
    """Let the actor's tier and referral follow from what they are entitled to, and return the tier.

    Waiting months begin here. It can be repeated; somebody without any entitlement ever keeps the
    tier that they have.
    """
    kept = _begin_waiting(billing.list_entitlements(session, actor), now)
    account = accounts.get_own(session, actor)
    if not kept:
        return account.tier
    for each in kept:
        is_over = each.since is not None and not each.entitlement.holds(now)
        billing.put_entitlement(session, actor, replace(each, is_over=is_over))
    held = [each.entitlement for each in kept if each.since is not None]
    tier = effective_tier(held, now)
    if tier is not account.tier:
        set_tier(session, account, tier, now)
    _note_churn(session, actor, [each for each in held if each.source == SUBSCRIPTION], now)
    return tier


def settle_account(context: Context, account: str) -> None:
    """Do the same in a transaction of its own."""
    actor = owner_of(TENANT, account)
    with context.database.transaction() as session:
        if _lock(session, actor):
            settle(session, actor, context.clock.now())


def end_entitlements(context: Context) -> int:
    """Act upon ends that have come: of periods, of grace, of grants; return of how many accounts.

    It runs every few minutes and can be interrupted and repeated.
    """
    with context.database.reading() as session:
        ended = billing.list_ended(session, TENANT, context.clock.now(), limit=ACCOUNTS_A_RUN)
    for account in ended:
        settle_account(context, account)
    return len(ended)


def _lock(session: Session, actor: Actor) -> bool:
    """Hold the account; tell False when it was erased, and let nothing of it end any more."""
    try:
        lock_account(session, actor)
    except NotFound:
        billing.close_entitlements(session, actor)
        return False
    return True


def _grant(session: Session, actor: Actor, kept: KeptEntitlement, now: Instant) -> bool:
    lock_account(session, actor)
    if any(each.key == kept.key for each in billing.list_entitlements(session, actor)):
        return False
    billing.put_entitlement(session, actor, kept)
    settle(session, actor, now)
    return True


def _begin_waiting(kept: Sequence[KeptEntitlement], now: Instant) -> list[KeptEntitlement]:
    """Return the entitlements with the waiting ones begun, if no subscription holds any more.

    They begin when the last one ended, not when that was noticed.
    """
    ends = [each.entitlement.until for each in kept if each.entitlement.source == SUBSCRIPTION]
    if any(until is None or until > now for until in ends):
        return list(kept)
    last_end = max((until for until in ends if until is not None), default=0)
    return [
        each if each.since is not None else _begun(each, Instant(max(each.made_at, last_end)))
        for each in kept
    ]


def _begun(kept: KeptEntitlement, since: Instant) -> KeptEntitlement:
    until = add_months(since, kept.months)
    return replace(kept, since=since, entitlement=replace(kept.entitlement, until=until))


def _note_churn(
    session: Session, actor: Actor, subscribed: Sequence[Entitlement], now: Instant
) -> None:
    """Say of whoever was referred whether their last subscription has ended, and when."""
    if any(each.holds(now) for each in subscribed):
        resume(session, actor.account)
    elif subscribed:
        ends = [each.until for each in subscribed if each.until is not None]
        churn(session, actor.account, max(ends))


def _of_subscription(subscription: Subscription) -> KeptEntitlement:
    return _kept(
        f"{subscription.provider}:{subscription.ref}",
        subscription.entitlement,
        subscription.started_at,
        since=subscription.started_at,
    )


def _kept(
    key: str,
    entitlement: Entitlement,
    made_at: Instant,
    *,
    months: int = 0,
    since: Instant | None = None,
) -> KeptEntitlement:
    return KeptEntitlement(
        key=key,
        entitlement=entitlement,
        months=months,
        made_at=made_at,
        since=since,
        is_over=False,
    )
