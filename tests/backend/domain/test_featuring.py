"""Automatic featuring at each fifth counted share."""

from __future__ import annotations

import pytest

from backend.domain.featuring import featurings_of, shares_to_featuring
from backend.domain.instants import HOUR, Instant
from backend.domain.tiers import Tier

NOW = Instant(1_780_000_000_000_000)


@pytest.mark.parametrize(
    ("before", "after", "thresholds"),
    [
        (0, 4, []),
        (4, 4, []),
        (4, 5, [5]),
        (5, 5, []),
        (5, 6, []),
        (0, 5, [5]),
        (3, 16, [5, 10, 15]),
        (9, 10, [10]),
        (10, 14, []),
    ],
)
def test_each_fifth_share_features_and_no_other(
    before: int, after: int, thresholds: list[int]
) -> None:
    begun = featurings_of(before=before, after=after, featured_until=None, tier=Tier.FREE, now=NOW)
    assert [featuring.threshold for featuring in begun] == thresholds


@pytest.mark.parametrize(
    ("tier", "hours"),
    [(Tier.FREE, 168), (Tier.PRO, 336), (Tier.BUSINESS, 504), (Tier.ENTERPRISE, 720)],
)
def test_it_lasts_as_long_as_the_tier_says(tier: Tier, hours: int) -> None:
    (begun,) = featurings_of(before=4, after=5, featured_until=None, tier=tier, now=NOW)
    assert (begun.starts_at, begun.ends_at) == (NOW, NOW + hours * HOUR)


def test_a_new_one_extends_from_the_later_of_now_and_the_current_end() -> None:
    def end_after(featured_until: int) -> Instant:
        (begun,) = featurings_of(
            before=9, after=10, featured_until=Instant(featured_until), tier=Tier.FREE, now=NOW
        )
        return begun.ends_at

    assert end_after(NOW + 100 * HOUR) == NOW + 268 * HOUR
    assert end_after(NOW - 100 * HOUR) == NOW + 168 * HOUR


def test_two_thresholds_at_once_last_twice_as_long() -> None:
    begun = featurings_of(before=0, after=10, featured_until=None, tier=Tier.PRO, now=NOW)
    assert [featuring.ends_at - NOW for featuring in begun] == [336 * HOUR, 672 * HOUR]


def test_the_way_to_the_next_featuring_is_counted_in_shares() -> None:
    assert [shares_to_featuring(shares) for shares in (0, 4, 5, 9)] == [5, 1, 5, 1]
