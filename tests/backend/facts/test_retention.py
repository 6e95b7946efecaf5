"""What is forgotten and when, what stays, and that no score notices."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, func, select

from backend.actions.context import Context
from backend.actions.retention import ROWS_A_BATCH, close_days, purge
from backend.actions.standings import age_scores
from backend.actions.visitors import Visitors
from backend.domain.events import EventKind
from backend.domain.instants import DAY, HOUR, MINUTE, Day, day_of, start_of
from backend.domain.retention import EVENT_DAYS, SHARE_DAYS
from backend.domain.shares import Platform
from backend.store.tables.accounts import IdempotencyRow, SessionRow, SignInRow
from backend.store.tables.base import TENANT
from backend.store.tables.events import DaySaltRow, EventRow, ShareRow, SiteDayRow
from backend.store.tables.sites import ScoreRow
from tests.support.facts import an_event, clock_of, record_now, shares_of
from tests.support.service import NOON, add_account, add_site


def count(context: Context, row: Any) -> int:
    with context.database.reading() as session:
        return session.exec(select(func.count()).select_from(row)).one()


def score_of(context: Context, site: str) -> tuple[int, int]:
    with context.database.reading() as session:
        return session.exec(
            select(ScoreRow.score, ScoreRow.shares).where(ScoreRow.site == site)
        ).one()


def visitors_of(context: Context) -> list[int | None]:
    with context.database.reading() as session:
        return list(session.exec(select(SiteDayRow.visitors).order_by(col(SiteDayRow.day))).all())


def test_raw_events_stay_a_year_shares_six_months_and_days_for_good(any_context: Context) -> None:
    assert (EVENT_DAYS, SHARE_DAYS) == (365, 183)
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site), *shares_of(any_context, site, 3)])
    clock_of(any_context).set(start_of(Day(day_of(NOON) + 183)))
    assert purge(any_context).shares == 0
    clock_of(any_context).move(DAY)
    assert (purge(any_context).shares, count(any_context, EventRow)) == (3, 4)
    clock_of(any_context).set(start_of(Day(day_of(NOON) + 366)))
    assert purge(any_context).events == 4
    assert (count(any_context, EventRow), count(any_context, ShareRow)) == (0, 0)
    assert count(any_context, SiteDayRow) == 1


def test_score_does_not_lose_shares_when_their_rows_go(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [*shares_of(any_context, site, 6), an_event(any_context, site)])
    clock_of(any_context).move(400 * DAY)
    age_scores(any_context)
    before = score_of(any_context, site)
    assert before == (round((6 * 7.5 + 0.1) * 0.6 * 100), 6)
    purge(any_context)
    age_scores(any_context)
    assert score_of(any_context, site) == before
    # The next featuring is at the tenth share of the site's life, not of the rows that are left.
    (change,) = record_now(any_context, shares_of(any_context, site, 3, first=10))
    assert not change.is_newly_featured
    (change,) = record_now(any_context, shares_of(any_context, site, 1, first=20))
    assert change.is_newly_featured


def test_more_rows_than_a_batch_are_deleted_in_one_run(context: Context) -> None:
    site, _ = add_site(context, add_account(context))
    record_now(context, [an_event(context, site) for _ in range(ROWS_A_BATCH + 1)])
    clock_of(context).move(367 * DAY)
    assert purge(context).events == ROWS_A_BATCH + 1


def test_a_salt_is_gone_48_hours_after_its_day_began_and_networks_with_it(
    any_context: Context,
) -> None:
    clock = clock_of(any_context)
    clock.set(start_of(day_of(NOON)))
    Visitors(any_context).prepare(clock.now())
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, shares_of(any_context, site, 2))
    clock.move(48 * HOUR - 1)
    purged = purge(any_context)
    assert (purged.salts, purged.networks, count(any_context, DaySaltRow)) == (1, 0, 1)
    clock.move(1)
    purged = purge(any_context)
    assert (purged.salts, purged.networks, count(any_context, DaySaltRow)) == (1, 2, 0)
    with any_context.database.reading() as session:
        assert session.exec(select(ShareRow.network).distinct()).all() == [""]
    assert purge(any_context).networks == 0


def test_answers_go_after_48_hours_links_and_sessions_when_they_ran_out(
    any_context: Context,
) -> None:
    owner, now = add_account(any_context), any_context.clock.now()
    soon = now + 48 * HOUR
    with any_context.database.transaction() as session:
        keys: dict[str, Any] = {"tenant": TENANT, "created_at": now}
        session.add(IdempotencyRow(account=owner, key="k", route="r", input_digest="d", **keys))
        session.add(
            SignInRow(
                id="link", email="a@b.example", email_key="a@b.example", expires_at=soon, **keys
            )
        )
        session.add(SessionRow(id="one", account=owner, seen_at=now, expires_at=soon, **keys))
    clock_of(any_context).move(48 * HOUR)
    purged = purge(any_context)
    assert (purged.answers, purged.links, purged.sessions) == (0, 0, 0)
    clock_of(any_context).move(1)
    purged = purge(any_context)
    assert (purged.answers, purged.links, purged.sessions) == (1, 1, 1)


def test_a_closed_day_knows_its_distinct_visitors_and_is_counted_once(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    views = [an_event(any_context, site, visitor=visitor) for visitor in "abac"]
    record_now(any_context, views)
    assert close_days(any_context) == 0
    clock_of(any_context).set(start_of(Day(day_of(NOON) + 1)))
    record_now(any_context, [an_event(any_context, site, visitor="d")])
    clock_of(any_context).move(10 * MINUTE - 1)
    assert close_days(any_context) == 0
    clock_of(any_context).move(1)
    assert close_days(any_context) == 1
    assert close_days(any_context) == 0
    assert visitors_of(any_context) == [3, None]


def test_an_event_that_comes_after_its_day_was_closed_is_not_left_out(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site, visitor="a")])
    late = an_event(any_context, site, visitor="b")
    clock_of(any_context).move(DAY)
    assert close_days(any_context) == 1
    record_now(any_context, [late])
    assert visitors_of(any_context) == [None]
    assert close_days(any_context) == 1
    assert visitors_of(any_context) == [2]


def test_visitors_nobody_can_know_any_more_are_not_called_none(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site)])
    clock_of(any_context).move(367 * DAY)
    purge(any_context)
    assert close_days(any_context) == 0
    assert visitors_of(any_context) == [None]


def test_a_purge_does_not_make_a_repeated_share_count(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))

    def is_counted() -> bool:
        event = an_event(any_context, site, EventKind.SHARE, platform=Platform.X, visitor="v")
        (change,) = record_now(any_context, [event])
        return change.added.counted_shares == 1

    assert is_counted()
    clock_of(any_context).move(24 * HOUR - 1)
    purge(any_context)
    assert not is_counted()
    clock_of(any_context).move(24 * HOUR)
    purge(any_context)
    assert is_counted()
