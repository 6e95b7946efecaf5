"""An owner's plan: what it is, choosing another one, and the page where cards are changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.subscriptions import apply_change, list_subscriptions
from backend.actions.usage import read_usage
from backend.domain.accounts import Account
from backend.domain.actors import Actor
from backend.domain.billing_events import Provider, SubscriptionChanged, SubscriptionStatus
from backend.domain.instants import Instant
from backend.domain.subscriptions import SUBSCRIPTION, Subscription
from backend.domain.tiers import Tier
from backend.domain.usage import Usage
from backend.errors import Conflict, Invalid
from backend.gateways.stripe import connect
from backend.ids import new_id
from backend.store import accounts, billing, hosts, provider_events, releases
from backend.store.billing import KeptEntitlement

PAGE = "/account/billing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """An owner's plan. `subscription` is the one that holds, else the newest; `gifts` are grants
    that hold or wait; `is_manual` says that the service takes no payments by itself.
    """

    tier: Tier
    usage: Usage
    stored_bytes: int
    domains: int
    subscription: Subscription | None
    gifts: tuple[KeptEntitlement, ...]
    is_manual: bool
    has_customer: bool

    @property
    def is_unpaid(self) -> bool:
        """Whether a payment failed and the tier is about to end."""
        return self.subscription is not None and self.subscription.unpaid_since is not None


def read_billing(context: Context, actor: Actor) -> Billing:
    """Return the actor's plan as of now."""
    now = context.clock.now()
    with context.database.reading() as session:
        usage = read_usage(session, actor, now)
        subscriptions = list_subscriptions(session, actor)
        kept = billing.list_entitlements(session, actor)
        customer = billing.find_customer(session, actor, Provider.STRIPE)
        stored_bytes = releases.count_stored(session, actor, but_for="")
        domains = hosts.count_domains(session, actor)
    gifts = [each for each in kept if each.entitlement.source != SUBSCRIPTION]
    return Billing(
        tier=usage.tier,
        usage=usage,
        stored_bytes=stored_bytes,
        domains=domains,
        subscription=_current(subscriptions, now),
        gifts=tuple(each for each in gifts if each.since is None or each.entitlement.holds(now)),
        is_manual=context.settings.stripe_key is None,
        has_customer=customer is not None,
    )


def choose_plan(context: Context, actor: Actor, tier: Tier, *, key: str = "") -> str:
    """Return the address of Stripe's page where the actor subscribes to a tier.

    Whoever has a subscription gets to the page where it is changed, so that nobody has two. The
    same `key` again leads to the same page. Raises Invalid for the free tier, BillingOff where
    an administrator records payments.
    """
    stripe = connect(context.settings)
    if tier is Tier.FREE:
        raise Invalid(
            "The free tier costs nothing.",
            field="tier",
            hint="Cancel the subscription instead: the tier ends with what is paid.",
        )
    running = _list_running(context, actor)
    back_url = context.settings.base_url + PAGE
    if running:
        newest = running[-1]
        return stripe.open_portal(
            customer=newest.customer, back_url=back_url, subscription=newest.ref
        )
    wanted = key or new_id(context.ids, context.clock.now())
    # A header holds it, and it may come from a form: only digits of it do.
    digest = hashlib.sha256(f"{actor.account}\0{tier}\0{wanted}".encode()).hexdigest()
    return stripe.start_checkout(
        customer=_ensure_customer(context, actor),
        account=actor.account,
        tier=tier,
        back_url=back_url,
        key=f"4site:checkout:{digest}",
    )


def open_portal(context: Context, actor: Actor) -> str:
    """Return the address of Stripe's page where the actor changes cards, and cancels.

    Raises Conflict for somebody who never got to the checkout.
    """
    stripe = connect(context.settings)
    with context.database.reading() as session:
        customer = billing.find_customer(session, actor, Provider.STRIPE)
    if customer is None:
        raise Conflict("You have no subscription yet.", hint="Choose a plan first.")
    return stripe.open_portal(
        customer=customer, back_url=context.settings.base_url + PAGE, subscription=None
    )


def end_billing(context: Context, actor: Actor) -> None:
    """End the actor's subscriptions at Stripe at once, and forget what its events say of a person.

    Raises Unavailable when Stripe gives no answer: somebody who is gone must not go on paying.
    """
    if context.settings.stripe_key is not None:
        for running in _list_running(context, actor):
            ended = connect(context.settings).end_subscription(running.ref)
            apply_change(context, _ended(running, ended or context.clock.now()))
    with context.database.transaction() as session:
        for customer in billing.list_customers(session, actor):
            provider_events.drop_bodies_about(session, actor.tenant, customer)


def _ensure_customer(context: Context, actor: Actor) -> str:
    """Return the actor's customer, made at Stripe when there is none."""
    with context.database.reading() as session:
        known = billing.find_customer(session, actor, Provider.STRIPE)
        account = accounts.get_own(session, actor)
    if known is not None:
        return known
    made = connect(context.settings).make_customer(account=actor.account, email=_email_of(account))
    with context.database.transaction() as session:
        billing.add_customer(session, actor, Provider.STRIPE, made, context.clock.now())
    return made


def _email_of(account: Account) -> str:
    return account.person.address.email if account.person else ""


def _list_running(context: Context, actor: Actor) -> list[Subscription]:
    """Return the actor's subscriptions at Stripe that have not ended, the newest last."""
    over = {SubscriptionStatus.ENDED, SubscriptionStatus.INCOMPLETE}
    with context.database.reading() as session:
        found = list_subscriptions(session, actor)
    return [each for each in found if each.provider is Provider.STRIPE and each.status not in over]


def _ended(running: Subscription, at: Instant) -> SubscriptionChanged:
    """Return a subscription as it is after it was ended."""
    return SubscriptionChanged(
        provider=running.provider,
        ref=running.ref,
        account=running.account,
        customer=running.customer,
        tier=running.tier,
        status=SubscriptionStatus.ENDED,
        started_at=running.started_at,
        period_end=running.period_end,
        ends_at=at,
        at=at,
    )


def _current(subscriptions: list[Subscription], now: Instant) -> Subscription | None:
    held = [each for each in subscriptions if each.entitlement.holds(now)] or subscriptions
    return held[-1] if held else None
