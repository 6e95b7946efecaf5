"""Facts for tests: events as the collector hands them over, recorded in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.actions.context import Context
from backend.actions.recording import SiteChange, record
from backend.clock import FixedClock
from backend.domain.events import Event, EventKind
from backend.domain.instants import Instant
from backend.domain.shares import Platform
from backend.store.tables.base import TENANT
from tests.support.service import make_context

PAGE = "https://lantern.example/"
_numbers = count()


def an_event(
    context: Context,
    site: str,
    kind: EventKind = EventKind.VIEW,
    *,
    visitor: str = "visitor",
    yesterday: str = "",
    platform: Platform | None = None,
    page: str = PAGE,
    via: str | None = None,
    seconds: int | None = None,
    at: Instant | None = None,
    id: str | None = None,
) -> Event:
    """Return an event of now, with an id of its own unless one is given."""
    return Event(
        tenant=TENANT,
        site=site,
        id=id or f"e{next(_numbers):010d}",
        kind=kind,
        at=context.clock.now() if at is None else at,
        visitor=visitor,
        visitor_yesterday=yesterday,
        network=f"net{visitor}"[:16] if kind is EventKind.SHARE else "",
        page=page,
        platform=platform,
        via=via,
        seconds=seconds,
    )


def shares_of(context: Context, site: str, number: int, *, first: int = 0) -> list[Event]:
    """Return `number` shares on X, each of a visitor of its own, so that all of them count.

    They are of several pages and from several networks, so that no more than 50 of them in an hour
    look like people, though nobody looked at a page.
    """
    return [
        an_event(
            context,
            site,
            EventKind.SHARE,
            platform=Platform.X,
            visitor=f"sharer{first + n}",
            page=f"{PAGE}{n % 3 or ''}",
        )
        for n in range(number)
    ]


def record_now(context: Context, events: Sequence[Event]) -> list[SiteChange]:
    """Record a batch at the context's time."""
    with context.database.transaction() as session:
        return record(session, events, context.clock.now())


def clock_of(context: Context) -> FixedClock:
    """Return the context's clock as one that can be moved."""
    clock = context.clock
    assert isinstance(clock, FixedClock)
    return clock


def share_elsewhere(database_url: str, site: str, process: int, number: int) -> int:
    """Record shares of one site one by one in a process of its own; return featurings begun."""
    with TemporaryDirectory() as folder:
        context = make_context(Path(folder), database_url)
        try:
            begun = 0
            for share in shares_of(context, site, number, first=process * number):
                own = replace(share, id=f"p{process}{share.id[-9:]}")
                begun += sum(change.is_newly_featured for change in record_now(context, [own]))
            return begun
        finally:
            context.database.close()
