"""Raw events and what a day adds up to. Written in bulk with SQLAlchemy Core.

Leans on the primary keys of `event_id` (tenant, day, digest), which refuses repeats, of `event`
(tenant, day, at, ...) and of `site_day`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from backend.domain.events import Event, EventKind
from backend.domain.instants import Day, day_of
from backend.domain.standing import DayTally
from backend.store.bulk import Bulk, insert_many
from backend.store.pipelines import translated
from backend.store.tables.events import EventIdRow, EventRow, SiteDayRow

DayRef = tuple[str, str, Day]
"""Tenant, site id and UTC day."""


def insert_new(session: Session, events: Sequence[Event]) -> list[Event]:
    """Store the events that are not stored yet and return them, each id once, in their order.

    The caller holds the lock of the events' sites, so that nobody else stores the same ones.
    """
    by_day: dict[tuple[str, Day], dict[int, Event]] = {}
    for event in events:
        by_day.setdefault((event.tenant, day_of(event.at)), {})[_digest(event)] = event
    connection = session.connection()
    new: set[int] = set()
    for ref, by_digest in by_day.items():
        # Asked first: there are hardly any, while an insert would return as many as it made.
        for (known,) in _KNOWN_IDS.fetch(connection, _alone(by_digest), *ref):
            del by_digest[known]
        _INSERT_IDS.run(connection, _alone(by_digest), *ref)
        new.update(map(id, by_digest.values()))
    fresh = [event for event in events if id(event) in new]
    _write(connection, _INSERT, [_row(event) for event in fresh])
    return fresh


def _alone(digests: Iterable[int]) -> list[tuple[int]]:
    """Return rows of one column."""
    return [(digest,) for digest in digests]


def _write(connection: Connection, insert: Bulk, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in one statement, by COPY where there is one."""
    if connection.dialect.name == "sqlite":
        insert.run(connection, rows)
        return
    if not rows:
        return
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {insert.table} ({', '.join(insert.columns)}) FROM STDIN"
    with (
        translated(connection, statement),
        driver.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def add_days(session: Session, tallies: Mapping[DayRef, DayTally]) -> None:
    """Add each tally to its day, in the order of the keys."""
    rows = [(*key, *_COUNTS_OF(tallies[key])) for key in sorted(tallies)]
    _ADD_TO_DAY.run(session.connection(), rows)


def _digest(event: Event) -> int:
    """Return what stands for an event's id within its day: 64 bits, of which no two are expected
    alike before there are thousands of millions of events.
    """
    text = f"{event.site}\0{event.id}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)


def _row(event: Event) -> tuple[Any, ...]:
    return (day_of(event.at), _KINDS[event.kind], *_COPIED_OF(event))


# Look-ups and one getter for all: a batch makes rows by the hundred.
_KINDS = {kind: kind.value for kind in EventKind}
_COPIED = (
    "tenant", "at", "site", "id", "visitor", "page", "referrer_host", "via", "seconds", "depth",
    "country", "device",
)  # fmt: skip
_COPIED_OF = attrgetter(*_COPIED)
_INSERT = insert_many(EventRow.__table__, ("day", "kind", *_COPIED))  # type: ignore[attr-defined]  # SQLModel makes it
_SHARED = ("tenant", "day")
_INSERT_IDS = Bulk(
    EventIdRow.__table__,  # type: ignore[attr-defined]  # as above
    ("digest",),
    "INSERT INTO event_id (tenant, day, digest) SELECT tenant, day, digest FROM {new}",
    shared=_SHARED,
)
# A value, not EXISTS: PostgreSQL may make a join with the whole table of that.
_KNOWN_IDS = Bulk(
    EventIdRow.__table__,  # type: ignore[attr-defined]  # as above
    ("digest",),
    "SELECT digest FROM {new} WHERE (SELECT true FROM event_id WHERE event_id.tenant = new.tenant"
    " AND event_id.day = new.day AND event_id.digest = new.digest)",
    shared=_SHARED,
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
