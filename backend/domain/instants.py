"""Time as the service keeps it: whole microseconds since 1970 in UTC, and UTC days since then.

One integer means the same in SQLite, in PostgreSQL and in every comparison; dates in words are
made at the edges.
"""

from __future__ import annotations

import datetime
from typing import NewType

Instant = NewType("Instant", int)
"""Microseconds since 1970-01-01T00:00:00Z."""
Day = NewType("Day", int)
"""UTC days since 1970-01-01."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def day_of(at: Instant) -> Day:
    """Return the UTC day that holds `at`."""
    return Day(at // DAY)


def start_of(day: Day) -> Instant:
    """Return the first instant of a UTC day."""
    return Instant(day * DAY)


def whole_days(since: Instant, until: Instant) -> int:
    """Return how many times 24 hours fit between the two, never below 0."""
    return max(0, (until - since) // DAY)


def from_datetime(moment: datetime.datetime) -> Instant:
    """Return the instant of an aware `moment`."""
    seconds = int(moment.timestamp() // 1)
    return Instant(seconds * SECOND + moment.microsecond)


def to_datetime(at: Instant) -> datetime.datetime:
    """Return `at` as an aware datetime in UTC."""
    return _EPOCH + datetime.timedelta(microseconds=at)


def to_text(at: Instant) -> str:
    """Return `at` as RFC 3339 in UTC with seconds: `2026-11-21T06:44:37Z`."""
    return to_datetime(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def date_of(day: Day) -> datetime.date:
    """Return the calendar date of a UTC day."""
    return to_datetime(start_of(day)).date()


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
