"""Raw events and what a day adds up to. Written in bulk with SQLAlchemy Core.

Leans on the primary key of `event` (tenant, day, site, id), which drops repeats, and of
`site_day`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import psycopg
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col

from backend.domain.events import Event
from backend.domain.instants import Day, day_of
from backend.domain.standing import DayTally
from backend.store.bulk import insert_many, is_among
from backend.store.tables.events import EventRow, SiteDayRow

DayRef = tuple[str, str, Day]
"""Tenant, site id and UTC day."""


def insert_new(session: Session, events: Sequence[Event]) -> list[Event]:
    """Store the events that are not stored yet and return them, each id once, in their order.

    The caller holds the lock of the events' sites, so that nobody else stores the same ones.
    """
    by_key = {(day_of(event.at), event.site, event.id): event for event in events}
    fresh = list(by_key.values())
    if not fresh:
        return fresh
    connection = session.connection()
    connection.exec_driver_sql("SAVEPOINT fresh")
    try:
        _insert(connection, fresh)
    except IntegrityError:
        # Repeats are rare, so only then is it asked which ones they are.
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT fresh")
        fresh = _drop_known(connection, fresh)
        _insert(connection, fresh)
    connection.exec_driver_sql("RELEASE SAVEPOINT fresh")
    return fresh


def _insert(connection: Connection, events: Sequence[Event]) -> None:
    """Store events in one statement. Raises IntegrityError when one is there already."""
    rows = [_row(event) for event in events]
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_INSERT, rows)
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError(_COPY, None, error) from error
    except psycopg.OperationalError as error:
        raise OperationalError(_COPY, None, error) from error


def _drop_known(connection: Connection, events: Sequence[Event]) -> list[Event]:
    """Return the events whose key is not in the table."""
    by_site: dict[tuple[str, Day, str], list[Event]] = {}
    for event in events:
        by_site.setdefault((event.tenant, day_of(event.at), event.site), []).append(event)
    known: set[tuple[str, int, str, str]] = set()
    for (tenant, day, site), some in by_site.items():
        values = {"tenant": tenant, "day": day, "site": site, "ids": [e.id for e in some]}
        for row in connection.execute(_KNOWN, values):
            known.add((tenant, day, site, row.id))
    return [
        event
        for event in events
        if (event.tenant, day_of(event.at), event.site, event.id) not in known
    ]


def add_days(session: Session, tallies: Mapping[DayRef, DayTally]) -> None:
    """Add each tally to its day, in the order of the keys."""
    rows = [(*key, *_COUNTS_OF(tallies[key])) for key in sorted(tallies)]
    _ADD_TO_DAY.run(session.connection(), rows)


def _row(event: Event) -> tuple[Any, ...]:
    return (
        event.tenant,
        day_of(event.at),
        event.site,
        event.id,
        event.kind.value,
        event.at,
        event.visitor,
        event.page,
        event.referrer_host,
        event.via,
        event.seconds,
        event.depth,
        event.country,
        event.device,
    )


_COLUMNS = (
    "tenant", "day", "site", "id", "kind", "at", "visitor", "page", "referrer_host", "via",
    "seconds", "depth", "country", "device",
)  # fmt: skip
_INSERT = f"INSERT INTO event ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_COPY = f"COPY event ({', '.join(_COLUMNS)}) FROM STDIN"
_KNOWN = select(col(EventRow.id)).where(
    col(EventRow.tenant) == bindparam("tenant"),
    col(EventRow.day) == bindparam("day"),
    col(EventRow.site) == bindparam("site"),
    is_among(col(EventRow.id), "ids"),
)
_COUNTS = tuple(DayTally.__dataclass_fields__)
_COUNTS_OF = attrgetter(*_COUNTS)
_ADD_TO_DAY = insert_many(
    SiteDayRow.__table__,  # type: ignore[attr-defined]  # SQLModel makes it
    ("tenant", "site", "day", *_COUNTS),
    on_conflict="ON CONFLICT (tenant, site, day) DO UPDATE SET "
    + "".join(f"{name} = site_day.{name} + excluded.{name}, " for name in _COUNTS)
    + "visitors = NULL",  # a day that was closed is counted again
)


def tally_rows(rows: Iterable[Any]) -> dict[DayRef, DayTally]:
    """Return stored days as domain values, by their keys."""
    return {
        (row.tenant, row.site, Day(row.day)): DayTally(
            **{name: getattr(row, name) for name in _COUNTS}
        )
        for row in rows
    }
