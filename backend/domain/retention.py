"""How long what is kept. Source: the rules, "Visitors' privacy"; daily facts stay."""

from __future__ import annotations

from backend.domain.instants import HOUR, MINUTE, Day, Instant, day_of, start_of
from backend.domain.visitors import SALTS_KEPT

EVENT_DAYS = 365
"""Raw events: a year."""
EVENT_ID_DAYS = 2
"""Ids by which repeats are known: events are of the day they come in, and clocks are set back by
hours at most.
"""
SHARE_DAYS = 183
"""Shares' raw rows: six months."""
ANSWERS_KEPT = 48 * HOUR
"""Answers to requests that carried an idempotency key."""
CLOSING_DELAY = 10 * MINUTE
"""How long after midnight a day may still get events that came before it."""


def first_event_day(now: Instant) -> Day:
    """Return the oldest day whose raw events are kept; all of that day is."""
    return Day(day_of(now) - EVENT_DAYS)


def first_event_id_day(now: Instant) -> Day:
    """Return the oldest day whose events' ids are kept."""
    return Day(day_of(now) - EVENT_ID_DAYS)


def first_share_at(now: Instant) -> Instant:
    """Return the instant from which on the raw rows of shares are kept."""
    return start_of(Day(day_of(now) - SHARE_DAYS))


def first_share_day(now: Instant) -> Day:
    """Return the oldest day whose shares' raw rows are kept; all of that day are."""
    return day_of(first_share_at(now))


def first_salt_day(now: Instant) -> Day:
    """Return the oldest day whose salt exists: yesterday, whose salt ends 48 hours after it began.

    What is hashed with an older salt and is not needed without it goes at the same time.
    """
    return Day(day_of(now) - SALTS_KEPT + 1)


def first_open_day(now: Instant) -> Day:
    """Return the oldest day that may still get events."""
    return day_of(Instant(now - CLOSING_DELAY))
