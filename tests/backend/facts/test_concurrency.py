"""Many writers at once: every fact counts once, every fifth share features once, nobody waits for
ever.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier, Event

from sqlmodel import col, select

from backend.actions.accounts import change_tier
from backend.actions.checking import check
from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.actions.retention import close_days, purge
from backend.actions.standings import (
    age_scores,
    end_featuring,
    hold,
    rebuild_showcase,
    refresh,
    review_showcase,
)
from backend.domain.instants import HOUR
from backend.domain.tiers import Tier
from backend.store.tables.accounts import AccountRow
from backend.store.tables.base import TENANT
from backend.store.tables.sites import FeaturingRow, ScoreRow, SiteRow
from tests.support.facts import an_event, clock_of, record_now, share_elsewhere, shares_of
from tests.support.postgresql import PostgreSQL
from tests.support.service import add_account, add_site, make_context

WRITERS = 6


def at_once(jobs: Sequence[Callable[[], int]]) -> list[int]:
    """Run jobs in threads that start together; return what each one returns."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], int]) -> int:
        start.wait(timeout=30)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def thresholds(context: Context, site: str) -> list[int]:
    with context.database.reading() as session:
        here = select(FeaturingRow.threshold).where(col(FeaturingRow.site) == site)
        return sorted(session.exec(here).all())


def test_every_fifth_share_features_once_and_no_fourth_does(any_context: Context) -> None:
    context = any_context
    site, _ = add_site(context, add_account(context))

    def share(writer: int) -> int:
        begun = 0
        for event in shares_of(context, site, 4, first=writer * 100):
            (change,) = record_now(context, [event])
            assert change.is_newly_featured == (change.standing.shares % 5 == 0)
            begun += change.is_newly_featured
        return begun

    begun = at_once([partial(share, writer) for writer in range(WRITERS)])
    assert sum(begun) == 4
    assert thresholds(context, site) == [5, 10, 15, 20]
    assert check(context) == []


def test_processes_feature_a_site_once_at_each_fifth_share(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = postgresql.new_database()
    context = make_context(tmp_path, url)
    site, _ = add_site(context, add_account(context))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=spawn) as pool:
        jobs = [pool.submit(share_elsewhere, url, site, process, 5) for process in range(3)]
        assert sum(job.result(timeout=120) for job in jobs) == 3
    assert thresholds(context, site) == [5, 10, 15]
    assert check(context) == []
    context.database.close()


def test_two_batches_with_the_same_events_at_once_are_counted_once(any_context: Context) -> None:
    context = any_context
    site, _ = add_site(context, add_account(context))
    shares = shares_of(context, site, 5)
    visits = [an_event(context, site, via=share.id, visitor="v") for share in shares]
    batch = [*shares, *visits]

    def views() -> int:
        return sum(change.added.views for change in record_now(context, batch))

    assert sorted(at_once([views] * 4)) == [0, 0, 0, 5]
    assert thresholds(context, site) == [5]
    assert check(context) == []


def test_a_thousand_updates_at_once_lose_none(any_context: Context) -> None:
    context = any_context
    owner = add_account(context, tier="pro")
    sites = [add_site(context, owner, url=f"https://{n}.example/")[0] for n in range(20)]
    collector = Collector(context, on_commit=lambda _changes: None)

    async def send_all() -> None:
        events = [an_event(context, sites[n % 20], visitor=f"v{n}") for n in range(1_000)]
        await asyncio.gather(*(collector.submit([event]) for event in events))

    collector.start()
    asyncio.run(send_all())
    collector.stop()
    with context.database.reading() as session:
        found = session.exec(select(ScoreRow.views, ScoreRow.score)).all()
    # 50 views × 0.1 × 1.2 × 1.3
    assert set(found) == {(50, 780)}
    assert check(context) == []


def test_a_recorder_that_waited_for_a_change_of_tier_does_not_write_the_old_one(
    any_context: Context,
) -> None:
    context = any_context
    owner = add_account(context)
    site, _ = add_site(context, owner)
    record_now(context, [an_event(context, site) for _ in range(100)])
    is_changed = Event()

    def change() -> int:
        with context.database.transaction() as session:
            session.get_one(AccountRow, (TENANT, owner)).tier = "enterprise"
            session.flush()
            refresh(session, [(TENANT, site)], context.clock.now())
            is_changed.set()
            Event().wait(0.3)  # the recorder reaches the lock meanwhile
        return 0

    def view() -> int:
        is_changed.wait(30)
        (changed,) = record_now(context, [an_event(context, site)])
        return changed.standing.score

    assert at_once([change, view])[1] == round(10.1 * 1.2 * 1.8 * 100)
    assert check(context) == []


def test_writers_of_every_kind_end_together_and_leave_no_difference(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    context = make_context(tmp_path, postgresql.new_database())
    owners = [add_account(context, tier="pro") for _ in range(2)]
    sites = [
        add_site(context, owner, wish="in", url=f"https://{n}.example/")[0]
        for owner in owners
        for n in range(4)
    ]

    def recorder(seed: int) -> int:
        chance = random.Random(seed)  # noqa: S311  any order will do
        for turn in range(12):
            some = chance.sample(sites, 5)
            shares = [
                share
                for site in some
                for share in shares_of(context, site, 2, first=seed * 10_000 + turn * 10)
            ]
            record_now(context, [*shares, *(an_event(context, site) for site in some)])
        return 0

    def tiers() -> int:
        for turn in range(8):
            change_tier(context, owners[turn % 2], list(Tier)[turn % 4])
        return 0

    def addresses() -> int:
        for turn in range(8):
            ref = (TENANT, sites[turn])
            with context.database.transaction() as session:
                hold(session, [ref])
                session.get_one(SiteRow, ref).url = f"https://moved{turn}.example/"
                session.flush()
                refresh(session, [ref], context.clock.now())
        return 0

    def jobs() -> int:
        for _turn in range(5):
            clock_of(context).move(40 * HOUR)
            age_scores(context)
            end_featuring(context)
            close_days(context)
            purge(context)
            review_showcase(context)
            rebuild_showcase(context)
        return 0

    at_once([partial(recorder, 1), partial(recorder, 2), tiers, addresses, jobs])
    age_scores(context)
    end_featuring(context)
    assert check(context, is_late=True) == []
    context.database.close()
