"""People who share, for tests of fraud rules: what their browsers send."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from backend.domain.events import Event, EventKind
from backend.domain.instants import SECOND, Instant
from backend.domain.shares import Platform
from backend.store.tables.base import TENANT

PAGE = "https://lantern.example/"
_numbers = count()


def an_act(site: str, kind: EventKind, visitor: str, at: int, **more: object) -> Event:
    """Return an event of a visitor, with an id of its own."""
    made = Event(
        tenant=TENANT,
        site=site,
        id=f"a{next(_numbers):010d}",
        kind=kind,
        at=Instant(at),
        visitor=visitor,
        page=PAGE,
    )
    return replace(made, **more)  # type: ignore[arg-type]  # each field is named by the caller


def a_share(
    site: str,
    visitor: str,
    at: int,
    *,
    network: str = "",
    platform: Platform = Platform.X,
    page: str = PAGE,
) -> Event:
    """Return a share and nothing that came before it."""
    return an_act(site, EventKind.SHARE, visitor, at, network=network, platform=platform, page=page)


def a_visit(
    site: str,
    visitor: str,
    at: int,
    *,
    network: str = "",
    platform: Platform = Platform.X,
    page: str = PAGE,
    reads_seconds: int = 40,
    stays_seconds: int = 90,
) -> list[Event]:
    """Return what a person does: looks at a page at `at`, shares it, and leaves it later."""
    shared_at = at + reads_seconds * SECOND
    return [
        an_act(site, EventKind.VIEW, visitor, at, page=page),
        a_share(site, visitor, shared_at, network=network, platform=platform, page=page),
        an_act(
            site,
            EventKind.ENGAGEMENT,
            visitor,
            shared_at + stays_seconds * SECOND,
            page=page,
            seconds=stays_seconds,
        ),
    ]
