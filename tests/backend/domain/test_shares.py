"""What a share is worth and which shares count, in the numbers of the rules."""

from __future__ import annotations

import pytest

from backend.domain.instants import HOUR, Instant
from backend.domain.shares import (
    EarlierShare,
    Platform,
    counts,
    find_platform,
    settle,
    share_points,
)

NOW = Instant(1_780_000_000_000_000)


def earlier(
    platform: Platform = Platform.X, page: str = "/", *, hours: float = 1, is_due: bool = True
) -> EarlierShare:
    at = Instant(NOW - int(hours * HOUR))
    return EarlierShare(platform=platform, page=page, at=at, is_due=is_due)


@pytest.mark.parametrize(
    ("platform", "thousandths"),
    [
        (Platform.X, 7_500),
        (Platform.LINKEDIN, 5_200),
        (Platform.REDDIT, 12_000),
        (Platform.HACKERNEWS, 20_000),
        (Platform.FACEBOOK, 3_600),
        (Platform.EMAIL, 5_600),
    ],
)
def test_weight_times_boost_of_the_six_platforms_of_the_table(
    platform: Platform, thousandths: int
) -> None:
    assert share_points(platform) == thousandths


def test_every_other_platform_is_worth_2() -> None:
    table = {Platform.X, Platform.LINKEDIN, Platform.REDDIT, Platform.HACKERNEWS}
    others = set(Platform) - table - {Platform.FACEBOOK, Platform.EMAIL}
    assert len(others) == 8
    assert {share_points(platform) for platform in others} == {2_000}


def test_there_are_fourteen_platforms_and_twitter_is_x() -> None:
    assert len(Platform) == 14
    assert find_platform("twitter") is Platform.X
    assert find_platform("native") is Platform.NATIVE
    assert find_platform("Twitter") is None
    assert find_platform("") is None


def test_the_first_share_counts() -> None:
    assert counts(Platform.X, "/", NOW, [])


def test_the_same_page_on_the_same_platform_counts_once_in_24_hours() -> None:
    assert not counts(Platform.X, "/", NOW, [earlier()])
    assert not counts(Platform.X, "/", NOW, [earlier(hours=23.999)])
    assert counts(Platform.X, "/", NOW, [earlier(hours=24)])
    assert counts(Platform.X, "/", NOW, [earlier(page="/docs/")])
    assert counts(Platform.X, "/", NOW, [earlier(Platform.REDDIT)])


def test_a_repeat_that_did_not_count_begins_the_24_hours_anew() -> None:
    assert not counts(Platform.X, "/", NOW, [earlier(hours=30), earlier(is_due=False)])


def test_a_visitor_counts_at_most_twice_within_a_day() -> None:
    two = [earlier(Platform.REDDIT), earlier(Platform.EMAIL)]
    assert not counts(Platform.X, "/", NOW, two)
    assert counts(Platform.X, "/", NOW, [two[0], earlier(Platform.EMAIL, hours=24)])
    assert counts(Platform.X, "/", NOW, [two[0], earlier(Platform.EMAIL, is_due=False)])


def test_shares_of_one_moment_keep_their_order() -> None:
    first = settle(NOW, [])
    second = settle(NOW, [earlier(hours=0)])
    assert (first, second) == (NOW, NOW + 1)
    assert settle(NOW, [earlier(hours=5)]) == NOW
