"""Days and shares as their owner reads them.

Leans on the primary key of `site_day` (tenant, site, day) and on `ix_share_site_at`
(tenant, site, at).
"""

from __future__ import annotations

from sqlalchemy import case, func, select, tuple_
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Day, Instant
from backend.domain.shares import Platform
from backend.domain.standing import DayTally
from backend.domain.statistics import Share, SiteDay
from backend.store.ownership import owned
from backend.store.tables.events import ShareRow, SiteDayRow

_COUNTS = tuple(DayTally.__dataclass_fields__)


def list_days(session: Session, actor: Actor, site: str, *, first: Day, last: Day) -> list[SiteDay]:
    """Return the days of an own site that saw anything, in their order."""
    statement = select(SiteDayRow).where(
        col(SiteDayRow.site) == site, col(SiteDayRow.day) >= first, col(SiteDayRow.day) <= last
    )
    found = session.execute(
        owned(statement, SiteDayRow, actor).order_by(col(SiteDayRow.day))
    ).scalars()
    return [
        SiteDay(
            day=Day(row.day),
            tally=DayTally(**{name: getattr(row, name) for name in _COUNTS}),
            visitors=row.visitors,
        )
        for row in found
    ]


def sum_days(
    session: Session, actor: Actor, site: str | None, *, first: Day, last: Day
) -> list[SiteDay]:
    """Return days added up over one own site, or all of them, in their order.

    The visitors of a day are known when they are known for each site; somebody on two sites is two.
    """
    sums = [func.sum(getattr(SiteDayRow, name)).label(name) for name in _COUNTS]
    known = func.count(col(SiteDayRow.visitors)) == func.count()
    statement = select(
        col(SiteDayRow.day),
        *sums,
        case((known, func.sum(col(SiteDayRow.visitors)))).label("visitors"),
    ).where(col(SiteDayRow.day) >= first, col(SiteDayRow.day) <= last)
    if site is not None:
        statement = statement.where(col(SiteDayRow.site) == site)
    grouped = owned(statement, SiteDayRow, actor).group_by(col(SiteDayRow.day))
    return [
        SiteDay(
            day=Day(row.day),
            tally=DayTally(**{name: int(getattr(row, name)) for name in _COUNTS}),
            visitors=None if row.visitors is None else int(row.visitors),
        )
        for row in session.execute(grouped.order_by(col(SiteDayRow.day)))
    ]


def count_views(session: Session, actor: Actor, *, since: Day) -> int:
    """Return the page views of all own sites from `since` on."""
    total = select(func.coalesce(func.sum(col(SiteDayRow.views)), 0))
    statement = owned(total.where(col(SiteDayRow.day) >= since), SiteDayRow, actor)
    return int(session.execute(statement).scalar_one())


def list_shares(
    session: Session, actor: Actor, site: str, *, after: tuple[Instant, str] | None, limit: int
) -> list[Share]:
    """Return shares of an own site, the newest first; `after` is time and id of an earlier one."""
    place = tuple_(col(ShareRow.at), col(ShareRow.id))
    statement = select(ShareRow).where(col(ShareRow.site) == site)
    if after is not None:
        statement = statement.where(place < tuple_(*after))
    found = session.execute(
        owned(statement, ShareRow, actor)
        .order_by(col(ShareRow.at).desc(), col(ShareRow.id).desc())
        .limit(limit)
    ).scalars()
    return [_to_share(row) for row in found]


def find_share(session: Session, actor: Actor, site: str, share: str) -> Share | None:
    """Return one share of an own site."""
    statement = select(ShareRow).where(col(ShareRow.site) == site, col(ShareRow.id) == share)
    row = session.execute(owned(statement, ShareRow, actor)).scalar_one_or_none()
    return None if row is None else _to_share(row)


def _to_share(row: ShareRow) -> Share:
    return Share(
        id=row.id,
        platform=Platform(row.platform),
        page=row.page,
        at=Instant(row.at),
        is_counted=row.is_counted,
        points=row.points,
        clicks=row.clicks,
        proved_at=None if row.proved_at is None else Instant(row.proved_at),
    )
