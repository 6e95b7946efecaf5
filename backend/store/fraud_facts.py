"""What shares are judged by, read in bounded pieces while a batch is written.

Leans on the primary keys of `site_day` and of `event` (tenant, day, at, ...), on
`ix_share_site_at` and on `uq_site_account_url` (tenant, account).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session, col

from backend.domain.events import EventKind
from backend.domain.fraud import SHARES_LOOKED_AT, Glances, Trace
from backend.domain.instants import Day, Instant, day_of, start_of
from backend.store.bulk import is_among
from backend.store.tables.events import EventRow, ShareRow, SiteDayRow
from backend.store.tables.sites import SiteRow

EVENTS_LOOKED_AT = 5_000
"""How many of the newest raw events are searched for what sharers did."""


def count_shares(
    session: Session, tenant: str, accounts: Iterable[str], since: Day
) -> dict[tuple[str, str], int]:
    """Return the shares of each account's sites from a day on, by account and site."""
    values = {"tenant": tenant, "accounts": sorted(set(accounts)), "since": since}
    found = session.connection().execute(_TOTALS, values)
    return {(row.account, row.site): int(row.shares) for row in found}


def list_traces(session: Session, tenant: str, site: str, since: Instant) -> list[Trace]:
    """Return a site's newest shares after `since`, the oldest first."""
    values = {"tenant": tenant, "site": site, "since": since, "limit": SHARES_LOOKED_AT}
    found = session.connection().execute(_TRACES, values)
    return [_to_trace(row) for row in found][::-1]


def list_owner_times(
    session: Session, tenant: str, account: str, since: Instant, limit: int
) -> list[Instant]:
    """Return when the newest shares of an account's sites after `since` were made, in order."""
    values = {"tenant": tenant, "account": account, "since": since, "limit": limit}
    return [Instant(row.at) for row in session.connection().execute(_OWNER_TIMES, values)][::-1]


def read_glances(
    session: Session, tenant: str, site: str, visitors: Iterable[str], *, now: Instant
) -> Glances:
    """Return what some visitors of a site did, among the newest raw events of two days."""
    connection = session.connection()
    wanted = sorted(set(visitors))
    views: dict[str, list[Instant]] = {}
    engaged: dict[str, Instant] = {}
    since = now
    for day in (day_of(now), Day(day_of(now) - 1)):
        edge = connection.execute(_EDGE, {"tenant": tenant, "day": day}).scalar_one_or_none()
        values = {"tenant": tenant, "day": day, "site": site, "visitors": wanted}
        for at, kind, visitor in connection.execute(_GLANCES, values):
            if kind == EventKind.VIEW:
                views.setdefault(visitor, []).append(Instant(at))
            else:
                engaged[visitor] = min(Instant(at), engaged.get(visitor, Instant(at)))
        since = start_of(day) if edge is None else Instant(edge)
        if edge is not None:
            break
    return Glances(since=since, views=views, engaged=engaged)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedTrace:
    """A share as fraud rules see it, with its site and its owner."""

    site: str
    title: str
    account: str
    trace: Trace


def list_all_traces(
    session: Session, tenant: str, since: Instant, *, limit: int
) -> list[OwnedTrace]:
    """Return the newest shares of all sites after `since`, the oldest first."""
    newest = (
        _TRACED.add_columns(col(SiteRow.id), col(SiteRow.title), col(SiteRow.account))
        .join(
            SiteRow,
            and_(
                col(SiteRow.tenant) == col(ShareRow.tenant), col(SiteRow.id) == col(ShareRow.site)
            ),
        )
        .where(col(ShareRow.tenant) == tenant, col(ShareRow.at) > since)
        .order_by(col(ShareRow.at).desc())
        .limit(limit)
    )
    return [
        OwnedTrace(site=row.id, title=row.title, account=row.account, trace=_to_trace(row))
        for row in session.execute(newest)
    ][::-1]


def read_day(session: Session, tenant: str, site: str, day: Day) -> Glances:
    """Return what visitors of a site did on a day: all of its raw events are looked through."""
    views: dict[str, list[Instant]] = {}
    engaged: dict[str, Instant] = {}
    rows = session.execute(
        select(col(EventRow.at), col(EventRow.kind), col(EventRow.visitor)).where(
            col(EventRow.tenant) == tenant,
            col(EventRow.day) == day,
            col(EventRow.site) == site,
            col(EventRow.kind).in_([EventKind.VIEW.value, EventKind.ENGAGEMENT.value]),
        )
    )
    for at, kind, visitor in rows:
        if kind == EventKind.VIEW:
            views.setdefault(visitor, []).append(Instant(at))
        else:
            engaged[visitor] = min(Instant(at), engaged.get(visitor, Instant(at)))
    return Glances(since=start_of(day), views=views, engaged=engaged)


_TOTALS = (
    select(
        col(SiteRow.account), col(SiteDayRow.site), func.sum(col(SiteDayRow.shares)).label("shares")
    )
    .join(
        SiteDayRow,
        and_(
            col(SiteDayRow.tenant) == col(SiteRow.tenant),
            col(SiteDayRow.site) == col(SiteRow.id),
            col(SiteDayRow.day) >= bindparam("since"),
        ),
    )
    .where(col(SiteRow.tenant) == bindparam("tenant"), is_among(col(SiteRow.account), "accounts"))
    .group_by(col(SiteRow.account), col(SiteDayRow.site))
)
_TRACED: Any = select(
    col(ShareRow.at),
    col(ShareRow.visitor),
    col(ShareRow.visitor_yesterday),
    col(ShareRow.network),
    col(ShareRow.platform),
    col(ShareRow.page),
)
_TRACES = (
    _TRACED.where(
        col(ShareRow.tenant) == bindparam("tenant"),
        col(ShareRow.site) == bindparam("site"),
        col(ShareRow.at) > bindparam("since"),
    )
    .order_by(col(ShareRow.at).desc())
    .limit(bindparam("limit"))
)
_OWNER_TIMES = (
    select(col(ShareRow.at))
    .join(
        SiteRow,
        and_(col(SiteRow.tenant) == col(ShareRow.tenant), col(SiteRow.id) == col(ShareRow.site)),
    )
    .where(
        col(SiteRow.tenant) == bindparam("tenant"),
        col(SiteRow.account) == bindparam("account"),
        col(ShareRow.tenant) == bindparam("tenant"),
        col(ShareRow.at) > bindparam("since"),
    )
    .order_by(col(ShareRow.at).desc())
    .limit(bindparam("limit"))
)
_NEWEST = (
    select(col(EventRow.at), col(EventRow.site), col(EventRow.kind), col(EventRow.visitor))
    .where(col(EventRow.tenant) == bindparam("tenant"), col(EventRow.day) == bindparam("day"))
    .order_by(col(EventRow.at).desc())
)
_EDGE = _NEWEST.with_only_columns(col(EventRow.at)).offset(EVENTS_LOOKED_AT - 1).limit(1)
_SEARCHED = _NEWEST.limit(EVENTS_LOOKED_AT).subquery()
_GLANCES = select(_SEARCHED.c.at, _SEARCHED.c.kind, _SEARCHED.c.visitor).where(
    _SEARCHED.c.site == bindparam("site"),
    _SEARCHED.c.kind.in_([EventKind.VIEW.value, EventKind.ENGAGEMENT.value]),
    is_among(_SEARCHED.c.visitor, "visitors"),
)


def _to_trace(row: Any) -> Trace:
    return Trace(
        at=Instant(row.at),
        visitor=row.visitor,
        visitor_yesterday=row.visitor_yesterday,
        network=row.network,
        platform=row.platform,
        page=row.page,
    )
