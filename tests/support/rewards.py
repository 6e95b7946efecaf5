"""Referrers with many customers, for tests of what they get for them."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.clock import FixedClock
from backend.domain.actors import owner_of
from backend.domain.instants import DAY, Instant
from backend.domain.rewards import Grant
from backend.store import rewards
from backend.store.tables.base import TENANT
from tests.support.money import add_referral, paid
from tests.support.service import add_account


def add_customers(context: Context, referrer: str, count: int, *, every: int = 0) -> list[str]:
    """Store people whom somebody brought and who paid 29 dollars, `every` so many microseconds."""
    customers = []
    now = context.clock.now()
    for number in range(count):
        customer = add_account(context)
        add_referral(context, referrer, customer)
        at = Instant(now + number * every)
        apply_event(context, paid(customer, ref=f"in_{customer}", at=at))
        customers.append(customer)
    return customers


def pass_days(context: Context, days: int) -> None:
    assert isinstance(context.clock, FixedClock)
    context.clock.move(days * DAY)


def grants_of(context: Context, account: str) -> dict[str, Grant]:
    """Return what an account was granted, by key."""
    with context.database.reading() as session:
        found = rewards.list_own(session, owner_of(TENANT, account))
    return {grant.key: grant for grant in found}
