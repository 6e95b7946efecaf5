"""A review holds what somebody earned and will earn; it is released, or what waited is void."""

from __future__ import annotations

import pytest

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.holds import (
    confirm_hold,
    hold_commissions,
    list_holds,
    release_commissions,
)
from backend.actions.maturing import mature_commissions
from backend.actions.payments import apply_event
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.billing_events import AdjustmentStatus
from backend.domain.holds import HoldStep
from backend.domain.instants import DAY
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.store.tables.base import TENANT
from tests.support.facts import clock_of
from tests.support.money import add_chain, adjusted, balances, paid
from tests.support.service import NOON, add_account


def a_reviewer(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context), Role.REVIEWER)


def test_what_is_earned_waits_under_review_and_goes_on_after_its_release(
    any_context: Context,
) -> None:
    ann, bob = add_chain(any_context, 2)
    reviewer = a_reviewer(any_context)
    apply_event(any_context, paid(bob))
    clock_of(any_context).move(31 * DAY)
    mature_commissions(any_context)
    apply_event(any_context, paid(bob, ref="in_2", at=NOON + 31 * DAY))
    assert hold_commissions(any_context, reviewer, ann, "one network").changed == 2
    apply_event(any_context, paid(bob, ref="in_3", at=NOON + 31 * DAY))
    assert balances(any_context, ann) == {f"partner.held:{ann} USD": -3 * 580}
    assert check(any_context) == []
    clock_of(any_context).move(31 * DAY)
    assert mature_commissions(any_context) == 0
    apply_event(any_context, adjusted(1_450, charge="ch_3", at=NOON + 31 * DAY))
    assert balances(any_context, ann) == {f"partner.held:{ann} USD": -(580 + 580 + 290)}
    assert release_commissions(any_context, reviewer, ann, "she explained it").changed == 3
    assert balances(any_context, ann) == {
        f"partner.available:{ann} USD": -580,
        f"partner.pending:{ann} USD": -(580 + 290),
    }
    assert mature_commissions(any_context) == 2
    assert check(any_context, is_late=True) == []
    steps = list_holds(any_context, reviewer, ann)
    assert [(one.n, one.step, one.reason) for one in steps] == [
        (1, HoldStep.ACTIVE, "one network"),
        (2, HoldStep.RELEASED, "she explained it"),
    ]
    assert {one.by for one in steps} == {reviewer.account}


def test_a_confirmed_review_makes_void_what_waited_for_good(any_context: Context) -> None:
    ann, bob = add_chain(any_context, 2)
    reviewer = a_reviewer(any_context)
    apply_event(any_context, paid(bob))
    apply_event(any_context, adjusted(1_000))
    hold_commissions(any_context, reviewer, ann, "her own second account")
    confirm_hold(any_context, reviewer, ann, "she said so")
    assert balances(any_context) == {"cash.stripe USD": 1_900, "sales USD": -1_900}
    # The refund fails: the payment is whole again, and still earns her nothing.
    failed = adjusted(1_000, status=AdjustmentStatus.FAILED, at=NOON + DAY)
    apply_event(any_context, failed)
    assert balances(any_context, ann) == {}
    apply_event(any_context, paid(bob, ref="in_2"))
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -580}
    assert check(any_context) == []


def test_only_reviewers_hold_and_each_step_follows_the_one_before(context: Context) -> None:
    ann, _bob = add_chain(context, 2)
    reviewer = a_reviewer(context)
    with pytest.raises(Forbidden):
        hold_commissions(context, owner_of(TENANT, ann), ann, "me")
    with pytest.raises(Forbidden):
        list_holds(context, owner_of(TENANT, ann), ann)
    with pytest.raises(NotFound):
        hold_commissions(context, reviewer, "f" * 32, "nobody")
    with pytest.raises(Invalid):
        hold_commissions(context, reviewer, ann, "  ")
    for act in (release_commissions, confirm_hold):
        with pytest.raises(Conflict):
            act(context, reviewer, ann, "nothing is held")
    hold_commissions(context, reviewer, ann, "look")
    with pytest.raises(Conflict):
        hold_commissions(context, reviewer, ann, "again")
    for act in (release_commissions, confirm_hold):
        with pytest.raises(Conflict, match="themselves"):
            act(context, owner_of(TENANT, ann, Role.REVIEWER), ann, "it was me")
