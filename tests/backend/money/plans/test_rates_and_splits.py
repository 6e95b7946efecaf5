"""What each plan pays of a payment: the rules' own examples, and a plain exact implementation."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.commissions import Earnings, earnings_of, months_between
from backend.domain.instants import Instant, from_datetime
from backend.domain.money import LARGEST
from backend.domain.plans import BUILT_IN, Plan, find_built_in
from tests.support.naive_commissions import naive_months, naive_rate, naive_split

ALL = (True,) * 7
LIFETIME, SEVEN = find_built_in("lifetime"), find_built_in("seven-level")
LEAN, BOTH = find_built_in("seven-level-lean"), find_built_in("lifetime-seven-level")
MOMENTS = st.datetimes(
    datetime.datetime(2020, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    datetime.datetime(2032, 12, 31),  # noqa: DTZ001  as above
    timezones=st.just(datetime.UTC),
)


def at(text: str) -> Instant:
    moment = datetime.datetime.fromisoformat(text)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC))


@pytest.mark.parametrize(
    ("months", "cents"),
    [(0, 580), (6, 580), (12, 580), (13, 725), (24, 725), (48, 725), (49, 1_160), (60, 1_160)],
)
def test_29_dollars_earn_5_80_in_month_6_then_7_25_then_11_60(months: int, cents: int) -> None:
    assert earnings_of(LIFETIME, 2_900, months, ALL) == Earnings((cents,))


@pytest.mark.parametrize(
    ("plan", "amount", "parts"),
    [
        (SEVEN, 2_900, (580, 435, 290, 232, 145, 87, 58)),
        (SEVEN, 999, (199, 150, 100, 80, 50, 30, 20)),
        (SEVEN, 100, (20, 15, 10, 8, 5, 3, 2)),
        (SEVEN, 99, (19, 15, 10, 8, 5, 3, 2)),
        (SEVEN, 1, (0, 0, 0, 0, 0, 0, 0)),
        (SEVEN, 0, (0, 0, 0, 0, 0, 0, 0)),
        (LEAN, 10_000, (2_000, 1_000, 500, 300, 200, 100, 50)),
        (LEAN, 2_900, (580, 290, 145, 87, 58, 29, 14)),
    ],
)
def test_seven_levels_split_by_largest_remainder(
    plan: Plan, amount: int, parts: tuple[int, ...]
) -> None:
    assert earnings_of(plan, amount, 0, ALL).base == parts


@pytest.mark.parametrize(("months", "total"), [(12, 6_300), (13, 6_800), (49, 8_300)])
def test_lifetime_seven_level_pays_63_then_68_then_83_per_cent(months: int, total: int) -> None:
    base = earnings_of(BOTH, 10_000, months, ALL).base
    assert (sum(base), base[1:]) == (total, (1_500, 1_000, 800, 500, 300, 200))


@pytest.mark.parametrize(
    ("plan", "total"), [(SEVEN, 6_300), (LEAN, 4_150), (LIFETIME, 2_000), (BOTH, 6_300)]
)
def test_a_plan_pays_its_sum_of_rates_in_all(plan: Plan, total: int) -> None:
    assert sum(earnings_of(plan, 10_000, 0, ALL).base) == total


def test_an_empty_level_stays_with_the_platform_and_nobody_moves_up() -> None:
    filled = (True, False, True, False, False, False, False)
    assert earnings_of(SEVEN, 2_900, 0, filled).base == (580, 0, 290, 0, 0, 0, 0)
    assert sum(earnings_of(SEVEN, 2_900, 0, (True, True)).base) == 580 + 435
    assert earnings_of(LIFETIME, 2_900, 0, ()).base == ()


def test_a_bonus_and_a_region_are_lines_of_their_own() -> None:
    earned = earnings_of(SEVEN, 2_900, 0, ALL, bonuses=(10_500,))
    assert earned == Earnings((580, 435, 290, 232, 145, 87, 58), (29, 0, 0, 0, 0, 0, 0))


@settings(max_examples=150)
@given(
    plan=st.sampled_from(BUILT_IN),
    amount=st.one_of(st.integers(0, 100_000), st.integers(0, LARGEST)),
    months=st.integers(0, 700),
    filled=st.lists(st.booleans(), max_size=7),
)
def test_every_plan_pays_what_the_plain_implementation_says(
    plan: Plan, amount: int, months: int, filled: list[bool]
) -> None:
    direct = 2_000 if plan in (SEVEN, LEAN) else naive_rate(months)
    rates = [direct, *plan.deeper_bp]
    used = [rate if there else 0 for rate, there in zip(rates, filled, strict=False)]
    earned = earnings_of(plan, amount, months, tuple(filled)).base
    assert list(earned) == naive_split(amount, used)
    assert sum(earned) == amount * sum(used) // 10_000


@pytest.mark.parametrize(
    ("first", "until", "months"),
    [
        ("2026-01-15", "2026-01-15", 0),
        ("2026-01-15", "2026-02-14T23:59:59", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2026-01-15T12:00", "2026-02-15T11:59", 0),
        ("2026-01-31", "2026-02-27", 0),
        ("2026-01-31", "2026-02-28", 1),
        ("2028-01-31", "2028-02-28", 0),
        ("2028-01-31", "2028-02-29", 1),
        ("2028-02-29", "2029-02-28", 12),
        ("2028-02-29", "2032-02-28", 47),
        ("2028-02-29", "2032-02-29", 48),
        ("2026-08-31", "2026-09-30", 1),
        ("2026-12-31", "2027-01-31", 1),
        ("2026-01-01", "2027-02-01", 13),
        ("2026-05-10", "2026-03-01", 0),
        ("2099-12-31", "2100-02-28", 2),
    ],
)
def test_months_are_of_the_calendar_with_the_day_clamped(
    first: str, until: str, months: int
) -> None:
    assert months_between(at(first), at(until)) == months


@settings(max_examples=150)
@given(first=MOMENTS, until=MOMENTS)
def test_months_are_those_that_a_plain_count_finds(
    first: datetime.datetime, until: datetime.datetime
) -> None:
    counted = months_between(from_datetime(first), from_datetime(until))
    assert counted == naive_months(first, until)
