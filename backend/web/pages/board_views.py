"""Leaderboards as pages show them: tabs that are links, rows in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from backend.actions.boards import BoardPage
from backend.domain.boards import Metric, Span, Window, value_words
from backend.domain.instants import date_of
from generator.render.environment import format_short_day

_T = TypeVar("_T")
NAMELESS = "Without a public name"
METRIC_WORDS = {
    Metric.REFERRALS: "Referrals",
    Metric.REVENUE: "Revenue",
    Metric.SHARES: "Shares",
    Metric.SCORE: "Score",
}
SPAN_WORDS = {
    Span.WEEK: "This week",
    Span.LAST_WEEK: "Last week",
    Span.MONTH: "This month",
    Span.LAST_MONTH: "Last month",
    Span.ALL: "All time",
}
WHEN_WORDS = {span: words.lower() for span, words in SPAN_WORDS.items()} | {Span.ALL: "of all time"}
"""The same behind a sentence."""
WHAT_COUNTS = {
    Metric.REFERRALS: "People somebody brought who paid for the first time, and whose payments"
    " were neither all given back nor are disputed.",
    Metric.REVENUE: "What people somebody brought paid, without tax and without what was given"
    " back, in US dollars at the stored rate of each day.",
    Metric.SHARES: "Shares that count, of all sites of an owner.",
    Metric.SCORE: "Points that the days brought, before age and tier.",
}
SCORE_NOW = "The scores of an owner’s sites as they are now, added up."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of several links to the same page."""

    words: str
    link: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """A row of a board. `link` leads to the profile, '' without one."""

    place: int
    name: str
    link: str
    value: str
    is_own: bool = False


def board_link(path: str, metric: Metric, span: Span, **more: str) -> str:
    """Return the address of a board; what is usual is left out."""
    chosen = {
        "metric": "" if metric is Metric.REFERRALS else metric.value,
        "period": "" if span is Span.MONTH else span.value,
        **more,
    }
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{path}?{query}" if query else path


def metric_tabs(path: str, metric: Metric, span: Span) -> tuple[Tab, ...]:
    """Return a link to each metric of the same period."""
    return _tabs(METRIC_WORDS, metric, lambda each: board_link(path, each, span))


def span_tabs(path: str, metric: Metric, span: Span) -> tuple[Tab, ...]:
    """Return a link to each period of the same metric."""
    return _tabs(SPAN_WORDS, span, lambda each: board_link(path, metric, each))


def view_places(page: BoardPage, metric: Metric, own: str = "") -> tuple[PlaceView, ...]:
    """Return the rows of a board; `own` is the account whose row is marked."""
    rows = []
    for one in page.places:
        name = page.names.get(one.account)
        rows.append(
            PlaceView(
                place=one.place,
                name=name.name if name else NAMELESS,
                link=name.path if name else "",
                value=value_words(metric, one.value),
                is_own=one.account == own,
            )
        )
    return tuple(rows)


def what_counts(metric: Metric, span: Span) -> str:
    """Return what a board counts, in a sentence."""
    if metric is Metric.SCORE and span is Span.ALL:
        return SCORE_NOW
    return WHAT_COUNTS[metric]


def window_words(window: Window) -> str:
    """Return the days of a board in words."""
    if window.first is None or window.last is None:
        return "Since the beginning"
    first, last = date_of(window.first), date_of(window.last)
    return f"{format_short_day(first)} to {format_short_day(last)}"


def _tabs(words: dict[_T, str], current: _T, link: Callable[[_T], str]) -> tuple[Tab, ...]:
    return tuple(
        Tab(words=said, link=link(each), is_current=each == current) for each, said in words.items()
    )
