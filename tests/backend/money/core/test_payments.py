"""A payment, what is told of it later, and what everybody has in the end."""

from __future__ import annotations

import random

import pytest

from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payments import Outcome, apply_event
from backend.clock import FixedClock
from backend.domain.billing_events import Adjusted, AdjustmentKind, AdjustmentStatus, Paid
from backend.domain.instants import DAY
from backend.errors import Conflict, Invalid
from tests.support.money import add_chain, adjusted, balances, paid
from tests.support.service import NOON

OPEN, WON, LOST = AdjustmentStatus.OPEN, AdjustmentStatus.WON, AdjustmentStatus.LOST
FAILED = AdjustmentStatus.FAILED
DISPUTE = AdjustmentKind.DISPUTE


def pass_days(context: Context, days: int) -> None:
    assert isinstance(context.clock, FixedClock)
    context.clock.move(days * DAY)


def test_29_dollars_of_a_new_referral_give_5_80_after_30_days(any_context: Context) -> None:
    ann, bob = add_chain(any_context, 2)
    applied = apply_event(any_context, paid(bob, 2_900, fee=114))
    assert applied.outcome is Outcome.BOOKED
    assert balances(any_context) == {
        "cash.stripe USD": 2_786,
        "fees USD": 114,
        "sales USD": -2_900,
        "commission USD": 580,
        f"partner.pending:{ann} USD": -580,
    }
    pass_days(any_context, 29)
    assert mature_commissions(any_context) == 0
    pass_days(any_context, 1)
    assert mature_commissions(any_context) == 1
    assert balances(any_context, ann) == {f"partner.available:{ann} USD": -580}


def test_tax_earns_nothing(any_context: Context) -> None:
    ann, bob = add_chain(any_context, 2)
    apply_event(any_context, paid(bob, 3_451, tax=551))
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -580}


def test_the_same_payment_again_changes_nothing_and_another_under_its_name_is_refused(
    any_context: Context,
) -> None:
    _ann, bob = add_chain(any_context, 2)
    apply_event(any_context, paid(bob))
    before = balances(any_context)
    assert apply_event(any_context, paid(bob)).outcome is Outcome.KNOWN
    with pytest.raises(Conflict):
        apply_event(any_context, paid(bob, 9_900))
    assert balances(any_context) == before


@pytest.mark.parametrize(
    "event",
    [
        paid("f" * 32),
        paid("f" * 32, -1),
        paid("f" * 32, 2**60),
        paid("f" * 32, currency="XXX"),
        paid("f" * 32, tax=2_901),
    ],
)
def test_what_cannot_be_is_refused(any_context: Context, event: Paid) -> None:
    with pytest.raises(Invalid):
        apply_event(any_context, event)
    assert balances(any_context) == {}


def test_any_order_of_refunds_and_chargebacks_with_repeats_ends_the_same(
    context: Context,
) -> None:
    ends = set()
    orders = random.Random(5)  # noqa: S311  the same orders every time
    for number in range(40):
        ann, bob = add_chain(context, 2)
        charge = f"ch_{number}"
        events: list[Paid | Adjusted] = [
            paid(bob, ref=f"in_{number}"),
            adjusted(1_000, ref=f"re_1_{number}", charge=charge),
            adjusted(500, ref=f"re_2_{number}", charge=charge),
            adjusted(500, ref=f"re_2_{number}", charge=charge, status=FAILED, at=NOON + DAY),
            adjusted(700, ref=f"du_{number}", charge=charge, kind=DISPUTE, status=OPEN),
            adjusted(700, ref=f"du_{number}", charge=charge, kind=DISPUTE, status=LOST, fee=1_500),
        ]
        for event in orders.sample([*events, *events], 12):
            apply_event(context, event)
        ends.add(tuple((name.partition(":")[0], n) for name, n in balances(context, ann).items()))
    assert ends == {(("partner.pending", -240),)}
    money = {name: n for name, n in balances(context).items() if ":" not in name}
    assert money == {
        "cash.stripe USD": 40 * (2_900 - 1_700 - 1_500),
        "commission USD": 40 * 240,
        "fees USD": 40 * 1_500,
        "sales USD": -40 * 1_200,
    }


def test_a_refund_of_everything_takes_everything_back(any_context: Context) -> None:
    ann, bob = add_chain(any_context, 2)
    apply_event(any_context, paid(bob))
    apply_event(any_context, adjusted(2_900))
    assert balances(any_context) == {}
    pass_days(any_context, 31)
    assert mature_commissions(any_context) == 0
    assert balances(any_context, ann) == {}


def test_a_chargeback_stops_the_clock_until_it_is_decided(any_context: Context) -> None:
    ann, bob = add_chain(any_context, 2)
    apply_event(any_context, paid(bob))
    apply_event(
        any_context, adjusted(2_900, ref="du_1", kind=DISPUTE, status=OPEN, at=NOON + 10 * DAY)
    )
    pass_days(any_context, 40)
    assert mature_commissions(any_context) == 0
    assert balances(any_context, ann) == {f"partner.held:{ann} USD": -580}
    apply_event(
        any_context, adjusted(2_900, ref="du_1", kind=DISPUTE, status=WON, at=NOON + 40 * DAY)
    )
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -580}
    pass_days(any_context, 19)
    assert mature_commissions(any_context) == 0
    pass_days(any_context, 1)
    assert mature_commissions(any_context) == 1


def test_a_second_invoice_that_is_told_first_gets_the_rate_of_its_month(
    any_context: Context,
) -> None:
    ann, bob = add_chain(any_context, 2)
    late = NOON + 800 * DAY
    apply_event(any_context, paid(bob, ref="in_2", at=late))
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -580}
    apply_event(any_context, paid(bob, ref="in_1"))
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -(580 + 725)}
