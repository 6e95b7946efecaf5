"""Lives a year through on a service: events as they arrive, and each month's end with payouts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payees import set_destination
from backend.actions.payments import apply_event
from backend.actions.payout_returns import end_by_hand, settle_all
from backend.actions.payout_submission import submit
from backend.actions.payouts import approve, draft, get_batch
from backend.actions.transparency import integrate
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.billing_events import Paid
from backend.domain.destinations import Method
from backend.domain.exchange import make_rate
from backend.domain.instants import Instant, day_of
from backend.domain.payouts import BatchState
from backend.domain.plans import find_built_in
from backend.ids import new_id, new_referral_code
from backend.store import plans, rates
from backend.store.tables.accounts import AccountRow, PersonRow
from backend.store.tables.base import TENANT
from backend.store.tables.referrals import ReferralRow
from tests.support.payouts import confirm
from tests.support.year import PRICES, Delivery, Owner, month_end


def settle_in(context: Context, owners: Sequence[Owner]) -> list[str]:
    """Store the owners, with who brought whom and where each is paid; return their ids."""
    set_clock(context, owners[0].joined_at)
    ids = [new_id(context.ids, owner.joined_at) for owner in owners]
    plan = find_built_in("lifetime-seven-level")
    with context.database.transaction() as session:
        for owner in owners:
            code = new_referral_code(context.ids)
            session.add(
                AccountRow(tenant=TENANT, id=ids[owner.place], code=code,
                           created_at=owner.joined_at)
            )  # fmt: skip
        session.flush()
        for owner in owners:
            email = f"p{owner.place}@people.example"
            session.add(
                PersonRow(tenant=TENANT, account=ids[owner.place], email=email, email_key=email)
            )
            if owner.referrer is not None:
                session.add(
                    ReferralRow(
                        tenant=TENANT, referred=ids[owner.place], referrer=ids[owner.referrer],
                        code="ABCDEFGH", basis="typed", signed_up_at=owner.joined_at,
                        activated_at=owner.joined_at,
                    )
                )  # fmt: skip
        plans.acknowledge(session, TENANT, plan, ids[0], owners[0].joined_at)
        plans.choose(session, TENANT, plan, owners[0].joined_at, ids[0])
    for owner in owners:
        person = owner_of(TENANT, ids[owner.place])
        fields = {"email": f"p{owner.place}@people.example"}
        set_destination(
            context, person, method=Method.PAYPAL, currency=owner.currency, fields=fields
        )
        confirm(context, person)
    return ids


def live_through(
    context: Context,
    ids: Sequence[str],
    deliveries: Sequence[Delivery],
    at_month_end: Callable[[int], None],
) -> None:
    """Deliver the year's events, and at the end of each month pay out and take it to the log."""
    left = list(reversed(deliveries))
    for month in range(1, 13):
        while left and left[-1].at < month_end(month):
            delivery = left.pop()
            set_clock(context, delivery.at)
            event = delivery.event
            if isinstance(event, Paid):
                event = replace(event, account=ids[delivery.payer])
            apply_event(context, event)
        set_clock(context, month_end(month))
        mature_commissions(context)
        store_rates(context, month)
        pay_out(context, month, ids)
        integrate(context)
        at_month_end(month)


def set_clock(context: Context, at: Instant) -> None:
    assert isinstance(context.clock, FixedClock)
    context.clock.set(at)


def store_rates(context: Context, month: int) -> None:
    """Store what a euro is worth on the month's last day."""
    dice = random.Random(month)  # noqa: S311  a story
    day = day_of(context.clock.now())
    per_euro = {
        "USD": f"1.{dice.randrange(500, 1500):04}",
        "JPY": f"{dice.randrange(15_000, 17_000) / 100:.2f}",
    }
    found = [
        make_rate(currency=code, day=day, per_euro=text, provider="test")
        for code, text in per_euro.items()
    ]
    with context.database.transaction() as session:
        rates.add_rates(session, TENANT, found, context.clock.now())


def pay_out(context: Context, month: int, ids: Sequence[str]) -> None:
    """Draft, approve and submit a batch a currency; some of each fail."""
    dice = random.Random(month)  # noqa: S311  a story
    first, second = (owner_of(TENANT, ids[place], Role.FINANCE) for place in (0, 1))
    for currency in PRICES:
        for batch in draft(context, first, Method.PAYPAL, currency).batches:
            _pay_batch(context, (first, second), batch, dice)


def _pay_batch(
    context: Context, administrators: tuple[Actor, Actor], batch: str, dice: random.Random
) -> None:
    first, second = administrators
    total = get_batch(context, first, batch).batch.total
    approved = approve(context, first, batch, total=total)
    if approved.state is BatchState.DRAFT:
        approve(context, second, batch, total=total)
    submit(context, first, batch)
    for payout in get_batch(context, first, batch, limit=10_000).payouts:
        if dice.random() < 0.1:
            end_by_hand(
                context, first, batch, payout.id, outcome="failed", reason="The mailbox is closed."
            )
    settle_all(context, first, batch)
