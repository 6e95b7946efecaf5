"""Shares and the clicks on them.

Leans on the primary key (tenant, site, id) and on `ix_share_visitor` (tenant, site, visitor, at).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, tuple_, update
from sqlmodel import Session, col

from backend.domain.events import Event
from backend.domain.instants import Instant
from backend.domain.shares import EarlierShare, Platform, share_points, window_start
from backend.store.tables.events import ShareRow

ShareRef = tuple[str, str, str]
"""Tenant, site id and share id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    """A share as it is recorded: the event, and whether it counts."""

    event: Event
    is_counted: bool

    @property
    def points(self) -> int:
        platform = self.event.platform
        return share_points(platform) if self.is_counted and platform else 0


def find_known(session: Session, refs: Iterable[ShareRef]) -> set[ShareRef]:
    """Return which of the shares exist."""
    wanted = sorted(set(refs))
    if not wanted:
        return set()
    found = session.execute(
        select(col(ShareRow.tenant), col(ShareRow.site), col(ShareRow.id)).where(
            tuple_(col(ShareRow.tenant), col(ShareRow.site), col(ShareRow.id)).in_(wanted)
        )
    )
    return {(row.tenant, row.site, row.id) for row in found}


def find_earlier(session: Session, event: Event) -> list[EarlierShare]:
    """Return the shares that the event's visitor made of its site within the window."""
    hashes = [value for value in (event.visitor, event.visitor_yesterday) if value]
    found = session.execute(
        select(col(ShareRow.platform), col(ShareRow.page), col(ShareRow.is_counted)).where(
            col(ShareRow.tenant) == event.tenant,
            col(ShareRow.site) == event.site,
            col(ShareRow.visitor).in_(hashes),
            col(ShareRow.at) > window_start(event.at),
        )
    )
    return [
        EarlierShare(platform=Platform(row.platform), page=row.page, is_counted=row.is_counted)
        for row in found
    ]


def insert_share(session: Session, share: NewShare) -> None:
    """Record one share."""
    event = share.event
    session.connection().execute(
        insert(ShareRow),
        {
            "tenant": event.tenant,
            "site": event.site,
            "id": event.id,
            "platform": event.platform,
            "page": event.page,
            "at": event.at,
            "visitor": event.visitor,
            "visitor_yesterday": event.visitor_yesterday,
            "network": event.network,
            "is_counted": share.is_counted,
            "points": share.points,
            "clicks": 0,
        },
    )


def add_clicks(session: Session, clicks: Sequence[Event]) -> None:
    """Add each click to the share it came through, and note when the first one came."""
    for click in clicks:
        at_share = (
            col(ShareRow.tenant) == click.tenant,
            col(ShareRow.site) == click.site,
            col(ShareRow.id) == click.via,
        )
        session.connection().execute(
            update(ShareRow).where(*at_share).values(clicks=col(ShareRow.clicks) + 1)
        )
        session.connection().execute(
            update(ShareRow)
            .where(*at_share, col(ShareRow.proved_at).is_(None))
            .values(proved_at=click.at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTarget:
    """Where a share leads: what `/s/ID` needs."""

    tenant: str
    site: str
    id: str
    page: str
    at: Instant


def find_target(session: Session, share: str) -> ShareTarget | None:
    """Return the share called `share`; the oldest, should two sites have drawn the same id."""
    row = session.execute(
        select(ShareRow).where(col(ShareRow.id) == share).order_by(col(ShareRow.at)).limit(1)
    ).scalar_one_or_none()
    if row is None:
        return None
    return ShareTarget(
        tenant=row.tenant, site=row.site, id=row.id, page=row.page, at=Instant(row.at)
    )
