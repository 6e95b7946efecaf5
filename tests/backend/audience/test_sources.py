"""Where views and shares come from, by day and name, as raw events say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.retention import close_days, purge
from backend.actions.sources import count_closed_days, count_open_days
from backend.domain.events import Event, EventKind
from backend.domain.instants import DAY, Day, day_of, start_of
from backend.domain.retention import SHARE_DAYS
from backend.domain.shares import Platform
from backend.domain.sources import NAME_CHARACTERS, REST, TOP
from backend.store.tables.statistics import SiteSourceRow, SourceDayRow
from tests.support.facts import PAGE, an_event, clock_of, record_now
from tests.support.service import NOON, add_account, add_site

TODAY = day_of(NOON)
Rows = dict[tuple[int, str, str], int]


def rows_of(context: Context, site: str) -> Rows:
    with context.database.reading() as session:
        found = session.exec(select(SiteSourceRow).where(col(SiteSourceRow.site) == site)).all()
        return {(row.day - TODAY, row.kind, row.name): row.count for row in found}


def as_of(context: Context) -> list[int]:
    with context.database.reading() as session:
        return list(session.exec(select(SourceDayRow.as_of)).all())


def a_view(context: Context, site: str, **facts: str | None) -> Event:
    """Return a view with a referrer, a country or a device."""
    return replace(an_event(context, site), **facts)  # type: ignore[arg-type]  # texts all


def make_a_day(context: Context) -> str:
    """Record six views, two shares on X and one on Reddit, and a visit through each of two."""
    site, _ = add_site(context, add_account(context))
    shares = [
        an_event(context, site, EventKind.SHARE, platform=platform, visitor=visitor)
        for platform, visitor in ((Platform.X, "a"), (Platform.X, "a"), (Platform.REDDIT, "b"))
    ]
    record_now(context, shares)
    record_now(
        context,
        [
            a_view(context, site, referrer_host="github.com", country="DE", device="phone"),
            a_view(context, site, referrer_host="github.com", country="SE", device="desktop"),
            a_view(context, site, country="DE", page=f"{PAGE}docs/"),
            an_event(context, site, via=shares[0].id, visitor="c"),
            an_event(context, site, via=shares[0].id, visitor="d"),
            an_event(context, site, via=shares[2].id, visitor="e"),
        ],
    )
    return site


OF_THE_DAY: Rows = {
    (0, "referrer", ""): 4,
    (0, "referrer", "github.com"): 2,
    (0, "country", "DE"): 2,
    (0, "country", "SE"): 1,
    (0, "country", ""): 3,
    (0, "device", "phone"): 1,
    (0, "device", "desktop"): 1,
    (0, "device", ""): 4,
    (0, "page", PAGE): 5,
    (0, "page", f"{PAGE}docs/"): 1,
    (0, "shares", "x"): 2,
    (0, "shares", "reddit"): 1,
    # The same visitor on the same platform within 24 hours counts once.
    (0, "counted", "x"): 1,
    (0, "counted", "reddit"): 1,
    (0, "clicks", "x"): 2,
    (0, "clicks", "reddit"): 1,
    (0, "proved", "x"): 1,
    (0, "proved", "reddit"): 1,
}


def test_a_closed_day_says_where_its_views_and_shares_came_from(any_context: Context) -> None:
    site = make_a_day(any_context)
    clock_of(any_context).move(DAY)
    assert close_days(any_context) == 1
    assert rows_of(any_context, site) == OF_THE_DAY
    assert check(any_context, is_late=True) == []


def test_the_open_day_is_counted_so_far_and_again_when_something_came(any_context: Context) -> None:
    site = make_a_day(any_context)
    assert count_open_days(any_context) == 1
    assert rows_of(any_context, site) == OF_THE_DAY
    assert as_of(any_context) == [NOON]
    clock_of(any_context).move(1)
    assert count_open_days(any_context) == 0
    assert as_of(any_context) == [NOON]
    record_now(any_context, [an_event(any_context, site)])
    assert count_open_days(any_context) == 1
    assert rows_of(any_context, site) == OF_THE_DAY | {
        (0, "referrer", ""): 5, (0, "country", ""): 4, (0, "device", ""): 5, (0, "page", PAGE): 6,
    }  # fmt: skip
    assert as_of(any_context) == [NOON + 1]


def test_an_event_that_comes_after_its_day_was_closed_is_counted(any_context: Context) -> None:
    site = make_a_day(any_context)
    late = an_event(any_context, site, visitor="z")
    clock_of(any_context).move(DAY)
    close_days(any_context)
    record_now(any_context, [late])
    close_days(any_context)
    assert rows_of(any_context, site)[0, "page", PAGE] == 6
    assert check(any_context, is_late=True) == []


def test_days_that_were_closed_before_sources_were_kept_are_counted(any_context: Context) -> None:
    site = make_a_day(any_context)
    clock_of(any_context).move(DAY)
    close_days(any_context)
    with any_context.database.transaction() as session:
        for table in ("site_source", "source_day"):
            session.connection().execute(text(f"DELETE FROM {table}"))  # noqa: S608  as above
    assert check(any_context) == []
    assert [found.what for found in check(any_context, is_late=True)] == ["source_day"]
    assert count_closed_days(any_context) == 1
    assert rows_of(any_context, site) == OF_THE_DAY
    assert count_closed_days(any_context) == 0


def test_the_most_frequent_names_are_kept_and_the_rest_is_one(any_context: Context) -> None:
    assert TOP == 50
    site, _ = add_site(any_context, add_account(any_context))
    # Ten more names than are kept; every one but the ten comes twice.
    names = [f"r{number:02}.example" for number in range(60)]
    views = [a_view(any_context, site, referrer_host=name) for name in [*names, *names[:50]]]
    record_now(any_context, [*views, a_view(any_context, site, referrer_host=REST)])
    count_open_days(any_context)
    found = {
        name: number for (_, kind, name), number in rows_of(any_context, site).items()
        if kind == "referrer"
    }  # fmt: skip
    assert found == dict.fromkeys(names[:50], 2) | {REST: 11}


def test_long_addresses_are_cut(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    long = PAGE + "ä" * 1_000
    record_now(any_context, [an_event(any_context, site, page=f"{long}{end}") for end in "ab"])
    count_open_days(any_context)
    assert rows_of(any_context, site)[0, "page", long[:NAME_CHARACTERS]] == 2


def test_sources_stay_when_raw_rows_go(any_context: Context) -> None:
    site = make_a_day(any_context)
    clock_of(any_context).move(DAY)
    close_days(any_context)
    for day in (SHARE_DAYS + 1, 367):
        clock_of(any_context).set(start_of(Day(TODAY + day)))
        purge(any_context)
        close_days(any_context)
        assert rows_of(any_context, site) == OF_THE_DAY
        assert check(any_context) == []


def test_a_day_that_lost_a_counted_share_is_counted_again(any_context: Context) -> None:
    site = make_a_day(any_context)
    clock_of(any_context).move(DAY)
    close_days(any_context)
    with any_context.database.transaction() as session:
        for statement in (
            "UPDATE share SET is_counted = FALSE WHERE platform = 'reddit'",
            "UPDATE site_day SET counted_shares = counted_shares - 1",
        ):
            session.connection().execute(text(statement))
    assert count_closed_days(any_context) == 1
    left = {key: number for key, number in OF_THE_DAY.items() if key != (0, "counted", "reddit")}
    assert rows_of(any_context, site) == left


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE site_source SET count = count + 1 WHERE kind = 'country' AND name = 'DE'",
         "site_source.count"),
        ("DELETE FROM site_source WHERE kind = 'shares' AND name = 'x'", "site_source.count"),
        ("UPDATE site_source SET count = 2 WHERE kind = 'counted' AND name = 'x'",
         "site_source.count"),
        ("UPDATE site_source SET count = 9 WHERE kind = 'clicks' AND name = 'x'",
         "site_source.count"),
        ("DELETE FROM site_source WHERE kind = 'proved' AND name = 'x'", "site_source.count"),
        ("UPDATE source_day SET visitors = visitors + 1", "source_day.visitors"),
        ("UPDATE source_day SET seen = seen + 1", "source_day.seen"),
    ],
)  # fmt: skip
def test_a_spoilt_count_is_named(context: Context, statement: str, what: str) -> None:
    make_a_day(context)
    clock_of(context).move(DAY)
    close_days(context)
    with context.database.transaction() as session:
        assert session.connection().execute(text(statement)).rowcount == 1
    assert [found.what for found in check(context)] == [what]


def test_two_who_count_at_once_leave_the_later_one(any_context: Context) -> None:
    site = make_a_day(any_context)
    count_open_days(any_context)
    record_now(any_context, [an_event(any_context, site)])
    clock_of(any_context).move(-1)
    # This one read earlier than what is kept says.
    count_open_days(any_context)
    assert rows_of(any_context, site) == OF_THE_DAY
