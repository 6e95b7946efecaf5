"""Where views and shares come from, added up beside the hot path: closed days for good, open ones
every ten minutes, weeks that are over from their days.

Counting reads one moment of the database and locks nothing; what it made is written by a short
transaction. Everything can be interrupted and repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.actions.context import Context
from backend.domain.checking import Difference
from backend.domain.instants import Day, Instant
from backend.domain.retention import first_event_day, first_open_day, first_share_day
from backend.domain.source_weeks import compare_week, week_of
from backend.domain.sources import compare_sources
from backend.store import source_weeks, sources
from backend.store.database import Session

DAYS_A_BATCH = 200
WEEKS_FOUND = 2_000
WEEKS_A_BATCH = 20
"""How many weeks one transaction adds up, so that no ping waits long."""
WEEKS_COMPARED = 200


def count_open_days(context: Context) -> int:
    """Count the sources of the days that are not closed, as far as something came; return how many
    days of sites.
    """
    return _count_days(context, is_open=True)


def count_closed_days(context: Context) -> int:
    """Count the sources of closed days that have none, or another number of events than then.

    Days whose raw events are gone already stay without.
    """
    return _count_days(context, is_open=False)


def compare_closed_days(
    session: Session, tenant: str, sites: Sequence[str], now: Instant, *, is_late: bool
) -> Iterator[Difference]:
    """Compare the kept sources of some sites' closed days with their raw events."""
    # The oldest day and the oldest shares may be on their way out just now.
    since, shares_since = Day(first_event_day(now) + 1), Day(first_share_day(now) + 1)
    for record in sources.read_records(
        session, tenant, sites, since=since, shares_since=shares_since
    ):
        yield from compare_sources(record, is_late=is_late)


def add_up_weeks(context: Context) -> int:
    """Add up the weeks that are over and not kept; return how many."""
    done = 0
    while True:
        before = week_of(first_open_day(context.clock.now()))
        with context.database.reading() as session:
            missing = source_weeks.find_missing(session, before, limit=WEEKS_FOUND)
        for begin in range(0, len(missing), WEEKS_A_BATCH):
            with context.database.transaction() as session:
                source_weeks.keep_weeks(session, missing[begin : begin + WEEKS_A_BATCH])
        done += len(missing)
        if len(missing) < WEEKS_FOUND:
            return done


def compare_weeks(context: Context) -> Iterator[Difference]:
    """Compare every kept week with the days that it adds up."""
    after = None
    while True:
        with context.database.reading() as session:
            kept = source_weeks.list_kept(session, after=after, limit=WEEKS_COMPARED)
            for ref, counts in kept:
                yield from compare_week(ref, counts, source_weeks.sum_week(session, ref))
        if len(kept) < WEEKS_COMPARED:
            return
        after = kept[-1][0]


def _count_days(context: Context, *, is_open: bool) -> int:
    counted, after = 0, None
    while True:
        now = context.clock.now()
        # The oldest day may be on its way out just now.
        since = Day(first_event_day(now) + 1)
        with context.database.reading() as session:
            stale = sources.find_stale(
                session, since=since, is_open=is_open, after=after, limit=DAYS_A_BATCH
            )
            days = sources.count_sources(
                session, stale, shares_since=Day(first_share_day(now) + 1), now=now
            )
        if days:
            with context.database.transaction() as session:
                sources.save_sources(session, days)
        counted += len(days)
        if len(stale) < DAYS_A_BATCH:
            return counted
        (tenant, site, day), _seen = stale[-1]
        after = (tenant, day, site)
