"""Where a site stands after events, and after time alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.events import ENGAGEMENT_POINTS, EventKind
from backend.domain.instants import DAY, Day, Instant, start_of
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.standing import (
    TALLIED,
    DayTally,
    Standing,
    add_up,
    advance,
    has_changed,
    has_moved,
    renew,
)
from backend.domain.tiers import Tier

NOW = start_of(Day(20_000))
NEW = Standing(
    tenant="default",
    site="site",
    account="account",
    status=SiteStatus.ACTIVE,
    wish=ShowcaseWish.UNSAID,
    tier=Tier.FREE,
    published_at=NOW,
    views=0,
    likes=0,
    comments=0,
    shares=0,
    share_points=0,
    engagement_points=0,
    window_day=Day(20_000),
    score=0,
    as_of=NOW,
    featured_until=None,
)


@pytest.mark.parametrize(
    ("kind", "thousandths"),
    [
        (EventKind.ENGAGEMENT, 500),
        (EventKind.CONVERSION, 2_000),
        (EventKind.REFERRAL_CLICK, 1_000),
        (EventKind.COPY, 100),
        (EventKind.POWERED_CLICK, 100),
    ],
)
def test_engagement_counts_0_5_conversion_2_0_referral_click_1_0_any_other_0_1(
    kind: EventKind, thousandths: int
) -> None:
    assert DayTally(**{TALLIED[kind]: 1}).engagement_points == thousandths


@pytest.mark.parametrize(
    "kind", [EventKind.VIEW, EventKind.SHARE, EventKind.LIKE, EventKind.COMMENT]
)
def test_views_shares_likes_and_comments_are_not_counted_twice(kind: EventKind) -> None:
    assert kind not in ENGAGEMENT_POINTS
    assert DayTally(**{TALLIED[kind]: 1}).engagement_points == 0


def test_every_kind_of_event_is_tallied() -> None:
    assert set(TALLIED) == set(EventKind)


def test_tallies_add_up() -> None:
    total = add_up([DayTally(views=1, likes=2), DayTally(views=3), DayTally()])
    assert total == DayTally(views=4, likes=2)


def test_a_tally_is_added_to_what_the_standing_had() -> None:
    added = DayTally(views=10, likes=1, counted_shares=2, share_points=15_000, conversions=1)
    standing, begun = advance(NEW, added, window=(NEW.window_day, 2_000), now=NOW)
    assert (standing.views, standing.likes, standing.shares) == (10, 1, 2)
    assert (standing.share_points, standing.engagement_points) == (15_000, 2_000)
    assert standing.score == round((1 + 2 + 15 + 2) * 1.2 * 100)
    assert begun == ()


def test_a_window_that_moved_replaces_the_engagement() -> None:
    old = replace(NEW, engagement_points=9_000)
    later = Instant(NOW + DAY)
    standing, _ = advance(old, DayTally(copies=1), window=(Day(20_001), 4_100), now=later)
    assert (standing.engagement_points, standing.window_day) == (4_100, 20_001)


def test_time_alone_moves_the_window_and_the_age() -> None:
    old = replace(NEW, views=100, engagement_points=1_000, score=1_320)
    later = Instant(NOW + 8 * DAY)
    assert has_moved(old, later)
    assert not has_moved(old, Instant(NOW + DAY - 1))
    renewed = renew(old, 0, later)
    assert (renewed.score, renewed.engagement_points, renewed.window_day) == (1_000, 0, 20_008)
    assert has_changed(old, renewed)


def test_a_window_that_moved_without_losing_points_is_no_change() -> None:
    old = replace(NEW, views=100, engagement_points=1_000, score=1_320)
    assert not has_changed(old, renew(old, 1_000, Instant(NOW + DAY)))
