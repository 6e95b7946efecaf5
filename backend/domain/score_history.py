"""What a site's score was at the end of each day, by the formula over the permanent daily facts.

The owner's tier and the day of publishing are those of today: earlier ones are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backend.domain.instants import Day, Instant, start_of
from backend.domain.scores import ENGAGEMENT_DAYS, ScoreFacts, score
from backend.domain.standing import DayTally
from backend.domain.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDays:
    """A site's days: `total` adds up those before the ones in `days`, which begin so early that
    the engagement window of the first day asked for is among them (`first_needed`).
    """

    site: str
    published_at: Instant | None
    tier: Tier
    total: DayTally = field(default_factory=DayTally)
    days: Mapping[Day, DayTally] = field(default_factory=dict)


def first_needed(first: Day) -> Day:
    """Return the first day of the engagement window that ends with `first`."""
    return Day(first - ENGAGEMENT_DAYS + 1)


def score_days(facts: ScoreDays, first: Day, last: Day, now: Instant) -> list[int]:
    """Return the score in hundredths at the end of each day from `first` to `last`, at `now` for
    the day that is not over.
    """
    views, likes = facts.total.views, facts.total.likes
    comments, share_points = facts.total.comments, facts.total.share_points
    engaged = {day: tally.engagement_points for day, tally in facts.days.items()}
    engagement = 0
    history = []
    for day in map(Day, range(first_needed(first), last + 1)):
        if tally := facts.days.get(day):
            views += tally.views
            likes += tally.likes
            comments += tally.comments
            share_points += tally.share_points
        engagement += engaged.get(day, 0) - engaged.get(Day(day - ENGAGEMENT_DAYS), 0)
        if day < first:
            continue
        of_day = ScoreFacts(
            views=views,
            likes=likes,
            comments=comments,
            share_points=share_points,
            engagement_points=engagement,
        )
        at = Instant(min(start_of(Day(day + 1)) - 1, now))
        history.append(score(of_day, published_at=facts.published_at, tier=facts.tier, now=at))
    return history


def add_histories(histories: Iterable[list[int]]) -> list[int]:
    """Return the sum of several sites' scores, day by day."""
    return [sum(scores) for scores in zip(*histories, strict=True)]
