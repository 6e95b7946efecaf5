"""Shares and the clicks on them.

Leans on the primary key (tenant, site, id) and on `ix_share_visitor` (tenant, visitor, at): a
visitor's hash holds the site, so that no two sites have one in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, insert, select, tuple_, update
from sqlmodel import Session, col

from backend.domain.events import Event
from backend.domain.instants import Instant
from backend.domain.shares import EarlierShare, Platform, share_points, window_start
from backend.store.tables.events import ShareRow

ShareRef = tuple[str, str, str]
"""Tenant, site id and share id."""
VisitorRef = tuple[str, str, str]
"""Tenant, site id and a visitor's hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    """A share as it is recorded: the event, when it counts as made, and whether it counts."""

    event: Event
    at: Instant
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


def find_earlier(session: Session, events: Iterable[Event]) -> dict[VisitorRef, list[EarlierShare]]:
    """Return what the visitors of some shares shared of the same sites within the window."""
    found: dict[VisitorRef, list[EarlierShare]] = {}
    starts: dict[str, Instant] = {}
    for event in events:
        for visitor in hashes_of(event):
            found[event.tenant, event.site, visitor] = []
        start = window_start(event.at)
        starts[event.tenant] = min(start, starts.get(event.tenant, start))
    for tenant, start in starts.items():
        visitors = sorted({ref[2] for ref in found if ref[0] == tenant})
        for first in range(0, len(visitors), _VISITORS_A_QUERY):
            some = visitors[first : first + _VISITORS_A_QUERY]
            rows = session.execute(
                select(ShareRow).where(
                    col(ShareRow.tenant) == tenant,
                    col(ShareRow.visitor).in_(some),
                    col(ShareRow.at) > start,
                )
            )
            for row in rows.scalars():
                if (tenant, row.site, row.visitor) in found:
                    found[tenant, row.site, row.visitor].append(_to_earlier(row))
    return found


def hashes_of(event: Event) -> tuple[str, ...]:
    """Return the hashes under which the event's visitor may have shared within the window."""
    both = (event.visitor, event.visitor_yesterday)
    return tuple(visitor for visitor in both if visitor)


def insert_shares(session: Session, shares: Sequence[NewShare]) -> None:
    """Record shares."""
    if shares:
        session.connection().execute(insert(ShareRow), [_row(share) for share in shares])


def add_clicks(session: Session, clicks: Iterable[Event]) -> None:
    """Add each click to the share it came through, and note when the first one came."""
    sums: dict[ShareRef, tuple[int, Instant]] = {}
    for click in clicks:
        ref = (click.tenant, click.site, click.via or "")
        number, first = sums.get(ref, (0, click.at))
        sums[ref] = (number + 1, min(first, click.at))
    if sums:
        session.connection().execute(
            _ADD_CLICKS,
            [
                {
                    "of_tenant": ref[0],
                    "of_site": ref[1],
                    "of_id": ref[2],
                    "more": more,
                    "first": first,
                }
                for ref, (more, first) in sorted(sums.items())
            ],
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


_VISITORS_A_QUERY = 500
_ADD_CLICKS = (
    update(ShareRow)
    .where(
        col(ShareRow.tenant) == bindparam("of_tenant"),
        col(ShareRow.site) == bindparam("of_site"),
        col(ShareRow.id) == bindparam("of_id"),
    )
    .values(
        clicks=col(ShareRow.clicks) + bindparam("more"),
        proved_at=func.coalesce(col(ShareRow.proved_at), bindparam("first", type_=BigInteger)),
    )
)


def _row(share: NewShare) -> dict[str, Any]:
    event = share.event
    return {
        "tenant": event.tenant,
        "site": event.site,
        "id": event.id,
        "platform": event.platform,
        "page": event.page,
        "at": share.at,
        "visitor": event.visitor,
        "visitor_yesterday": event.visitor_yesterday,
        "network": event.network,
        "is_counted": share.is_counted,
        "points": share.points,
        "clicks": 0,
    }


def _to_earlier(row: ShareRow) -> EarlierShare:
    return EarlierShare(
        platform=Platform(row.platform),
        page=row.page,
        at=Instant(row.at),
        is_counted=row.is_counted,
    )
