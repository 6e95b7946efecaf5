"""What a site's score was at the end of each day, by the formula over the permanent daily facts.

The owner's tier and the day of publishing are those of today: earlier ones are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backend.domain.instants import Day, Instant, start_of
from backend.domain.scores import ENGAGEMENT_DAYS, weigh
from backend.domain.tiers import Tier

Points = tuple[int, int]
"""What a day brought, in thousandths: lasting, and of engagement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDays:
    """A site's points: `total` are the lasting ones of the days before those in `days`, which begin
    so early that the engagement window of the first day asked for is among them (`first_needed`).
    """

    site: str
    published_at: Instant | None
    tier: Tier
    total: int = 0
    days: Mapping[Day, Points] = field(default_factory=dict)


def first_needed(first: Day) -> Day:
    """Return the first day of the engagement window that ends with `first`."""
    return Day(first - ENGAGEMENT_DAYS + 1)


def score_days(facts: ScoreDays, first: Day, last: Day, now: Instant) -> list[int]:
    """Return the score in hundredths at the end of each day from `first` to `last`, at `now` for
    the day that is not over.
    """
    lasting, engagement = facts.total, 0
    history = []
    for day in map(Day, range(first_needed(first), last + 1)):
        gained, engaged = facts.days.get(day, _NOTHING)
        lasting += gained
        engagement += engaged - facts.days.get(Day(day - ENGAGEMENT_DAYS), _NOTHING)[1]
        if day < first:
            continue
        at = Instant(min(start_of(Day(day + 1)) - 1, now))
        points = lasting + engagement
        history.append(weigh(points, published_at=facts.published_at, tier=facts.tier, now=at))
    return history


def add_histories(histories: Iterable[list[int]]) -> list[int]:
    """Return the sum of several sites' scores, day by day."""
    return [sum(scores) for scores in zip(*histories, strict=True)]


_NOTHING: Points = (0, 0)
