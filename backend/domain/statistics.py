"""What owners read about their sites: days added up, and single shares."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.instants import Day, Instant
from backend.domain.shares import Platform
from backend.domain.standing import DayTally

DAYS_AT_ONCE = 366
"""The longest stretch that one question may cover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDay:
    """One UTC day of a site. `visitors` is None until the day is over and counted."""

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
