"""What owners read about their sites: days added up, and single shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.instants import Day, Instant
from backend.domain.shares import Platform
from backend.domain.standing import DayTally

DAYS_AT_ONCE = 366
"""The longest stretch that one question may cover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDay:
    """One UTC day of a site, or of several added up.

    `visitors` are those of the sites that have them counted, None when none has: an open day's so
    far, which a job counts, a closed day's for good. Somebody on two sites is two.
    """

    day: Day
    tally: DayTally
    visitors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One recorded share. `points` are thousandths of score, 0 when it does not count."""

    id: str
    platform: Platform
    page: str
    at: Instant
    is_counted: bool
    points: int
    clicks: int
    proved_at: Instant | None


def fill_days(found: Iterable[SiteDay], first: Day, last: Day) -> list[SiteDay]:
    """Return every day of a stretch, quiet ones too."""
    seen = {each.day: each for each in found}
    return [
        seen.get(day) or SiteDay(day=day, tally=DayTally(), visitors=0)
        for day in map(Day, range(first, last + 1))
    ]


def sum_visitors(days: Iterable[SiteDay]) -> int:
    """Return the visitors of days as far as they are known; somebody on two days is two."""
    return sum(each.visitors or 0 for each in days)
