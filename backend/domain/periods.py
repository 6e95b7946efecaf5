"""Stretches of UTC days that owners look at, each with the one before it.

A period is a word that can stand in a link: `30d`, a month like `2026-11`, or two days like
`2026-11-01..2026-11-15`.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from backend.domain.instants import Day, Instant, date_of, start_of
from backend.errors import Invalid

PRESETS = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}
DEFAULT = "30d"
LONGEST_DAYS = 3 * 366
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)
_EPOCH = datetime.date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from `first` to `last`, both included; `key` is its word."""

    key: str
    first: Day
    last: Day

    @property
    def days(self) -> int:
        return self.last - self.first + 1

    @property
    def month(self) -> datetime.date | None:
        """The first day of the month that the period is, None when it is something else."""
        return date_of(self.first) if _MONTH.fullmatch(self.key) else None


def read_period(key: str, today: Day) -> Period:
    """Return the period that `key` names; '' is the default one.

    It never reaches past `today`. Raises Invalid for anything else, in words for the owner.
    """
    key = key or DEFAULT
    if key in PRESETS:
        return Period(key=key, first=Day(today - PRESETS[key] + 1), last=today)
    try:
        first, last = _read_days(key)
    except ValueError as error:
        raise _refusal() from error
    # Before the epoch nobody did anything, and the calendar has no room for a period before.
    if not 0 <= first <= min(last, today) or last - first >= LONGEST_DAYS:
        raise _refusal()
    return Period(key=key, first=first, last=min(last, today))


def previous(period: Period) -> Period:
    """Return the period before: the month before a month, else as many days."""
    if period.month is not None:
        before = period.month - datetime.timedelta(days=1)
        first = _day(before.replace(day=1))
        return Period(key=f"{before:%Y-%m}", first=first, last=_day(before))
    first, last = Day(period.first - period.days), Day(period.first - 1)
    return Period(key=f"{date_of(first)}..{date_of(last)}", first=first, last=last)


def end_of(period: Period) -> Instant:
    """Return the first instant after the period."""
    return start_of(Day(period.last + 1))


def month_of(day: Day) -> str:
    """Return the word of the calendar month that holds `day`."""
    return f"{date_of(day):%Y-%m}"


def _read_days(key: str) -> tuple[Day, Day]:
    if found := _MONTH.fullmatch(key):
        year, month = int(found[1]), int(found[2])
        begin = datetime.date(year, month, 1)
        return _day(begin), _day(begin.replace(day=calendar.monthrange(year, month)[1]))
    if found := _DAYS.fullmatch(key):
        return _day(datetime.date.fromisoformat(found[1])), _day(
            datetime.date.fromisoformat(found[2])
        )
    raise ValueError("neither a month nor two days")


def _day(date: datetime.date) -> Day:
    return Day((date - _EPOCH).days)


def _refusal() -> Invalid:
    return Invalid(
        "That is no period that can be shown.",
        field="period",
        hint="Use 7d, 30d, 90d, 365d, a month like 2026-11, or days like 2026-11-01..2026-11-15"
        " that are at most three years apart and have begun.",
    )
