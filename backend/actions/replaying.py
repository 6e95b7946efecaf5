"""Applies recorded events again: what was done changes nothing, what failed is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend.actions.context import Context
from backend.actions.provider_events import apply
from backend.domain.instants import Instant
from backend.domain.provider_events import EventState, ProviderEvent
from backend.errors import NotFound
from backend.store import provider_events as events
from backend.store.provider_events import Cursor
from backend.store.tables.base import TENANT

EVENTS_A_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many events there were, and what became of them.

    `changed` are those that changed something now, `mended` those that are done and were not
    before; `problems` says of each failed one why.
    """

    events: int = 0
    applied: int = 0
    changed: int = 0
    mended: int = 0
    ignored: int = 0
    parked: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()


def replay(context: Context, *, since: Instant | None = None, event: str | None = None) -> Replayed:
    """Apply all recorded events again by the provider's time, those from `since` on, or one.

    Raises NotFound for an unknown id. It can be stopped and repeated.
    """
    counted = Replayed()
    for found in _found(context, since or Instant(0), event):
        counted = _count(counted, found, *_apply(context, found))
    return counted


def _found(context: Context, since: Instant, event: str | None) -> Iterator[ProviderEvent]:
    if event is not None:
        with context.database.reading() as session:
            one = events.list_by_id(session, TENANT, event)
        if not one:
            raise NotFound(f"No event {event[:80]!r} was recorded.", hint="Check the id.")
        yield from one
        return
    after: Cursor | None = None
    while True:
        with context.database.reading() as session:
            page = events.list_since(session, TENANT, since, after=after, limit=EVENTS_A_PAGE)
        yield from page
        if len(page) < EVENTS_A_PAGE:
            return
        after = (page[-1].created_at, page[-1].id)


def _apply(context: Context, event: ProviderEvent) -> tuple[EventState, bool, str]:
    """Return how far the event is now, whether anything changed, and what stopped it."""
    is_again = event.state is EventState.APPLIED
    try:
        result = apply(context, event, is_again=is_again)
    except Exception as error:  # it is noted as failed, and the others come after it
        return EventState.FAILED, False, f"{event.id}: {error}"
    return result.state, result.is_changed, ""


def _count(
    counted: Replayed, event: ProviderEvent, state: EventState, is_changed: bool, problem: str
) -> Replayed:
    is_mended = state is EventState.APPLIED and event.state is not EventState.APPLIED
    return replace(
        counted,
        events=counted.events + 1,
        applied=counted.applied + (state is EventState.APPLIED),
        changed=counted.changed + is_changed,
        mended=counted.mended + is_mended,
        ignored=counted.ignored + (state is EventState.IGNORED),
        parked=counted.parked + (state is EventState.PARKED),
        failed=counted.failed + (state is EventState.FAILED),
        problems=(*counted.problems, problem) if problem else counted.problems,
    )
