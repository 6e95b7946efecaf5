"""Forgetting in time, and closing days before their raw events are gone.

No score depends on what goes: totals are kept with the site, daily facts stay for good, and which
shares count was decided when they were made. Everything can be interrupted and repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.sources import add_up_weeks, count_closed_days
from backend.domain.instants import Instant, start_of
from backend.domain.retention import (
    ANSWERS_KEPT,
    first_event_day,
    first_event_id_day,
    first_open_day,
    first_salt_day,
    first_share_at,
)
from backend.store import days, retention, scores
from backend.store.database import Session
from backend.store.fraud_referrals import forget_networks
from backend.store.salts import destroy_salts
from backend.store.sessions import purge_sessions
from backend.store.sign_ins import purge_links
from backend.store.tables.base import TENANT

ROWS_A_BATCH = 2_000
"""How many rows one transaction deletes, so that no ping waits long."""
DAYS_A_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many of each were deleted; of `networks`, how many shares lost theirs."""

    salts: int
    networks: int
    events: int
    event_ids: int
    shares: int
    answers: int
    links: int
    sessions: int


def purge(context: Context) -> Purged:
    """Delete what was kept long enough. Salts go first: they are what must not stay."""
    now = context.clock.now()
    oldest_salt = first_salt_day(now)
    with context.database.transaction() as session:
        salts = destroy_salts(session, TENANT, oldest_salt)
        forget_networks(session, TENANT, start_of(oldest_salt))
        links = purge_links(session, TENANT, now)
        sessions = purge_sessions(session, TENANT, now)

    def networks(session: Session) -> int:
        before = start_of(oldest_salt)
        return retention.empty_networks(session, TENANT, before, limit=ROWS_A_BATCH)

    def events(session: Session) -> int:
        before = first_event_day(now)
        return retention.delete_events(session, TENANT, before, limit=ROWS_A_BATCH)

    def event_ids(session: Session) -> int:
        before = first_event_id_day(now)
        return retention.delete_event_ids(session, TENANT, before, limit=ROWS_A_BATCH)

    def shares(session: Session) -> int:
        before = first_share_at(now)
        return retention.delete_shares(session, TENANT, before, limit=ROWS_A_BATCH)

    def answers(session: Session) -> int:
        before = Instant(now - ANSWERS_KEPT)
        return retention.delete_answers(session, TENANT, before, limit=ROWS_A_BATCH)

    return Purged(
        salts=salts,
        networks=_repeat(context, networks),
        events=_repeat(context, events),
        event_ids=_repeat(context, event_ids),
        shares=_repeat(context, shares),
        answers=_repeat(context, answers),
        links=links,
        sessions=sessions,
    )


def close_days(context: Context) -> int:
    """Count the visitors of the days that are over, then where they came from, by days and weeks;
    return how many days of sites were closed.

    A day that gets an event later is open again and closed by the next run. Days whose raw events
    are gone already stay without a count: nobody can know it any more.
    """
    closed = 0
    while True:
        now = context.clock.now()
        with context.database.transaction() as session:
            found = days.find_open_days(
                session,
                since=first_event_day(now),
                before=first_open_day(now),
                limit=DAYS_A_BATCH,
            )
            # Counted under the lock, so that an event that arrives now opens the day again.
            scores.lock_sites(session, ((tenant, site) for tenant, site, _day in found))
            days.close_days(session, days.count_visitors(session, found))
        closed += len(found)
        if len(found) < DAYS_A_BATCH:
            break
    count_closed_days(context)
    add_up_weeks(context)
    return closed


def _repeat(context: Context, delete_some: Callable[[Session], int]) -> int:
    """Run a bounded deletion in transactions of its own until it finds no more."""
    total = 0
    while True:
        with context.database.transaction() as session:
            done = delete_some(session)
        total += done
        if done < ROWS_A_BATCH:
            return total
