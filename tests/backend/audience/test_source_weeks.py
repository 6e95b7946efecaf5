"""Weeks of sources say what their days say, and nothing else does when a day changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, select

from backend.actions.audience import read_audience
from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.retention import close_days
from backend.actions.sites import remove_site
from backend.actions.sources import add_up_weeks
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import DAY, Day, Instant, day_of, start_of
from backend.domain.periods import Period
from backend.domain.source_weeks import (
    WEEK_TOP,
    days_outside,
    keep_most,
    week_of,
    weeks_within,
)
from backend.domain.sources import REST, SourceKind
from backend.store.source_weeks import sum_names
from backend.store.tables.base import TENANT
from backend.store.tables.statistics import SourceWeekRow
from tests.support.facts import an_event, clock_of, record_now
from tests.support.service import NOON, add_account, add_site

# The first day of a week.
BEGIN = Day(week_of(day_of(NOON)) * 7 + 7)
KIND = SourceKind.PAGE


def period(first: int, last: int) -> Period:
    """Return the days so many after the begin of a test's first week."""
    return Period(key="", first=Day(BEGIN + first), last=Day(BEGIN + last))


@given(st.integers(0, 400), st.integers(0, 400), st.sets(st.integers(0, 60)))
def test_whole_weeks_and_days_outside_make_up_a_period(
    first: int, length: int, missing: set[int]
) -> None:
    asked = Period(key="", first=Day(first), last=Day(first + length))
    weeks = set(weeks_within(asked)) - missing
    days = [day for week in weeks for day in range(week * 7, week * 7 + 7)]
    for begin, end in days_outside(asked, weeks):
        assert begin <= end
        days += range(begin, end + 1)
    assert sorted(days) == list(range(first, first + length + 1))


def test_a_week_keeps_a_hundred_names_of_a_kind_and_the_rest_as_one() -> None:
    assert WEEK_TOP == 100
    names = {(KIND, f"{number:03}"): 200 - number for number in range(103)}
    kept = keep_most(names | {(KIND, REST): 5, (SourceKind.COUNTRY, "DE"): 1})
    assert len(kept) == 102
    assert (KIND, "099") in kept
    assert (KIND, "100") not in kept
    assert kept[KIND, REST] == 100 + 99 + 98 + 5
    assert kept[SourceKind.COUNTRY, "DE"] == 1


def weeks_of(context: Context) -> list[tuple[str, int]]:
    with context.database.reading() as session:
        rows = session.exec(select(SourceWeekRow).order_by(col(SourceWeekRow.week))).all()
        return sorted((row.site, row.week - week_of(BEGIN)) for row in rows)


def read_names(context: Context, actor: Actor, site: str | None, asked: Period) -> object:
    with context.database.reading() as session:
        return sum_names(session, actor, site, asked)


@pytest.fixture
def visited(any_context: Context) -> tuple[Context, Actor, str, str]:
    """Return an owner with two sites that are looked at each day of two weeks and three days."""
    context = any_context
    account = add_account(context)
    one, _ = add_site(context, account)
    two, _ = add_site(context, account, url="https://two.example/")
    clock_of(context).move((BEGIN - day_of(NOON) + 17) * DAY)
    events = []
    for number in range(17):
        at = Instant(start_of(Day(BEGIN + number)))
        pages = [f"https://one.example/{page}" for page in range(number % 4 + 1)]
        events += [an_event(context, one, page=page, at=at) for page in pages]
        events += [an_event(context, two, page=pages[0], at=at)]
    record_now(context, events)
    return context, owner_of(TENANT, account), one, two


def test_every_period_reads_the_same_with_weeks_and_without(
    visited: tuple[Context, Actor, str, str],
) -> None:
    context, actor, one, two = visited
    close_days(context)
    assert weeks_of(context) == sorted((site, week) for site in ("", one, two) for week in (0, 1))
    asked = [
        (site, period(first, last))
        for site in (None, one, two)
        for first, last in ((0, 6), (0, 13), (-3, 20), (1, 12), (3, 16), (6, 7), (8, 9))
    ]
    with_weeks = [read_names(context, actor, *each) for each in asked]
    with context.database.transaction() as session:
        session.connection().execute(text("DELETE FROM source_week"))
    assert [read_names(context, actor, *each) for each in asked] == with_weeks
    found = read_audience(context, actor, None, period(0, 13))
    # Of 14 days: 14 looks at the second site, and 14, 10, 6 and 3 at the pages of the first.
    assert [one.count for one in found.names[KIND]] == [28, 10, 6, 3]


def test_a_week_is_added_up_when_its_days_are_over_and_once(
    visited: tuple[Context, Actor, str, str],
) -> None:
    context, _actor, _one, _two = visited
    close_days(context)
    assert add_up_weeks(context) == 0
    clock_of(context).move(4 * DAY)
    # The third week ended at midnight.
    close_days(context)
    assert {week for _site, week in weeks_of(context)} == {0, 1, 2}
    assert check(context, is_late=True) == []


def test_a_late_event_is_in_the_week_of_its_day(visited: tuple[Context, Actor, str, str]) -> None:
    context, actor, one, two = visited
    close_days(context)
    asked = period(0, 13)
    before = read_audience(context, actor, None, asked).names[KIND][0].count
    at = context.clock.now() - 8 * DAY
    record_now(context, [an_event(context, two, page="https://one.example/0", at=at)])
    close_days(context)
    assert read_audience(context, actor, None, asked).names[KIND][0].count == before + 1
    assert len(weeks_of(context)) == 6
    assert check(context, is_late=True) == []
    assert read_names(context, actor, one, asked) != read_names(context, actor, two, asked)


def test_what_a_removed_site_was_seen_by_is_gone(visited: tuple[Context, Actor, str, str]) -> None:
    context, actor, one, two = visited
    close_days(context)
    remove_site(context, actor, one)
    assert weeks_of(context) == [(two, 0), (two, 1)]
    found = read_audience(context, actor, None, period(0, 13))
    assert [(one.name, one.count) for one in found.names[KIND]] == [("https://one.example/0", 14)]
    assert add_up_weeks(context) == 2
    assert check(context) == []


def test_nobody_reads_the_weeks_of_somebody_else(visited: tuple[Context, Actor, str, str]) -> None:
    context, _actor, one, _two = visited
    close_days(context)
    other = owner_of(TENANT, add_account(context))
    assert read_names(context, other, None, period(0, 13)) == {}
    assert read_names(context, other, one, period(0, 13)) == {}


def test_a_spoilt_week_is_named(visited: tuple[Context, Actor, str, str]) -> None:
    context, actor, _one, _two = visited
    close_days(context)
    with context.database.transaction() as session:
        spoil = "UPDATE source_week SET counts = '[]' WHERE site = '' AND week = :week"
        session.connection().execute(text(spoil), {"week": week_of(BEGIN)})
    (found,) = check(context)
    assert found.what == "source_week.counts"
    assert found.where.startswith(f"all sites of {actor.account}, ")
    assert found.stored == "0 names, 0 in all"
