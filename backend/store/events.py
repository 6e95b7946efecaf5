"""Raw events and what a day adds up to. Written in bulk with SQLAlchemy Core.

Leans on the primary keys of `event_id` (tenant, day, digest), which refuses repeats, of `event`
(tenant, day, at, ...) and of `site_day`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from backend.domain.events import Event
from backend.domain.instants import Day, day_of
from backend.domain.standing import DayTally
from backend.store.bulk import Bulk, insert_many
from backend.store.tables.events import EventIdRow, EventRow, SiteDayRow

DayRef = tuple[str, str, Day]
"""Tenant, site id and UTC day."""
_IdRow = tuple[str, Day, int]
"""Tenant, UTC day and the digest of an event's site and id."""


def insert_new(session: Session, events: Sequence[Event]) -> list[Event]:
    """Store the events that are not stored yet and return them, each id once, in their order.

    The caller holds the lock of the events' sites, so that nobody else stores the same ones.
    """
    by_id = {_id_row(event): event for event in events}
    if not by_id:
        return []
    connection = session.connection()
    # Asked first, for there are hardly any: as many rows as events would come back from an insert.
    for known in _KNOWN_IDS.fetch(connection, list(by_id)):
        del by_id[known]
    _INSERT_IDS.run(connection, list(by_id))
    fresh = list(by_id.values())
    _write(connection, _INSERT, [_row(event) for event in fresh])
    return fresh


def _write(connection: Connection, insert: Bulk, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in one statement, by COPY where there is one."""
    if connection.dialect.name == "sqlite":
        insert.run(connection, rows)
        return
    if not rows:
        return
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {insert.table} ({', '.join(insert.columns)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.OperationalError as error:
        raise OperationalError(statement, None, error) from error


def add_days(session: Session, tallies: Mapping[DayRef, DayTally]) -> None:
    """Add each tally to its day, in the order of the keys."""
    rows = [(*key, *_COUNTS_OF(tallies[key])) for key in sorted(tallies)]
    _ADD_TO_DAY.run(session.connection(), rows)


def _id_row(event: Event) -> _IdRow:
    """Return the key of an event's id: 64 bits, of which no two in a day are expected alike before
    there are thousands of millions of events in it.
    """
    text = f"{event.site}\0{event.id}".encode()
    digest = int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)
    return event.tenant, day_of(event.at), digest


def _row(event: Event) -> tuple[Any, ...]:
    return (
        event.tenant,
        day_of(event.at),
        event.at,
        event.site,
        event.id,
        event.kind.value,
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
    "tenant", "day", "at", "site", "id", "kind", "visitor", "page", "referrer_host", "via",
    "seconds", "depth", "country", "device",
)  # fmt: skip
_INSERT = insert_many(EventRow.__table__, _COLUMNS)  # type: ignore[attr-defined]  # SQLModel makes it
_ID = ("tenant", "day", "digest")
_INSERT_IDS = insert_many(EventIdRow.__table__, _ID)  # type: ignore[attr-defined]  # as above
# A value, not EXISTS: PostgreSQL may make a join with the whole table of that.
_KNOWN_IDS = Bulk(
    EventIdRow.__table__,  # type: ignore[attr-defined]  # as above
    _ID,
    "SELECT tenant, day, digest FROM {new} WHERE (SELECT true FROM event_id"
    " WHERE event_id.tenant = new.tenant AND event_id.day = new.day"
    " AND event_id.digest = new.digest)",
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
