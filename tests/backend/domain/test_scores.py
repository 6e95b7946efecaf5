"""The viral score and the boost level, in the numbers of the rules."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.instants import DAY, Instant
from backend.domain.scores import (
    BoostLevel,
    ScoreFacts,
    age_tenths,
    boost_level,
    is_viral,
    score,
)
from backend.domain.tiers import Tier

PUBLISHED = Instant(20_000 * DAY)
GOLDEN = ScoreFacts(views=1_000, likes=10, comments=2)


def at_age(days: int) -> Instant:
    return Instant(PUBLISHED + days * DAY)


def test_golden_site_of_a_pro_owner_scores_196_56() -> None:
    value = score(GOLDEN, published_at=PUBLISHED, tier=Tier.PRO, now=at_age(7))
    assert value == 19_656


@pytest.mark.parametrize(("shares", "expected"), [(1, 20_826), (2, 21_996), (5, 25_506)])
def test_each_share_on_x_adds_11_70_to_the_golden_site(shares: int, expected: int) -> None:
    facts = ScoreFacts(views=1_000, likes=10, comments=2, share_points=7_500 * shares)
    assert score(facts, published_at=PUBLISHED, tier=Tier.PRO, now=at_age(0)) == expected


@pytest.mark.parametrize(
    ("days", "tenths"),
    [(0, 12), (7, 12), (8, 10), (30, 10), (31, 8), (90, 8), (91, 6), (10_000, 6)],
)
def test_age_steps_come_after_7_30_and_90_whole_days(days: int, tenths: int) -> None:
    assert age_tenths(PUBLISHED, at_age(days)) == tenths
    assert age_tenths(PUBLISHED, Instant(at_age(days + 1) - 1)) == tenths


def test_a_site_that_is_not_published_has_the_age_of_a_new_one() -> None:
    assert age_tenths(None, at_age(10_000)) == 12


@pytest.mark.parametrize(
    ("tier", "expected"),
    [(Tier.FREE, 12_600), (Tier.PRO, 16_380), (Tier.BUSINESS, 18_900), (Tier.ENTERPRISE, 22_680)],
)
def test_tier_factors_are_1_0_and_1_3_and_1_5_and_1_8(tier: Tier, expected: int) -> None:
    assert score(GOLDEN, published_at=PUBLISHED, tier=tier, now=at_age(8)) == expected


def test_half_a_hundredth_is_rounded_up() -> None:
    # 0.5 × 0.6 × 1.3 = 0.39 has no rest; 0.1 × 0.8 × 1.8 = 0.144 loses it, 0.1 × 1.2 × 1.3 gains.
    one_view = ScoreFacts(views=1)
    assert score(one_view, published_at=PUBLISHED, tier=Tier.ENTERPRISE, now=at_age(31)) == 14
    assert score(one_view, published_at=PUBLISHED, tier=Tier.PRO, now=at_age(0)) == 16
    # 0.05 × 1.0 × 1.3 = 0.065 is exactly half.
    half = ScoreFacts(engagement_points=50)
    assert score(half, published_at=PUBLISHED, tier=Tier.PRO, now=at_age(8)) == 7


@given(
    views=st.integers(0, 10**9),
    likes=st.integers(0, 10**6),
    comments=st.integers(0, 10**6),
    share_points=st.integers(0, 10**12),
    engagement_points=st.integers(0, 10**12),
    tier=st.sampled_from(Tier),
    days=st.integers(0, 200),
)
def test_the_score_is_the_formula_rounded_half_up(  # noqa: PLR0917
    views: int,
    likes: int,
    comments: int,
    share_points: int,
    engagement_points: int,
    tier: Tier,
    days: int,
) -> None:
    facts = ScoreFacts(
        views=views,
        likes=likes,
        comments=comments,
        share_points=share_points,
        engagement_points=engagement_points,
    )
    age = Fraction("1.2") if days <= 7 else Fraction(1) if days <= 30 else Fraction("0.8")
    if days > 90:
        age = Fraction("0.6")
    factor = {"free": "1.0", "pro": "1.3", "business": "1.5", "enterprise": "1.8"}[tier]
    base = Fraction("0.1") * views + 2 * likes + 3 * comments
    points = base + Fraction(share_points, 1000) + Fraction(engagement_points, 1000)
    exact = points * age * Fraction(factor) * 100
    assert score(facts, published_at=PUBLISHED, tier=tier, now=at_age(days)) == int(
        exact + Fraction(1, 2)
    )


@pytest.mark.parametrize(
    ("shares", "level", "tenths"),
    [
        (0, BoostLevel.NONE, 10),
        (1, BoostLevel.BRONZE, 12),
        (5, BoostLevel.BRONZE, 12),
        (6, BoostLevel.SILVER, 15),
        (15, BoostLevel.SILVER, 15),
        (16, BoostLevel.GOLD, 20),
        (50, BoostLevel.GOLD, 20),
        (51, BoostLevel.PLATINUM, 25),
        (100, BoostLevel.PLATINUM, 25),
        (101, BoostLevel.VIRAL, 30),
        (10**6, BoostLevel.VIRAL, 30),
    ],
)
def test_boost_levels_and_coefficients(shares: int, level: BoostLevel, tenths: int) -> None:
    assert boost_level(shares) == (level, tenths)


@pytest.mark.parametrize(
    ("score_hundredths", "shares", "tier", "expected"),
    [
        (10_000, 5, Tier.PRO, True),
        (10_000, 5, Tier.ENTERPRISE, True),
        (9_999, 5, Tier.PRO, False),
        (10_000, 4, Tier.PRO, False),
        (10_000, 5, Tier.FREE, False),
    ],
)
def test_viral_needs_a_score_of_100_five_shares_in_30_days_and_a_paid_tier(
    score_hundredths: int, shares: int, tier: Tier, expected: bool
) -> None:
    found = is_viral(score_hundredths=score_hundredths, shares_in_30_days=shares, tier=tier)
    assert found is expected
