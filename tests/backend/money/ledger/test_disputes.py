"""Owners dispute, somebody else decides, and the ledger follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.disputes import (
    Opening,
    Ruling,
    add_evidence,
    ask,
    decide,
    expire_disputes,
    get,
    get_own,
    list_own,
    open_dispute,
    withdraw,
)
from backend.actions.maturing import mature_commissions
from backend.actions.payments import apply_event
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.disputes import OPEN_AT_ONCE, Dispute, DisputeKind, DisputeState
from backend.domain.instants import DAY
from backend.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from backend.store import ledger
from backend.store.tables.base import TENANT
from tests.support.facts import clock_of
from tests.support.money import add_chain, adjusted, balances, paid
from tests.support.service import NOON, add_account

COMMISSION, ATTRIBUTION = DisputeKind.COMMISSION, DisputeKind.ATTRIBUTION
UPHELD = Ruling(is_upheld=True, reason="She is right.")
REJECTED = Ruling(is_upheld=False, reason="It is as it should be.")


def a_judge(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context), Role.FINANCE)


def earned(context: Context) -> tuple[Actor, str]:
    """Return somebody who earned $5.80 of a payment, and the payment."""
    ann, bob = add_chain(context, 2)
    applied = apply_event(context, paid(bob))
    return owner_of(TENANT, ann), str(applied.payment)


def opened(context: Context, ann: Actor, payment: str) -> Dispute:
    opening = Opening(kind=COMMISSION, text="It should be a quarter.", payment=payment)
    return open_dispute(context, ann, opening)


ENDS: dict[str, Callable[[Context, Actor, Actor, str], Dispute]] = {
    "upheld": lambda context, _ann, judge, one: decide(context, judge, one, UPHELD),
    "rejected": lambda context, _ann, judge, one: decide(context, judge, one, REJECTED),
    "withdrawn": lambda context, ann, _judge, one: withdraw(context, ann, one),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_disputed_commission_is_held_until_it_is_decided(any_context: Context, end: str) -> None:
    (ann, payment), judge = earned(any_context), a_judge(any_context)
    dispute = opened(any_context, ann, payment)
    assert balances(any_context, ann.account) == {f"partner.held:{ann.account} USD": -580}
    assert check(any_context) == []
    clock_of(any_context).move(40 * DAY)
    assert mature_commissions(any_context) == 0
    assert ENDS[end](any_context, ann, judge, dispute.id).state == end
    assert mature_commissions(any_context) == 1
    assert balances(any_context, ann.account) == {f"partner.available:{ann.account} USD": -580}
    assert check(any_context, is_late=True) == []
    for again in ENDS.values():
        with pytest.raises(Conflict):
            again(any_context, ann, judge, dispute.id)


def test_what_an_upheld_dispute_gives_is_a_correction_that_later_refunds_leave_alone(
    any_context: Context,
) -> None:
    (ann, payment), judge = earned(any_context), a_judge(any_context)
    dispute = opened(any_context, ann, payment)
    ruling = Ruling(is_upheld=True, reason="A quarter it is.", amount=145)
    given = decide(any_context, judge, dispute.id, ruling)
    assert (given.state, given.amount, given.award) == (DisputeState.UPHELD, 145, 1)
    assert balances(any_context, ann.account) == {
        f"partner.available:{ann.account} USD": -145,
        f"partner.pending:{ann.account} USD": -580,
    }
    with any_context.database.reading() as session:
        *_before, correction = ledger.walk(session, TENANT)
    assert (correction.entry.kind, correction.entry.reverses) == ("correction", 0)
    apply_event(any_context, adjusted(1_450, at=NOON + DAY))
    assert balances(any_context, ann.account) == {
        f"partner.available:{ann.account} USD": -145,
        f"partner.pending:{ann.account} USD": -290,
    }
    assert check(any_context) == []


def test_who_was_passed_over_is_given_a_share_of_the_payment_that_is_named(
    context: Context,
) -> None:
    (_ann, payment), judge = earned(context), a_judge(context)
    cem = owner_of(TENANT, add_account(context))
    opening = Opening(kind=ATTRIBUTION, text="Bob came by me.", link="https://cem.example/mail")
    dispute = open_dispute(context, cem, opening)
    with pytest.raises(Invalid, match="which payment"):
        decide(context, judge, dispute.id, Ruling(is_upheld=True, reason="So it is.", amount=1))
    too_much = Ruling(is_upheld=True, reason="All of it.", amount=2_901, payment=payment)
    with pytest.raises(Invalid, match="more than"):
        decide(context, judge, dispute.id, too_much)
    half = Ruling(is_upheld=True, reason="Half of it.", amount=290, payment=payment)
    decide(context, judge, dispute.id, half)
    assert balances(context, cem.account) == {f"partner.available:{cem.account} USD": -290}
    assert check(context) == []


def test_evidence_that_was_asked_for_has_to_come_within_14_days(context: Context) -> None:
    (ann, payment), judge = earned(context), a_judge(context)
    dispute = opened(context, ann, payment)
    asked = ask(context, judge, dispute.id, "Which plan were you shown?")
    assert asked.state is DisputeState.EVIDENCE
    clock_of(context).move(14 * DAY - 1)
    assert expire_disputes(context) == 0
    add_evidence(context, ann, dispute.id, "This one.", "https://ann.example/plan.png")
    clock_of(context).move(2 * DAY)
    assert expire_disputes(context) == 0
    ask(context, judge, dispute.id, "It does not open.")
    clock_of(context).move(14 * DAY)
    assert expire_disputes(context) == 1
    found, messages = get(context, judge, dispute.id)
    assert found.state is DisputeState.EXPIRED
    assert [(one.n, one.is_owner) for one in messages] == [
        (1, True), (2, False), (3, True), (4, False),
    ]  # fmt: skip
    assert balances(context, ann.account) == {f"partner.pending:{ann.account} USD": -580}
    assert check(context) == []


def test_nobody_disputes_or_decides_what_is_not_theirs(context: Context) -> None:
    (ann, payment), judge = earned(context), a_judge(context)
    eve = owner_of(TENANT, add_account(context))
    with pytest.raises(NotFound):
        opened(context, eve, payment)
    dispute = opened(context, ann, payment)
    with pytest.raises(NotFound):
        get_own(context, eve, dispute.id)
    with pytest.raises(NotFound):
        add_evidence(context, eve, dispute.id, "me too", "")
    with pytest.raises(NotFound):
        withdraw(context, eve, dispute.id)
    with pytest.raises(Forbidden):
        decide(context, ann, dispute.id, UPHELD)
    with pytest.raises(Forbidden):
        get(context, eve, dispute.id)
    own = open_dispute(context, judge, Opening(kind=ATTRIBUTION, text="mine"))
    with pytest.raises(Conflict, match="their own"):
        decide(context, judge, own.id, UPHELD)
    assert list_own(context, eve) == []


@pytest.mark.parametrize(
    "opening",
    [
        Opening(kind=COMMISSION, text="no payment"),
        Opening(kind=ATTRIBUTION, text=" "),
        Opening(kind=ATTRIBUTION, text="x" * 4_001),
        Opening(kind=ATTRIBUTION, text="a link", link="javascript:alert(1)"),
        Opening(kind=ATTRIBUTION, text="a link", link="https://me:secret@a.example/"),
        Opening(kind=ATTRIBUTION, text="a link", link="https://a.example/" + "x" * 500),
        Opening(kind=ATTRIBUTION, text="a payment", payment="f" * 32),
        Opening(kind=DisputeKind.PAYOUT, text="no payout"),
    ],
)
def test_what_cannot_be_a_dispute_is_refused(context: Context, opening: Opening) -> None:
    owner = owner_of(TENANT, add_account(context))
    with pytest.raises(Invalid):
        open_dispute(context, owner, opening)
    assert list_own(context, owner) == []


def test_an_owner_has_at_most_twenty_undecided_disputes(context: Context) -> None:
    owner = owner_of(TENANT, add_account(context))
    opening = Opening(kind=ATTRIBUTION, text="again")
    for _ in range(OPEN_AT_ONCE):
        last = open_dispute(context, owner, opening)
    with pytest.raises(LimitReached):
        open_dispute(context, owner, opening)
    withdraw(context, owner, last.id)
    open_dispute(context, owner, opening)


def test_amounts_that_cannot_be_move_nothing(context: Context) -> None:
    (ann, payment), judge = earned(context), a_judge(context)
    dispute = opened(context, ann, payment)
    before = balances(context)
    for is_upheld, amount in ((True, -1), (True, 2**60), (False, 1)):
        with pytest.raises(Invalid):
            ruling = Ruling(is_upheld=is_upheld, reason="No.", amount=amount)
            decide(context, judge, dispute.id, ruling)
    assert balances(context) == before
