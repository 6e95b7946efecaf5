"""Deletes what was kept long enough, some rows a transaction.

Leans on the primary keys of `event` and `event_id` (tenant, day, ...), on `ix_share_at`,
`ix_share_network`, `ix_share_site_at` and `ix_idempotency_created_at`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_, update
from sqlmodel import Session, col

from backend.domain.instants import Day, Instant
from backend.store.fraud import is_waiting
from backend.store.scores import lock_sites
from backend.store.tables.accounts import IdempotencyRow
from backend.store.tables.base import Row
from backend.store.tables.events import EventIdRow, EventRow, ShareRow


def delete_events(session: Session, tenant: str, before: Day, *, limit: int) -> int:
    """Delete at most `limit` raw events of the days before `before`; return how many."""
    return _delete_some(
        session, EventRow, limit, col(EventRow.tenant) == tenant, col(EventRow.day) < before
    )


def delete_event_ids(session: Session, tenant: str, before: Day, *, limit: int) -> int:
    """Delete at most `limit` ids of events of the days before `before`; return how many."""
    return _delete_some(
        session, EventIdRow, limit, col(EventIdRow.tenant) == tenant, col(EventIdRow.day) < before
    )


def delete_shares(session: Session, tenant: str, before: Instant, *, limit: int) -> int:
    """Delete at most `limit` raw rows of shares made before `before`; return how many.

    Those that wait for a review stay until it is done, so that it can let them count.
    """
    is_old = (
        col(ShareRow.tenant) == tenant,
        col(ShareRow.at) < before,
        ~is_waiting(col(ShareRow.tenant), col(ShareRow.fraud_case)),
    )
    return _delete_some(session, ShareRow, limit, *_locked(session, tenant, limit, *is_old))


def delete_answers(session: Session, tenant: str, before: Instant, *, limit: int) -> int:
    """Delete at most `limit` idempotency keys older than `before`; return how many."""
    return _delete_some(
        session,
        IdempotencyRow,
        limit,
        col(IdempotencyRow.tenant) == tenant,
        col(IdempotencyRow.created_at) < before,
    )


def empty_networks(session: Session, tenant: str, before: Instant, *, limit: int) -> int:
    """Forget the networks of at most `limit` shares made before `before`; return how many."""
    is_old = (
        col(ShareRow.tenant) == tenant,
        col(ShareRow.at) < before,
        col(ShareRow.network) != "",
    )
    some = _some(ShareRow, limit, *_locked(session, tenant, limit, *is_old))
    done = session.connection().execute(
        update(ShareRow).where(tuple_(*_key(ShareRow)).in_(some)).values(network="")
    )
    return done.rowcount


def _locked(
    session: Session, tenant: str, limit: int, *where: ColumnElement[bool]
) -> tuple[ColumnElement[bool], ...]:
    """Lock the sites of the first `limit` shares, and return the condition with these sites alone.

    The recorder writes on shares too, when somebody comes through one; both lock the site first.
    """
    some = select(col(ShareRow.site)).where(*where).limit(limit)
    sites = sorted(set(session.execute(some).scalars()))
    lock_sites(session, ((tenant, site) for site in sites))
    return (*where, col(ShareRow.site).in_(sites))


def _delete_some(session: Session, row: type[Row], limit: int, *where: ColumnElement[bool]) -> int:
    some = _some(row, limit, *where)
    done = session.connection().execute(delete(row).where(tuple_(*_key(row)).in_(some)))
    return done.rowcount


def _some(row: type[Row], limit: int, *where: ColumnElement[bool]) -> Any:
    return select(*_key(row)).where(*where).limit(limit)


def _key(row: type[Row]) -> tuple[Any, ...]:
    return tuple(inspect(row).primary_key)
