"""What an owner earned waits while a grave case is open, and goes on when it is decided."""

from __future__ import annotations

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.fraud_holds import hold_for_cases
from backend.actions.fraud_review import clear_case, confirm_case
from backend.actions.holds import hold_commissions
from backend.actions.payments import apply_event
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.fraud_cases import Case, CaseState
from backend.domain.instants import SECOND
from backend.store import fraud
from backend.store.tables.base import TENANT
from tests.support.facts import record_now
from tests.support.money import add_referral, balances, paid
from tests.support.rewards import add_customers
from tests.support.service import add_account, add_site
from tests.support.sharing import a_share


def an_earner(context: Context, farms: int = 1) -> str:
    """Return an owner with two customers, and a farm of shares on each of some sites."""
    owner = add_account(context, tier="pro")
    add_customers(context, owner, 2)
    for number in range(farms):
        site, _key = add_site(context, owner, url=f"https://s{number}.{owner[-8:]}.example/")
        now = context.clock.now()
        for each in range(20):
            visitor = f"{number}farm{each}"
            record_now(context, [a_share(site, visitor, now + each * SECOND, network="one")])
    return owner


def cases_of(context: Context, account: str) -> list[Case]:
    with context.database.reading() as session:
        return fraud.list_of_account(session, TENANT, account)


def left(context: Context, account: str) -> dict[str, int]:
    return {name: amount for name, amount in balances(context, account).items() if amount}


def reviewer(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context), Role.REVIEWER)


def test_commissions_are_held_while_a_case_about_shares_is_open(any_context: Context) -> None:
    owner = an_earner(any_context)
    before = left(any_context, owner)
    assert hold_for_cases(any_context) == 1
    assert hold_for_cases(any_context) == 0
    (case,) = cases_of(any_context, owner)
    assert case.hold == 1
    assert set(left(any_context, owner)) == {f"partner.held:{owner} USD"}
    clear_case(any_context, reviewer(any_context), case.id, "A class with one address")
    assert left(any_context, owner) == before
    assert check(any_context) == []


def test_what_was_earned_while_it_is_held_waits_as_well(context: Context) -> None:
    owner = an_earner(context)
    hold_for_cases(context)
    held = left(context, owner)
    customer = add_account(context)
    add_referral(context, owner, customer)
    apply_event(context, paid(customer, ref=f"in_{customer}"))
    assert set(left(context, owner)) == set(held)
    assert left(context, owner) != held


def test_confirmed_shares_take_no_money_that_was_really_paid(any_context: Context) -> None:
    owner = an_earner(any_context)
    before = left(any_context, owner)
    hold_for_cases(any_context)
    (case,) = cases_of(any_context, owner)
    confirm_case(any_context, reviewer(any_context), case.id, "One machine")
    assert left(any_context, owner) == before
    assert check(any_context) == []


def test_the_next_open_case_holds_when_the_first_is_decided(any_context: Context) -> None:
    owner = an_earner(any_context, farms=2)
    hold_for_cases(any_context)
    ruth = reviewer(any_context)
    (first,) = [case for case in cases_of(any_context, owner) if case.hold is not None]
    clear_case(any_context, ruth, first.id, "A class with one address")
    assert set(left(any_context, owner)) == {f"partner.held:{owner} USD"}
    (second,) = [case for case in cases_of(any_context, owner) if case.state is CaseState.OPEN]
    assert second.hold == 3
    clear_case(any_context, ruth, second.id, "The same class")
    assert "partner.held" not in str(left(any_context, owner))
    assert check(any_context) == []


def test_a_review_of_somebody_elses_goes_on(context: Context) -> None:
    owner, ruth = an_earner(context), reviewer(context)
    hold_commissions(context, ruth, owner, "A tip")
    assert hold_for_cases(context) == 0
    (case,) = cases_of(context, owner)
    clear_case(context, ruth, case.id, "A class with one address")
    assert set(left(context, owner)) == {f"partner.held:{owner} USD"}
