"""Referrers whose sign-ups look wrong: what waits, and what comes of it."""

from __future__ import annotations

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.fraud_referrals import remember_network, watch_referrals
from backend.actions.fraud_review import clear_case, confirm_case
from backend.actions.payments import apply_event
from backend.actions.retention import purge
from backend.actions.statistics import get_level
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.fraud import Severity
from backend.domain.fraud_cases import Case, CaseState
from backend.domain.fraud_referrals import SignUp, judge_referrals
from backend.domain.fraud_rules import DEFAULT
from backend.domain.instants import DAY, HOUR, Instant
from backend.domain.rewards import Conversion
from backend.store import fraud, reward_facts
from backend.store.tables.base import TENANT
from tests.support.facts import clock_of
from tests.support.money import add_referral, adjusted, balances
from tests.support.rewards import add_customers
from tests.support.service import NOON, add_account


def cases_of(context: Context, account: str) -> list[Case]:
    with context.database.reading() as session:
        return fraud.list_of_account(session, TENANT, account)


def conversions_of(context: Context, account: str) -> tuple[Conversion, ...]:
    now = context.clock.now()
    with context.database.reading() as session:
        facts = reward_facts.read_facts(session, TENANT, [account], now)
    return facts[account].conversions


def reviewer(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context), Role.REVIEWER)


def refund(context: Context, customer: str) -> None:
    apply_event(context, adjusted(2_900, ref=f"re_{customer}", charge=f"ch_{customer}"))


def a_refunder(context: Context) -> str:
    """Return a referrer with four customers, of whom two got part of their money back."""
    referrer = add_account(context)
    for customer in add_customers(context, referrer, 4)[:2]:
        apply_event(context, adjusted(1_000, ref=f"re_{customer}", charge=f"ch_{customer}"))
    return referrer


def test_refunds_above_30_percent_hold_conversions_and_commissions(any_context: Context) -> None:
    referrer = a_refunder(any_context)
    assert watch_referrals(any_context) == 1
    (case,) = cases_of(any_context, referrer)
    assert (case.state, case.held, case.hold) == (CaseState.OPEN, 4, 1)
    assert all(one.is_disputed for one in conversions_of(any_context, referrer))
    books = balances(any_context, referrer)
    assert set(books) == {f"partner.held:{referrer} USD"}
    assert watch_referrals(any_context) == 0
    assert check(any_context) == []


def test_clearing_gives_conversions_and_money_back(any_context: Context) -> None:
    referrer = a_refunder(any_context)
    before = balances(any_context, referrer)
    watch_referrals(any_context)
    (case,) = cases_of(any_context, referrer)
    clear_case(any_context, reviewer(any_context), case.id, "A bad release")
    left = {name: amount for name, amount in balances(any_context, referrer).items() if amount}
    assert left == before
    assert not any(one.is_disputed for one in conversions_of(any_context, referrer))
    assert watch_referrals(any_context) == 0, "what was decided is not asked again"
    assert check(any_context) == []


def test_confirming_takes_conversions_and_money_away(any_context: Context) -> None:
    referrer = a_refunder(any_context)
    watch_referrals(any_context)
    (case,) = cases_of(any_context, referrer)
    confirm_case(any_context, reviewer(any_context), case.id, "Cards of one person")
    assert conversions_of(any_context, referrer) == ()
    assert set(balances(any_context, referrer).values()) <= {0}
    assert check(any_context) == []


def test_the_shown_coefficient_is_a_tenth_while_a_case_is_open(context: Context) -> None:
    referrer = a_refunder(context)
    watch_referrals(context)
    level = get_level(context, owner_of(TENANT, referrer))
    assert (level.coefficient_hundredths, level.is_reduced) == (10, True)
    (case,) = cases_of(context, referrer)
    clear_case(context, reviewer(context), case.id, "A bad release")
    assert get_level(context, owner_of(TENANT, referrer)).coefficient_hundredths == 100


def test_three_refunds_of_ten_are_not_above_30_percent(context: Context) -> None:
    referrer = add_account(context)
    for customer in add_customers(context, referrer, 10)[:3]:
        refund(context, customer)
    assert watch_referrals(context) == 0


def test_sign_ups_from_one_network_alone_are_only_noted(any_context: Context) -> None:
    referrer = add_account(any_context)
    for number in range(6):
        referred = add_account(any_context)
        add_referral(any_context, referrer, referred)
        remember_network(any_context, referred, f"203.0.113.{number}")
    watch_referrals(any_context)
    (case,) = cases_of(any_context, referrer)
    assert (case.state, case.held, case.hold) == (CaseState.NOTED, 0, None)
    assert case.signals[0].evidence == {"sign_ups": 6, "from_one_network": 6}


def test_networks_of_sign_ups_are_forgotten_after_two_days(context: Context) -> None:
    referrer = add_account(context)
    for number in range(6):
        referred = add_account(context)
        add_referral(context, referrer, referred)
        remember_network(context, referred, f"203.0.113.{number}")
    clock_of(context).move(2 * DAY)
    purge(context)
    assert watch_referrals(context) == 0


def a_ring(number: int, *, published: int, network: str = "") -> list[SignUp]:
    return [
        SignUp(
            referred=f"r{n}",
            at=Instant(NOON + n * HOUR // 2),
            has_published=n < published,
            has_converted=False,
            is_refunded=False,
            network=network,
        )
        for n in range(number)
    ]


def test_ten_sign_ups_in_a_day_that_never_publish_are_seen_after_a_week() -> None:
    late = Instant(NOON + 8 * DAY)
    found = judge_referrals(a_ring(10, published=0), DEFAULT, late)
    assert found.verdict.rules == {"never_published"}
    assert found.verdict.severity is Severity.LOW
    assert not judge_referrals(a_ring(10, published=0), DEFAULT, Instant(NOON + DAY)).suspects
    assert not judge_referrals(a_ring(10, published=1), DEFAULT, late).suspects
    assert not judge_referrals(a_ring(9, published=0), DEFAULT, late).suspects


def test_a_ring_from_one_network_that_never_publishes_is_held() -> None:
    found = judge_referrals(
        a_ring(10, published=0, network="one"), DEFAULT, Instant(NOON + 8 * DAY)
    )
    assert found.verdict.severity is Severity.HIGH
    assert len(found.suspects) == 10


def test_who_signed_up_from_one_network_and_never_publishes_is_held_after_a_week(
    any_context: Context,
) -> None:
    referrer = add_account(any_context)
    for number in range(10):
        referred = add_account(any_context)
        add_referral(any_context, referrer, referred, has_published=False)
        remember_network(any_context, referred, f"203.0.113.{number}")
    watch_referrals(any_context)
    for _day in range(8):
        clock_of(any_context).move(DAY)
        purge(any_context)
        watch_referrals(any_context)
    opened, noted = cases_of(any_context, referrer)
    assert (noted.state, noted.held) == (CaseState.NOTED, 0)
    assert (opened.state, opened.held) == (CaseState.OPEN, 10)
    assert opened.rules == {"sign_ups_one_network", "never_published"}
    assert check(any_context) == []
