"""Where views and shares come from, added up beside the hot path: closed days for good, open ones
every ten minutes.

Counting reads one moment of the database and locks nothing; what it made is written by a short
transaction. Everything can be interrupted and repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.actions.context import Context
from backend.domain.checking import Difference
from backend.domain.instants import Day, Instant
from backend.domain.retention import first_event_day, first_share_day
from backend.domain.sources import compare_sources
from backend.store import sources
from backend.store.database import Session

DAYS_A_BATCH = 200


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
