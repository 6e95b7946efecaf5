"""Shares and the clicks on them.

Leans on `ix_share_id`, for ids are drawn at random, on the primary key (tenant, site, id), and on
`ix_share_visitor` (tenant, visitor, at): a visitor's hash holds the site, so that no two sites have
one in common.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from backend.domain.events import Event
from backend.domain.instants import Instant
from backend.domain.shares import EarlierShare, Platform, share_points, window_start
from backend.store.bulk import Bulk, insert_many, is_among
from backend.store.tables.events import ShareRow

ShareRef = tuple[str, str, str]
"""Tenant, site id and share id."""
VisitorRef = tuple[str, str, str]
"""Tenant, site id and a visitor's hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    """A share as it is recorded: the event, when it counts as made, whether it is due to count,
    and the case that holds it.
    """

    event: Event
    at: Instant
    is_due: bool
    case: str | None = None

    @property
    def is_counted(self) -> bool:
        return self.is_due and self.case is None

    @property
    def points(self) -> int:
        platform = self.event.platform
        return share_points(platform) if self.is_counted and platform else 0


def find_known(session: Session, refs: Iterable[ShareRef]) -> set[ShareRef]:
    """Return which of the shares exist."""
    wanted = set(refs)
    if not wanted:
        return set()
    ids = sorted({ref[2] for ref in wanted})
    found = session.connection().execute(_KNOWN, {"ids": ids})
    return wanted & {(row.tenant, row.site, row.id) for row in found}


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
        values = {"tenant": tenant, "visitors": visitors, "start": start}
        for row in session.connection().execute(_EARLIER, values):
            if (tenant, row.site, row.visitor) in found:
                found[tenant, row.site, row.visitor].append(_to_earlier(row))
    return found


def hashes_of(event: Event) -> tuple[str, ...]:
    """Return the hashes under which the event's visitor may have shared within the window."""
    both = (event.visitor, event.visitor_yesterday)
    return tuple(visitor for visitor in both if visitor)


def insert_shares(session: Session, shares: Iterable[NewShare]) -> None:
    """Record shares."""
    _INSERT.run(session.connection(), [_row(share) for share in shares])


def add_clicks(session: Session, clicks: Iterable[Event]) -> None:
    """Add each click to the share it came through, and note when the first one came."""
    sums: dict[ShareRef, tuple[int, Instant]] = {}
    for click in clicks:
        ref = (click.tenant, click.site, click.via or "")
        number, first = sums.get(ref, (0, click.at))
        sums[ref] = (number + 1, min(first, click.at))
    rows = [(more, first, *ref) for ref, (more, first) in sorted(sums.items())]
    _ADD_CLICKS.run(session.connection(), rows)


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


_TABLE: Any = ShareRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
_KEY = ("tenant", "site", "id")
_COLUMNS = (
    *_KEY, "platform", "page", "at", "visitor", "visitor_yesterday", "network", "is_due",
    "fraud_case", "is_counted", "points", "clicks",
)  # fmt: skip
_INSERT = insert_many(_TABLE, _COLUMNS)
_ADD_CLICKS = Bulk(
    _TABLE,
    ("clicks", "proved_at", *_KEY),
    "UPDATE share SET clicks = share.clicks + new.clicks,"
    " proved_at = coalesce(share.proved_at, new.proved_at) FROM {new}"
    " WHERE share.tenant = new.tenant AND share.site = new.site AND share.id = new.id",
)
_KNOWN = select(col(ShareRow.tenant), col(ShareRow.site), col(ShareRow.id)).where(
    is_among(col(ShareRow.id), "ids")
)
_EARLIER = select(
    col(ShareRow.site),
    col(ShareRow.visitor),
    col(ShareRow.platform),
    col(ShareRow.page),
    col(ShareRow.at),
    col(ShareRow.is_due),
).where(
    col(ShareRow.tenant) == bindparam("tenant"),
    is_among(col(ShareRow.visitor), "visitors"),
    col(ShareRow.at) > bindparam("start"),
)


def _row(share: NewShare) -> tuple[Any, ...]:
    event = share.event
    return (
        event.tenant,
        event.site,
        event.id,
        event.platform.value if event.platform else "",
        event.page,
        share.at,
        event.visitor,
        event.visitor_yesterday,
        event.network,
        share.is_due,
        share.case,
        share.is_counted,
        share.points,
        0,
    )


def _to_earlier(row: Any) -> EarlierShare:
    return EarlierShare(
        platform=Platform(row.platform),
        page=row.page,
        at=Instant(row.at),
        is_due=row.is_due,
    )
