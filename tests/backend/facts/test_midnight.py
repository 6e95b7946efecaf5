"""Days that change, windows that move and sites that grow old."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.standings import age_scores
from backend.actions.visitors import Visitors
from backend.domain.events import EventKind
from backend.domain.instants import DAY, HOUR, MINUTE, SECOND, Day, Instant, day_of, start_of
from backend.domain.shares import Platform
from backend.store.tables.events import ShareRow, SiteDayRow
from backend.store.tables.sites import ScoreRow
from tests.support.facts import an_event, clock_of, record_now, shares_of
from tests.support.service import BROWSER, NOON, add_account, add_site

MIDNIGHT = start_of(Day(day_of(NOON) + 1))


def stored(context: Context, site: str) -> tuple[int, int]:
    """Return the score and when it was computed."""
    with context.database.reading() as session:
        where = col(ScoreRow.site) == site
        return session.exec(select(ScoreRow.score, ScoreRow.as_of).where(where)).one()


def score_of(context: Context, site: str) -> int:
    return stored(context, site)[0]


def counted(context: Context) -> list[bool]:
    with context.database.reading() as session:
        return list(session.exec(select(ShareRow.is_counted).order_by(col(ShareRow.at))).all())


def test_a_visitor_is_known_again_after_midnight(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    visitors = Visitors(any_context)
    hashes = set()
    for at in (MIDNIGHT - MINUTE, MIDNIGHT + MINUTE, MIDNIGHT + DAY - 2 * MINUTE):
        clock_of(any_context).set(Instant(at))
        visitors.prepare(Instant(at))
        who = visitors.identify(site, "203.0.113.7", BROWSER, Instant(at))
        hashes.add(who.today)
        share = an_event(any_context, site, EventKind.SHARE, platform=Platform.X)
        known = replace(share, visitor=who.today, visitor_yesterday=who.yesterday)
        record_now(any_context, [known])
    assert len(hashes) == 2
    assert counted(any_context) == [True, False, False]
    assert check(any_context) == []


def test_a_visitor_counts_again_24_hours_later_though_both_days_are_remembered(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    for day, at in enumerate((MIDNIGHT - MINUTE, MIDNIGHT + DAY - MINUTE)):
        clock_of(any_context).set(Instant(at))
        share = an_event(
            any_context,
            site,
            EventKind.SHARE,
            platform=Platform.X,
            visitor=f"day{day}",
            yesterday=f"day{day - 1}",
        )
        record_now(any_context, [share])
    assert counted(any_context) == [True, True]


def test_a_batch_that_spans_midnight_is_told_apart_by_its_events(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    before = [
        an_event(any_context, site, at=Instant(MIDNIGHT - SECOND)),
        *(replace(share, at=Instant(MIDNIGHT - 1)) for share in shares_of(any_context, site, 1)),
        an_event(any_context, site, EventKind.CONVERSION, at=Instant(MIDNIGHT - 1)),
    ]
    clock_of(any_context).set(Instant(MIDNIGHT + SECOND))
    after = [an_event(any_context, site, at=MIDNIGHT), an_event(any_context, site)]
    record_now(any_context, [*before, *after, replace(before[1], at=MIDNIGHT)])
    with any_context.database.reading() as session:
        days = session.exec(select(SiteDayRow.day, SiteDayRow.views, SiteDayRow.shares)).all()
    assert sorted(days) == [(day_of(MIDNIGHT) - 1, 1, 1), (day_of(MIDNIGHT), 2, 0)]
    assert score_of(any_context, site) == round((0.3 + 7.5 + 2) * 1.2 * 100)
    assert check(any_context) == []


def test_an_event_newer_than_a_clock_that_was_set_back_is_no_difference(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site, EventKind.COPY)])
    tomorrow = an_event(any_context, site, EventKind.COPY, at=Instant(NOON + DAY))
    record_now(any_context, [tomorrow])
    assert check(any_context) == []
    record_now(any_context, [an_event(any_context, site, EventKind.COPY)])
    assert score_of(any_context, site) == round(0.3 * 1.2 * 100)
    assert check(any_context) == []


def test_engagement_counts_on_its_day_and_the_29_after_it(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site, EventKind.CONVERSION)])
    assert score_of(any_context, site) == 240
    clock_of(any_context).set(Instant(start_of(Day(day_of(NOON) + 30)) - 1))
    age_scores(any_context)
    assert score_of(any_context, site) == 200
    clock_of(any_context).move(1)
    assert age_scores(any_context) == 1
    assert score_of(any_context, site) == 0
    assert check(any_context, is_late=True) == []


def test_a_visit_after_a_month_of_silence_finds_the_window_empty(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site, EventKind.CONVERSION)])
    clock_of(any_context).move(31 * DAY)
    record_now(any_context, [an_event(any_context, site, EventKind.COPY)])
    assert score_of(any_context, site) == round(0.1 * 0.8 * 100)
    assert check(any_context) == []


@pytest.mark.parametrize(("days", "before", "after"), [(7, 120, 100), (30, 100, 80), (90, 80, 60)])
def test_a_site_ages_a_day_after_7_30_and_90_days(
    any_context: Context, days: int, before: int, after: int
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site) for _ in range(10)])
    clock_of(any_context).move((days + 1) * DAY - 1)
    age_scores(any_context)
    assert score_of(any_context, site) == before
    clock_of(any_context).move(1)
    assert age_scores(any_context) == 1
    assert score_of(any_context, site) == after


def test_ageing_writes_only_what_changed(any_context: Context) -> None:
    owner = add_account(any_context)
    busy, _ = add_site(any_context, owner)
    quiet, _ = add_site(any_context, owner, url="https://quiet.example/")
    record_now(any_context, [an_event(any_context, busy)])
    written = stored(any_context, quiet)
    clock_of(any_context).move(8 * DAY)
    assert age_scores(any_context) == 1
    assert age_scores(any_context) == 0
    assert stored(any_context, quiet) == written


def test_ageing_that_was_interrupted_goes_on_with_the_rest(any_context: Context) -> None:
    owner = add_account(any_context)
    sites = [add_site(any_context, owner, url=f"https://{n}.example/")[0] for n in range(3)]
    record_now(any_context, [an_event(any_context, site) for site in sites])
    clock_of(any_context).move(8 * DAY)
    record_now(any_context, [an_event(any_context, sites[0])])  # this one is up to date already
    clock_of(any_context).move(HOUR)
    assert age_scores(any_context) == 2
    assert check(any_context, is_late=True) == []
