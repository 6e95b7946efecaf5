"""The events of payment providers, as they were received and what became of them.

Leans on the primary key (tenant, provider, id), `ix_provider_event_state`,
`ix_provider_event_waits`, `ix_provider_event_created` and `ix_provider_event_body`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.billing_events import Provider
from backend.domain.instants import Instant
from backend.domain.provider_events import DONE, REASON_LENGTH, EventState, ProviderEvent
from backend.store.tables.billing import ProviderEventRow

Cursor = tuple[Instant, str]
"""Where a list by the provider's time goes on: the last event's `created_at` and id."""


def add(session: Session, tenant: str, event: ProviderEvent) -> bool:
    """Record an event unless its id is known; tell whether it was not."""
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    table: Any = ProviderEventRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    statement = dialect.insert(table).on_conflict_do_nothing().returning(table.c.tenant)
    values = {"tenant": tenant, **asdict(event)}
    return session.connection().execute(statement, values).first() is not None


def find(session: Session, tenant: str, provider: Provider, event: str) -> ProviderEvent | None:
    """Return a recorded event."""
    row = session.get(ProviderEventRow, (tenant, provider.value, event))
    return None if row is None else _to_event(row)


def set_state(  # noqa: PLR0913  an event's key and what becomes of it
    session: Session,
    tenant: str,
    event: ProviderEvent,
    state: EventState,
    *,
    reason: str = "",
    waits_for: str | None = None,
    told: str | None = None,
) -> None:
    """Note what became of an event. What it told is kept from the first time on."""
    values: dict[str, object] = {
        "state": state.value, "reason": reason[:REASON_LENGTH], "waits_for": waits_for,
    }  # fmt: skip
    if told is not None:
        values["told"] = told
    session.connection().execute(
        update(ProviderEventRow)
        .where(
            col(ProviderEventRow.tenant) == tenant,
            col(ProviderEventRow.provider) == event.provider.value,
            col(ProviderEventRow.id) == event.id,
        )
        .values(values)
    )


def list_waiting(
    session: Session, tenant: str, provider: Provider, waits_for: str, *, limit: int
) -> list[ProviderEvent]:
    """Return parked events that wait for an object of the provider, the oldest first."""
    found = session.execute(
        select(ProviderEventRow)
        .where(
            col(ProviderEventRow.tenant) == tenant,
            col(ProviderEventRow.provider) == provider.value,
            col(ProviderEventRow.waits_for) == waits_for,
            col(ProviderEventRow.state) == EventState.PARKED.value,
        )
        .order_by(col(ProviderEventRow.created_at), col(ProviderEventRow.id))
        .limit(limit)
    )
    return [_to_event(row) for row in found.scalars()]


def list_unfinished(  # noqa: PLR0913  a state, a time and a limit, each named
    session: Session,
    tenant: str,
    states: Collection[EventState],
    *,
    since: Instant,
    before: Instant,
    limit: int,
) -> list[ProviderEvent]:
    """Return events in one of the states that came in a span of time, the oldest first."""
    found = session.execute(
        select(ProviderEventRow)
        .where(
            col(ProviderEventRow.tenant) == tenant,
            col(ProviderEventRow.state).in_([state.value for state in states]),
            col(ProviderEventRow.received_at) >= since,
            col(ProviderEventRow.received_at) < before,
        )
        .order_by(col(ProviderEventRow.received_at), col(ProviderEventRow.id))
        .limit(limit)
    )
    return [_to_event(row) for row in found.scalars()]


def list_since(
    session: Session, tenant: str, since: Instant, *, after: Cursor | None, limit: int
) -> list[ProviderEvent]:
    """Return a page of all events of the provider's times from `since` on, the oldest first."""
    statement = select(ProviderEventRow).where(
        col(ProviderEventRow.tenant) == tenant, col(ProviderEventRow.created_at) >= since
    )
    if after is not None:
        at, last = after
        statement = statement.where(
            (col(ProviderEventRow.created_at) > at)
            | ((col(ProviderEventRow.created_at) == at) & (col(ProviderEventRow.id) > last))
        )
    ordered = statement.order_by(col(ProviderEventRow.created_at), col(ProviderEventRow.id))
    return [_to_event(row) for row in session.execute(ordered.limit(limit)).scalars()]


def list_by_id(session: Session, tenant: str, event: str) -> list[ProviderEvent]:
    """Return the events with an id, of whichever provider."""
    found = session.execute(
        select(ProviderEventRow).where(
            col(ProviderEventRow.tenant) == tenant,
            col(ProviderEventRow.provider).in_([each.value for each in Provider]),
            col(ProviderEventRow.id) == event,
        )
    )
    return [_to_event(row) for row in found.scalars()]


def drop_bodies(session: Session, tenant: str, before: Instant, *, limit: int) -> int:
    """Forget the bodies of finished events received before an instant; return of how many."""
    old = (
        select(col(ProviderEventRow.provider), col(ProviderEventRow.id))
        .where(
            col(ProviderEventRow.tenant) == tenant,
            col(ProviderEventRow.received_at) < before,
            col(ProviderEventRow.body).is_not(None),
            col(ProviderEventRow.state).in_([state.value for state in DONE]),
        )
        .order_by(col(ProviderEventRow.received_at))
        .limit(limit)
    )
    dropped = 0
    for provider, event in session.execute(old).all():
        session.connection().execute(
            update(ProviderEventRow)
            .where(
                col(ProviderEventRow.tenant) == tenant,
                col(ProviderEventRow.provider) == provider,
                col(ProviderEventRow.id) == event,
            )
            .values(body=None)
        )
        dropped += 1
    return dropped


def drop_bodies_about(session: Session, tenant: str, customer: str) -> None:
    """Forget the bodies of finished events that name a customer. It reads all bodies there are."""
    session.connection().execute(
        update(ProviderEventRow)
        .where(
            col(ProviderEventRow.tenant) == tenant,
            col(ProviderEventRow.body).contains(customer, autoescape=True),
            col(ProviderEventRow.state).in_([state.value for state in DONE]),
        )
        .values(body=None)
    )


def _to_event(row: ProviderEventRow) -> ProviderEvent:
    return ProviderEvent(
        provider=Provider(row.provider),
        id=row.id,
        type=row.type,
        object=row.object,
        hash=row.hash,
        body=row.body,
        told=row.told,
        created_at=Instant(row.created_at),
        received_at=Instant(row.received_at),
        state=EventState(row.state),
        reason=row.reason,
        waits_for=row.waits_for,
    )
