"""Calculators: the best case is the plan's arithmetic, the median is what really came of it."""

from __future__ import annotations

import pytest

from backend.actions.context import Context
from backend.actions.earnings_estimate import estimate_earnings
from backend.actions.payments import apply_event
from backend.domain.earnings_estimate import best_case, median_of
from backend.domain.instants import DAY
from backend.domain.plans import find_built_in
from backend.domain.tiers import Tier
from backend.errors import Invalid
from tests.support.money import add_chain, paid
from tests.support.service import NOON

PRO = {Tier.PRO: 10_000}


def test_one_customer_of_29_dollars_earns_more_with_the_years() -> None:
    best = best_case(find_built_in("lifetime"), PRO, [1], 61)
    assert (best.by_month[6], best.by_month[24], best.by_month[60]) == (580, 725, 1_160)
    assert best.total == 13 * 580 + 36 * 725 + 12 * 1_160 == sum(best.by_level)


def test_levels_earn_each_for_itself() -> None:
    best = best_case(find_built_in("seven-level"), PRO, [1, 2, 4, 8, 16, 32, 64], 1)
    assert best.by_level == (
        580, 2 * 435, 4 * 290, 8 * 232, 16 * 145, 32 * 87, 64 * 58,
    )  # fmt: skip
    assert best_case(find_built_in("lifetime"), PRO, [1, 100], 1).by_level == (580, 0)


def test_people_have_the_tiers_of_the_mix() -> None:
    mix = {Tier.BUSINESS: 2_000, Tier.PRO: 7_500, Tier.ENTERPRISE: 500}
    best = best_case(find_built_in("lifetime"), mix, [20], 1)
    assert best.total == 15 * 580 + 4 * 1_980 + 1 * 5_980


@pytest.mark.parametrize(
    ("mix", "network", "months"),
    [
        ({Tier.PRO: 9_999}, [1], 1),
        ({Tier.PRO: 11_000, Tier.BUSINESS: -1_000}, [1], 1),
        ({Tier.FREE: 10_000}, [1], 1),
        (PRO, [1] * 8, 1),
        (PRO, [-1], 1),
        (PRO, [1_000_001], 1),
        (PRO, [1], 0),
        (PRO, [1], 121),
    ],
)
def test_what_cannot_be_reckoned_with_is_refused(
    mix: dict[Tier, int], network: list[int], months: int
) -> None:
    with pytest.raises(Invalid):
        best_case(find_built_in("lifetime"), mix, network, months)


@pytest.mark.parametrize(
    ("earned", "referrers", "median"),
    [
        ([], 4, None),
        ([], 5, 0),
        ([100, 200], 5, 0),
        ([300, 100, 200], 5, 100),
        ([1, 2, 3, 4, 5, 6], 6, 3),
        ([9, 1, 5, 7, 3], 5, 5),
    ],
)
def test_the_median_counts_those_who_earned_nothing(
    earned: list[int], referrers: int, median: int | None
) -> None:
    assert median_of(earned, referrers) == median


def test_the_best_case_stands_beside_what_people_here_earned(any_context: Context) -> None:
    for number in range(5):
        _ann, bob = add_chain(any_context, 2)
        if number:
            apply_event(any_context, paid(bob, 1_000 * number, ref=f"in_{number}", at=NOON - DAY))
    _ann, late = add_chain(any_context, 2)
    apply_event(any_context, paid(late, 90_000, ref="in_old", at=NOON - 400 * DAY))
    found = estimate_earnings(any_context, PRO, [10])
    assert (found.best.total, found.referrers) == (12 * 5_800, 6)
    # Two of six earned nothing in these twelve months, the others 2, 4, 6 and 8 dollars.
    assert found.median == 200
