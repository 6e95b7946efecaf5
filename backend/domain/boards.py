"""Leaderboards: what is counted, for which days, and who is where. Source: the rules, "Rewards".

Values are whole numbers: referrals and shares as such, revenue in cents of a dollar, scores in
hundredths.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import DAY, Day, Instant, date_of, day_of, start_of
from backend.domain.money import format_amount
from backend.domain.periods import month_of
from backend.errors import Invalid

CURRENCY = "USD"
PLACES_A_PAGE = 50
_WEEK = 7


class Metric(StrEnum):
    """What a board counts."""

    REFERRALS = "referrals"
    """Conversions of people that somebody brought."""
    REVENUE = "revenue"
    """What those people paid, without tax and without what was given back."""
    SHARES = "shares"
    """Shares that count."""
    SCORE = "score"
    """For all time the scores of somebody's sites as they are, added up; else the points that
    the days have brought, before age and tier."""


UNITS: Mapping[Metric, str] = {
    Metric.REFERRALS: "referrals",
    Metric.REVENUE: f"cents of {CURRENCY}",
    Metric.SHARES: "shares",
    Metric.SCORE: "hundredths of a point",
}
"""What the values of each metric are, for programs."""
BoardKey = tuple[Metric, str]
"""A metric and the key of a window."""


class Span(StrEnum):
    """How a period is named in links: it moves with the calendar."""

    WEEK = "week"
    LAST_WEEK = "last-week"
    MONTH = "month"
    LAST_MONTH = "last-month"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The UTC days from `first` to `last`, both included; None on both is all time."""

    key: str
    first: Day | None = None
    last: Day | None = None

    def holds(self, at: Instant) -> bool:
        """Tell whether a moment lies in it."""
        if self.first is None or self.last is None:
            return True
        return start_of(self.first) <= at < start_of(self.last) + DAY


ALL_TIME = Window(key="all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What somebody has of a metric, and when they had all of it."""

    account: str
    value: int
    reached_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somebody's place, from 1."""

    account: str
    place: int
    value: int
    reached_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board as of a moment: `people` have a place on it."""

    metric: Metric
    period: str
    people: int
    as_of: Instant


def read_metric(text: str) -> Metric:
    """Return the metric of a link; '' is referrals. Raises Invalid."""
    try:
        return Metric(text or Metric.REFERRALS)
    except ValueError as error:
        known = ", ".join(Metric)
        raise Invalid("There is no such board.", field="metric", hint=f"Use {known}.") from error


def read_span(text: str) -> Span:
    """Return the period of a link; '' is this month. Raises Invalid."""
    try:
        return Span(text or Span.MONTH)
    except ValueError as error:
        known = ", ".join(Span)
        raise Invalid("There is no such period.", field="period", hint=f"Use {known}.") from error


def window_of(span: Span, today: Day) -> Window:
    """Return the days of a span: ISO weeks begin on Monday, in UTC."""
    if span is Span.ALL:
        return ALL_TIME
    if span in {Span.WEEK, Span.LAST_WEEK}:
        # 1970-01-01 was a Thursday.
        monday = Day(today - (today + 3) % _WEEK - (_WEEK if span is Span.LAST_WEEK else 0))
        year, week, _day = date_of(monday).isocalendar()
        return Window(key=f"{year}-W{week:02}", first=monday, last=Day(monday + _WEEK - 1))
    first = date_of(today).replace(day=1)
    if span is Span.LAST_MONTH:
        first = (first - datetime.timedelta(days=1)).replace(day=1)
    following = (first + datetime.timedelta(days=31)).replace(day=1)
    begin = day_of(Instant(int(datetime.datetime.combine(first, _MIDNIGHT).timestamp()) * 10**6))
    days = (following - first).days
    return Window(key=month_of(begin), first=begin, last=Day(begin + days - 1))


def windows_of(today: Day) -> tuple[Window, ...]:
    """Return the days of every span."""
    return tuple(window_of(span, today) for span in Span)


def rank(tallies: Iterable[Tally]) -> list[Place]:
    """Return places by value; of equals, who had it first, then who signed up first.

    Whoever has nothing has no place.
    """
    some = [tally for tally in tallies if tally.value > 0]
    # Ids of accounts sort by the time of signing up.
    some.sort(key=lambda tally: (-tally.value, tally.reached_at, tally.account))
    return [
        Place(account=one.account, place=number, value=one.value, reached_at=one.reached_at)
        for number, one in enumerate(some, 1)
    ]


def distance(own: Place, above: Place) -> int:
    """Return what is missing to pass somebody: an equal value comes later, so it is not enough."""
    return above.value - own.value + 1


def value_words(metric: Metric, value: int) -> str:
    """Return a value with its unit: `3 shares`, `$1,204.50`, `196.56 points`."""
    if metric is Metric.REVENUE:
        whole, _, cents = format_amount(value, CURRENCY).partition(".")
        return f"${int(whole):,}.{cents}"
    if metric is Metric.SCORE:
        return f"{value // 100:,}.{value % 100:02} points"
    one, many = ("referral", "referrals") if metric is Metric.REFERRALS else ("share", "shares")
    return f"{value:,} {one if value == 1 else many}"


_MIDNIGHT = datetime.time(tzinfo=datetime.UTC)
