"""How the service's jobs went, and when the clock starts them again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from croniter import croniter

from backend.domain.instants import Instant, from_datetime, to_datetime

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A kind of job and its last try: `done`, `refused`, `retry` or `given_up`, '' before it.

    `schedule` is minute, hour, day, month, weekday, None for what only actions queue.
    """

    name: str
    schedule: str | None
    started_at: Instant | None
    ended_at: Instant | None
    outcome: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailure:
    """A job that was given up, or refused; the engine knows by its id what it was told."""

    id: str
    name: str
    at: Instant
    reason: str
    retried_at: Instant | None


def next_run(schedule: str, now: Instant) -> Instant:
    """Return when the clock starts a job the next time, in UTC."""
    moment: datetime.datetime = croniter(schedule, to_datetime(now)).get_next(datetime.datetime)
    return from_datetime(moment)
