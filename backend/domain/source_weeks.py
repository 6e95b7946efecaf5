"""Weeks of sources: what the days of a week add up to, so that long periods are read in few rows.

A week is seven days counted from 1970 on, not one of the calendar: it only has to be found by
arithmetic. Of each kind it keeps the most frequent names, so that its size depends neither on how
many sites an owner has nor on how many names somebody sends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from backend.domain.checking import Difference
from backend.domain.instants import Day, date_of
from backend.domain.periods import Period
from backend.domain.sources import REST, Counts, SourceKind

WEEK = 7
WEEK_TOP = 100
"""How many names of a week and kind are kept; the rest is added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRef:
    """A week of one site, or with `site` '' of all the account's sites."""

    tenant: str
    account: str
    site: str
    week: int

    @property
    def first(self) -> Day:
        return Day(self.week * WEEK)

    @property
    def last(self) -> Day:
        return Day(self.week * WEEK + WEEK - 1)


def week_of(day: Day) -> int:
    """Return the number of the week that holds a day."""
    return day // WEEK


def weeks_within(period: Period) -> range:
    """Return the weeks that lie in a period with all their days."""
    return range(-(-period.first // WEEK), (period.last + 1) // WEEK)


def days_outside(period: Period, weeks: Collection[int]) -> list[tuple[Day, Day]]:
    """Return the stretches of a period's days that are in none of some weeks: first and last."""
    found: list[tuple[Day, Day]] = []
    begin = period.first
    for week in sorted(weeks):
        if begin < week * WEEK:
            found.append((begin, Day(week * WEEK - 1)))
        begin = Day(week * WEEK + WEEK)
    if begin <= period.last:
        found.append((begin, period.last))
    return found


def add_counts(parts: Iterator[Counts]) -> dict[tuple[SourceKind, str], int]:
    """Return the sums of several counts."""
    sums: dict[tuple[SourceKind, str], int] = {}
    for part in parts:
        for key, number in part.items():
            sums[key] = sums.get(key, 0) + number
    return sums


def keep_most(counts: Counts, top: int = WEEK_TOP) -> Counts:
    """Return the most frequent names of each kind, and the others as the rest."""
    kept: dict[tuple[SourceKind, str], int] = {}
    places = dict.fromkeys(SourceKind, 0)
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    for (kind, name), number in ranked:
        is_rest = name == REST
        if not is_rest:
            places[kind] += 1
            is_rest = places[kind] > top
        key = (kind, REST if is_rest else name)
        kept[key] = kept.get(key, 0) + number
    return kept


def compare_week(ref: WeekRef, stored: Counts, days: Counts) -> Iterator[Difference]:
    """Compare a kept week with the sum of its days."""
    computed = keep_most(days)
    if stored != computed:
        whose = f"site {ref.site}" if ref.site else f"all sites of {ref.account}"
        yield Difference(
            what="source_week.counts",
            where=f"{whose}, {date_of(ref.first)} to {date_of(ref.last)}",
            stored=_describe(stored),
            computed=_describe(computed),
        )


def _describe(counts: Mapping[tuple[SourceKind, str], int]) -> str:
    return f"{len(counts)} names, {sum(counts.values())} in all"
