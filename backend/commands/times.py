"""Times on the command line."""

from __future__ import annotations

import datetime

from backend.domain.instants import Instant, from_datetime
from generator.errors import UsageError


def read_time(text: str) -> Instant:
    """Return a time in UTC; a date is its first instant. Raises UsageError for anything else."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no time.", hint="Write 2027-01-01, or 2027-01-01T12:00:00Z."
        ) from error
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC))
