"""A period in steps that a chart can show: days, or weeks where there are too many days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.domain.instants import Day, date_of
from backend.domain.periods import Period
from generator.render.environment import format_short_day

DAYS_SHOWN = 92
"""Periods of more days are shown by the week."""
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Some days that stand as one; `words` names the first of them, `label` does without a year."""

    first: Day
    last: Day
    words: str
    label: str


def buckets_of(period: Period) -> tuple[Bucket, ...]:
    """Return the steps of a period in order. The last week may be a short one."""
    size = 1 if period.days <= DAYS_SHOWN else _WEEK
    return tuple(
        Bucket(
            first=Day(first),
            last=Day(min(first + size - 1, period.last)),
            words=format_short_day(date_of(Day(first))),
            label=format_short_day(date_of(Day(first))).rpartition(" ")[0],
        )
        for first in range(period.first, period.last + 1, size)
    )


def add_up(numbers: Mapping[Day, int], buckets: tuple[Bucket, ...]) -> tuple[int, ...]:
    """Return the sum of each step."""
    return tuple(
        sum(numbers.get(Day(day), 0) for day in range(one.first, one.last + 1)) for one in buckets
    )
