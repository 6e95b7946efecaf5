"""Raw events and what a day adds up to. Written in bulk with SQLAlchemy Core.

Leans on the primary key of `event` (tenant, day, site, id), which drops repeats, and of
`site_day`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Insert, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.events import Event
from backend.domain.instants import Day, day_of
from backend.domain.standing import DayTally
from backend.store.tables.events import EventRow, SiteDayRow

DayRef = tuple[str, str, Day]
"""Tenant, site id and UTC day."""


def drop_known(session: Session, events: Sequence[Event]) -> list[Event]:
    """Return the events that are not stored yet, each id once, in their order.

    The caller holds the lock of the events' sites, so that the answer stays true.
    """
    by_key = {(event.tenant, day_of(event.at), event.site, event.id): event for event in events}
    keys = list(by_key)
    for start in range(0, len(keys), _KEYS_A_QUERY):
        some = keys[start : start + _KEYS_A_QUERY]
        found = session.execute(
            select(
                col(EventRow.tenant), col(EventRow.day), col(EventRow.site), col(EventRow.id)
            ).where(
                tuple_(
                    col(EventRow.tenant), col(EventRow.day), col(EventRow.site), col(EventRow.id)
                ).in_(some)
            )
        )
        for row in found:
            by_key.pop((row.tenant, Day(row.day), row.site, row.id), None)
    return list(by_key.values())


def insert_events(session: Session, events: Sequence[Event]) -> None:
    """Store events that are not there yet."""
    if events:
        session.connection().execute(insert(EventRow), [_row(event) for event in events])


def add_days(session: Session, tallies: Mapping[DayRef, DayTally]) -> None:
    """Add each tally to its day, in the order of the keys."""
    rows = [
        {"tenant": tenant, "site": site, "day": day}
        | {name: getattr(tallies[tenant, site, day], name) for name in _COUNTS}
        for tenant, site, day in sorted(tallies)
    ]
    if rows:
        session.connection().execute(_add_to_day(session), rows)


def _add_to_day(session: Session) -> Insert:
    table: Any = SiteDayRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    added = {name: table.c[name] + statement.excluded[name] for name in _COUNTS}
    result: Insert = statement.on_conflict_do_update(
        index_elements=["tenant", "site", "day"], set_=added
    )
    return result


def _row(event: Event) -> dict[str, Any]:
    return {
        "tenant": event.tenant,
        "day": day_of(event.at),
        "site": event.site,
        "id": event.id,
        "kind": event.kind.value,
        "at": event.at,
        "visitor": event.visitor,
        "page": event.page,
        "referrer_host": event.referrer_host,
        "via": event.via,
        "seconds": event.seconds,
        "depth": event.depth,
        "country": event.country,
        "device": event.device,
    }


_KEYS_A_QUERY = 200  # four bound values a key; SQLite allows 32 766 in one statement
_COUNTS = tuple(DayTally.__dataclass_fields__)


def tally_rows(rows: Iterable[Any]) -> dict[DayRef, DayTally]:
    """Return stored days as domain values, by their keys."""
    return {
        (row.tenant, row.site, Day(row.day)): DayTally(
            **{name: getattr(row, name) for name in _COUNTS}
        )
        for row in rows
    }
