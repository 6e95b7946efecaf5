"""What shares are judged by, read in bounded pieces while a batch is written.

Leans on the primary keys of `site_day` and of `event` (tenant, day, at, ...), on
`ix_share_site_at` and on `uq_site_account_url` (tenant, account).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.domain.events import EventKind
from backend.domain.fraud import SHARES_LOOKED_AT, Glances, Trace
from backend.domain.instants import Day, Instant, day_of, start_of
from backend.store.bulk import Rows, is_among, listed
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


def list_traces(
    session: Session, tenant: str, sites: Iterable[str], since: Instant
) -> dict[str, list[Trace]]:
    """Return the newest shares of each of some sites after `since`, the oldest first."""
    found: dict[str, list[Trace]] = {site: [] for site in sites}
    if not found:
        return found
    values = {"tenant": tenant, "sites": sorted(found), "since": since}
    for site, *facts in _TRACES.fetch(session.connection(), values):
        if site is not None:
            found[site].append(_to_trace(*facts))
    return {
        site: sorted(traces, key=lambda trace: trace.at)[-SHARES_LOOKED_AT:]
        for site, traces in found.items()
    }


def list_owner_times(
    session: Session, tenant: str, accounts: Iterable[str], since: Instant, limit: int
) -> dict[str, list[Instant]]:
    """Return when the newest shares of the sites of each of some accounts were made after `since`,
    in their order: `limit` for each account.
    """
    found: dict[str, list[Instant]] = {account: [] for account in accounts}
    if not found:
        return found
    values = {"tenant": tenant, "accounts": sorted(found), "since": since, "limit": limit}
    for account, at in _OWNER_TIMES.fetch(session.connection(), values):
        found[account].append(Instant(at))
    return {account: sorted(times) for account, times in found.items()}


def read_glances(
    session: Session, tenant: str, visitors: Iterable[str], *, now: Instant
) -> Glances:
    """Return what some visitors did, among the newest raw events of two days.

    A visitor's hash holds the site, so that visitors of many sites can be asked for at once.
    """
    connection = session.connection()
    wanted = sorted(set(visitors))
    found: list[Sequence[Any]] = []
    since = now
    for day in (day_of(now), Day(day_of(now) - 1)):
        edge = connection.execute(_EDGE, {"tenant": tenant, "day": day}).scalar_one_or_none()
        values = {"tenant": tenant, "day": day, "visitors": wanted}
        found += _GLANCES.fetch(connection, values)
        since = start_of(day) if edge is None else Instant(edge)
        if edge is not None:
            break
    return _to_glances(since, found)


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
        select(col(SiteRow.id), col(SiteRow.title), col(SiteRow.account), *_TRACED)
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
        OwnedTrace(site=row.id, title=row.title, account=row.account, trace=_to_trace(*row[3:]))
        for row in session.execute(newest)
    ][::-1]


def read_day(session: Session, tenant: str, site: str, day: Day) -> Glances:
    """Return what visitors of a site did on a day: all of its raw events are looked through."""
    rows = session.execute(
        select(col(EventRow.at), col(EventRow.kind), col(EventRow.visitor)).where(
            col(EventRow.tenant) == tenant,
            col(EventRow.day) == day,
            col(EventRow.site) == site,
            col(EventRow.kind).in_([EventKind.VIEW.value, EventKind.ENGAGEMENT.value]),
        )
    )
    return _to_glances(start_of(day), rows)


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
_FACTS = ("at", "visitor", "visitor_yesterday", "network", "platform", "page")
_TRACED: Any = [col(getattr(ShareRow, name)) for name in _FACTS]
_Recent = aliased(ShareRow)
_SITES = listed("sites").table_valued("value", name="wanted")
# The time of the oldest share that is looked at. Only then the shares themselves are read: so each
# site costs two steps into an index, on both databases.
_OLDEST_TRACE = (
    select(col(_Recent.at))
    .where(
        col(_Recent.tenant) == bindparam("tenant"),
        col(_Recent.site) == _SITES.c.value,
        col(_Recent.at) > bindparam("since"),
    )
    .order_by(col(_Recent.at).desc())
    .offset(SHARES_LOOKED_AT - 1)
    .limit(1)
    .scalar_subquery()
)
_TRACES = Rows(
    select(col(ShareRow.site), *_TRACED)
    .select_from(_SITES)
    # An outer join, for SQLite might begin with all shares otherwise.
    .outerjoin(
        ShareRow,
        and_(
            col(ShareRow.tenant) == bindparam("tenant"),
            col(ShareRow.site) == _SITES.c.value,
            col(ShareRow.at) >= func.coalesce(_OLDEST_TRACE, bindparam("since") + 1),
        ),
    )
)
_TIMES = (
    select(
        col(SiteRow.account),
        col(ShareRow.at),
        func.row_number()
        .over(partition_by=col(SiteRow.account), order_by=col(ShareRow.at).desc())
        .label("place"),
    )
    .join(
        ShareRow,
        and_(col(ShareRow.tenant) == col(SiteRow.tenant), col(ShareRow.site) == col(SiteRow.id)),
    )
    .where(
        col(SiteRow.tenant) == bindparam("tenant"),
        is_among(col(SiteRow.account), "accounts"),
        col(ShareRow.at) > bindparam("since"),
    )
    .subquery()
)
_OWNER_TIMES = Rows(
    select(_TIMES.c.account, _TIMES.c.at).where(_TIMES.c.place <= bindparam("limit"))
)
_NEWEST = (
    select(col(EventRow.at), col(EventRow.site), col(EventRow.kind), col(EventRow.visitor))
    .where(col(EventRow.tenant) == bindparam("tenant"), col(EventRow.day) == bindparam("day"))
    .order_by(col(EventRow.at).desc())
)
_EDGE = _NEWEST.with_only_columns(col(EventRow.at)).offset(EVENTS_LOOKED_AT - 1).limit(1)
_SEARCHED = _NEWEST.limit(EVENTS_LOOKED_AT).subquery()
_VISITORS = listed("visitors").table_valued("value", name="wanted")
# Not `is_among`: PostgreSQL would compare each event with all visitors.
_GLANCES = Rows(
    select(_SEARCHED.c.at, _SEARCHED.c.kind, _SEARCHED.c.visitor).where(
        _SEARCHED.c.kind.in_([EventKind.VIEW.value, EventKind.ENGAGEMENT.value]),
        _SEARCHED.c.visitor.in_(select(_VISITORS.c.value)),
    )
)


def _to_trace(*facts: Any) -> Trace:
    return Trace(**dict(zip(_FACTS, facts, strict=True)))


def _to_glances(since: Instant, rows: Iterable[Sequence[Any]]) -> Glances:
    """Return views and engagements, each row its time, its kind and who it was."""
    views: dict[str, list[Instant]] = {}
    engaged: dict[str, Instant] = {}
    for at, kind, visitor in rows:
        if kind == EventKind.VIEW:
            views.setdefault(visitor, []).append(Instant(at))
        else:
            engaged[visitor] = min(Instant(at), engaged.get(visitor, Instant(at)))
    return Glances(since=since, views=views, engaged=engaged)
