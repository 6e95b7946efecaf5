"""A year of payments, refunds and disputes, and the same reckoned by hand."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payments import apply_event
from backend.clock import FixedClock
from backend.domain.billing_events import Paid
from backend.domain.plans import find_built_in
from backend.ids import new_id, new_referral_code
from backend.store import plans
from backend.store.tables.accounts import AccountRow
from backend.store.tables.base import TENANT
from backend.store.tables.referrals import ReferralRow
from tests.support.money import balances
from tests.support.year import (
    Delivery,
    Owner,
    instant,
    make_deliveries,
    make_owners,
    month_end,
)
from tests.support.year_by_hand import earned_by, money_by_currency

OWNERS = int(os.environ.get("TEST_YEAR_OWNERS", "60"))
SEED = int(os.environ.get("TEST_YEAR_SEED", "4"))


def store_owners(context: Context, owners: Sequence[Owner]) -> list[str]:
    """Store the owners and return their ids, by place."""
    ids = [new_id(context.ids, owner.joined_at) for owner in owners]
    plan = find_built_in("lifetime-seven-level")
    with context.database.transaction() as session:
        for owner in owners:
            session.add(
                AccountRow(
                    tenant=TENANT, id=ids[owner.place], code=new_referral_code(context.ids),
                    created_at=owner.joined_at,
                )
            )  # fmt: skip
        session.flush()
        for owner in owners:
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
    return ids


def live_through(context: Context, ids: Sequence[str], deliveries: Sequence[Delivery]) -> None:
    clock = context.clock
    assert isinstance(clock, FixedClock)
    for month in range(1, 13):
        begin = instant(month, 1) if month > 1 else deliveries[0].at
        for delivery in deliveries:
            if begin <= delivery.at < month_end(month):
                clock.set(delivery.at)
                event = delivery.event
                if isinstance(event, Paid):
                    event = replace(event, account=ids[delivery.payer])
                apply_event(context, event)
        clock.set(month_end(month))
        mature_commissions(context)
        assert check(context) == []


def test_a_year_ends_as_it_does_by_hand(any_context: Context) -> None:
    owners = make_owners(OWNERS, SEED)
    deliveries = make_deliveries(owners, SEED)
    ids = store_owners(any_context, owners)
    live_through(any_context, ids, deliveries)
    there = balances(any_context)
    owned: defaultdict[tuple[int, str], int] = defaultdict(int)
    for name, amount in there.items():
        account, _, currency = name.partition(" ")
        kind, _, owner = account.partition(":")
        if owner:
            assert kind.startswith("partner.")
            owned[ids.index(owner), currency] -= amount
    assert dict(owned) == earned_by(owners, deliveries)
    for currency, (net, tax, fees) in money_by_currency(deliveries).items():
        assert there.get(f"sales {currency}", 0) == -net
        assert there.get(f"tax {currency}", 0) == -tax
        assert there.get(f"fees {currency}", 0) == fees
