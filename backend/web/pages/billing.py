"""The page of an owner's plan: what it is, what it holds, what to do when a payment failed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import billing
from backend.actions.billing import PAGE, Billing
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.billing_events import Provider
from backend.domain.instants import Instant, to_datetime
from backend.domain.landing import Price
from backend.domain.subscriptions import TIERS
from backend.domain.tiers import TERMS, Tier
from backend.errors import Conflict, Invalid, ServiceError, Unavailable
from backend.ids import new_secret
from backend.web.api.billing import CHECKOUT_RATE
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.meters import Meter, list_meters
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import page_owner
from backend.web.pages.rendering import POLICY
from backend.web.signed_in import csrf_token

STRIPE_PAGES = "https://checkout.stripe.com https://billing.stripe.com"
"""Where the page's forms lead to: browsers hold a form's target against what it redirects to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A tier of the list; `act` is what its button says, '' where there is none."""

    price: Price
    is_own: bool
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A tier that was given; one that waits has no `until`."""

    tier: str
    months: int
    until: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingView:
    """The page. `renews_on`, `ends_on` and `unpaid_until` are None when they do not apply, and
    `price` is '' for who pays nothing.

    `key` makes two presses of one button the same checkout.
    """

    csrf_token: str
    key: str
    tier: str
    price: str
    renews_on: datetime.datetime | None
    ends_on: datetime.datetime | None
    unpaid_since: datetime.datetime | None
    unpaid_until: datetime.datetime | None
    is_lost: bool
    is_awaited: bool
    is_manual: bool
    has_portal: bool
    meters: tuple[Meter, ...]
    offers: tuple[Offer, ...]
    gifts: tuple[Gift, ...]
    problem: ServiceError | None


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its two forms."""
    bounded = limited("checkout", CHECKOUT_RATE, by="account")
    return [
        Route(PAGE, owner_page(_show), methods=["GET"]),
        Route(f"{PAGE}/plan", bounded(form_endpoint(_choose)), methods=["POST"]),
        Route(f"{PAGE}/portal", bounded(form_endpoint(_open_portal)), methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor)


def _choose(request: Request, form: Form) -> Response:
    def work(context: Context, actor: Actor) -> str:
        tier, key = form.get("tier", 16), form.get("key", 64)
        if tier not in set(Tier):
            raise Invalid("There is no such plan.", field="tier", hint="Choose one of the list.")
        return billing.choose_plan(context, actor, Tier(tier), key=key)

    return _leaving(request, work)


def _open_portal(request: Request, _form: Form) -> Response:
    return _leaving(request, billing.open_portal)


def _leaving(request: Request, work: Callable[[Context, Actor], str]) -> Response:
    """Send the owner to a page of the provider, or say on our own why not."""
    actor = page_owner(request)
    try:
        url = work(_context(request), actor)
    except (Invalid, Conflict, Unavailable) as error:
        return _page(request, actor, error)
    return RedirectResponse(url, status_code=303)


def _page(request: Request, actor: Actor, problem: ServiceError | None = None) -> Response:
    return render_dashboard(
        request,
        actor,
        "dashboard/billing.html",
        _view(request, billing.read_billing(_context(request), actor), problem),
        title="Plan and billing",
        status=status_of(problem) if problem else 200,
        section="/dashboard/settings",
        policy=POLICY.replace("form-action 'self'", f"form-action 'self' {STRIPE_PAGES}"),
    )


def _view(request: Request, found: Billing, problem: ServiceError | None) -> BillingView:
    context = _context(request)
    now = context.clock.now()
    subscription = found.subscription
    runs = subscription is not None and subscription.entitlement.holds(now)
    ends_at = subscription.ends_at if subscription and runs else None
    is_unpaid = found.is_unpaid
    renews_at = subscription.period_end if subscription and runs and not is_unpaid else None
    return BillingView(
        csrf_token=csrf_token(request),
        key=new_secret(context.ids, 22),
        tier=found.tier.value.capitalize(),
        price=f"${TERMS[subscription.tier].price_cents // 100}" if subscription and runs else "",
        renews_on=None if ends_at is not None else _day(renews_at),
        ends_on=_day(ends_at),
        unpaid_since=_day(subscription.unpaid_since if subscription else None),
        unpaid_until=_day(subscription.until if subscription and is_unpaid else None),
        is_lost=is_unpaid and not runs,
        is_awaited="paid" in request.query_params and found.tier is Tier.FREE,
        is_manual=found.is_manual,
        has_portal=found.has_customer and not found.is_manual,
        meters=list_meters(request, found),
        offers=_offers(found, is_subscribed=runs),
        gifts=tuple(
            Gift(
                tier=gift.entitlement.tier.value.capitalize(),
                months=gift.months,
                until=_day(gift.entitlement.until),
            )
            for gift in found.gifts
        ),
        problem=problem,
    )


def _offers(found: Billing, *, is_subscribed: bool) -> tuple[Offer, ...]:
    """Return the tiers. Changes of a plan that Stripe bills are made there, the end of it too."""
    subscription = found.subscription if is_subscribed else None
    is_elsewhere = subscription is not None and subscription.provider is not Provider.STRIPE
    own = subscription.tier if subscription else Tier.FREE
    offers = []
    for tier in TIERS:
        verb = "Change to" if subscription else "Choose"
        act = f"{verb} {tier.value.capitalize()}"
        is_choice = tier not in {own, Tier.FREE} and not found.is_manual and not is_elsewhere
        price = Price(tier=tier, terms=TERMS[tier])
        is_own = tier is found.tier
        offers.append(Offer(price=price, is_own=is_own, act=act if is_choice else ""))
    return tuple(offers)


def _day(at: Instant | None) -> datetime.datetime | None:
    return None if at is None else to_datetime(at)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
