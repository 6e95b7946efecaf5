"""Days and shares as their owner reads them.

Leans on the primary keys of `site_day` and `source_day` (tenant, site, day) and on
`ix_share_site_at` (tenant, site, at).
"""

from __future__ import annotations

from sqlalchemy import and_, func, select, tuple_
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Day, Instant
from backend.domain.shares import Platform
from backend.domain.standing import DayTally
from backend.domain.statistics import Share, SiteDay
from backend.store.ownership import owned
from backend.store.tables.events import ShareRow, SiteDayRow
from backend.store.tables.statistics import SourceDayRow

_COUNTS = tuple(DayTally.__dataclass_fields__)


def sum_days(
    session: Session, actor: Actor, site: str | None, *, first: Day, last: Day
) -> list[SiteDay]:
    """Return the days that saw anything, of one own site or of all added up, in their order."""
    sums = [func.sum(getattr(SiteDayRow, name)).label(name) for name in _COUNTS]
    visitors = func.coalesce(col(SiteDayRow.visitors), col(SourceDayRow.visitors))
    statement = (
        select(col(SiteDayRow.day), *sums, func.sum(visitors).label("visitors"))
        .outerjoin(
            SourceDayRow,
            and_(
                col(SourceDayRow.tenant) == col(SiteDayRow.tenant),
                col(SourceDayRow.site) == col(SiteDayRow.site),
                col(SourceDayRow.day) == col(SiteDayRow.day),
            ),
        )
        .where(col(SiteDayRow.day) >= first, col(SiteDayRow.day) <= last)
    )
    if site is not None:
        statement = statement.where(col(SiteDayRow.site) == site)
    grouped = owned(statement, SiteDayRow, actor).group_by(col(SiteDayRow.day))
    return [
        SiteDay(
            day=Day(day),
            tally=DayTally(**dict(zip(_COUNTS, map(int, counts), strict=True))),
            visitors=None if visitors is None else int(visitors),
        )
        for day, *counts, visitors in session.execute(grouped.order_by(col(SiteDayRow.day)))
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
