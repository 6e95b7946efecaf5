"""What an owner's sites saw in a period, without a look at raw events.

Leans on the primary keys of `site_day` and `source_day` (tenant, site, day).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Day, Instant
from backend.domain.periods import Period
from backend.domain.score_history import ScoreDays, first_needed
from backend.domain.standing import ENGAGING, DayTally, Standing
from backend.store.ownership import owned
from backend.store.tables.events import SiteDayRow
from backend.store.tables.statistics import SourceDayRow

_LASTING = ("views", "likes", "comments", "share_points")
_SCORED = (*_LASTING, *ENGAGING)


def sum_counts(
    session: Session, actor: Actor, site: str | None, period: Period
) -> tuple[int, int, int]:
    """Return the views, shares and clicks through shares of a period."""
    sums = [
        func.coalesce(func.sum(column), 0)
        for column in (
            col(SiteDayRow.views),
            col(SiteDayRow.shares),
            col(SiteDayRow.referral_clicks),
        )
    ]
    statement = select(*sums).where(*_within(SiteDayRow, site, period))
    views, shares, clicks = session.execute(owned(statement, SiteDayRow, actor)).one()
    return int(views), int(shares), int(clicks)


def find_as_of(session: Session, actor: Actor, site: str | None, day: Day) -> Instant | None:
    """Return when the sources of a day were last counted."""
    statement = select(func.max(col(SourceDayRow.as_of))).where(col(SourceDayRow.day) == day)
    if site is not None:
        statement = statement.where(col(SourceDayRow.site) == site)
    at = session.execute(owned(statement, SourceDayRow, actor)).scalar_one()
    return None if at is None else Instant(at)


def read_score_days(
    session: Session, actor: Actor, standings: Sequence[Standing], *, first: Day, last: Day
) -> list[ScoreDays]:
    """Return what the scores of own sites follow from, from the day `first` on."""
    needed = first_needed(first)
    ids = [standing.site for standing in standings]
    of_sites = col(SiteDayRow.site).in_(ids)
    sums = [func.sum(getattr(SiteDayRow, name)).label(name) for name in _LASTING]
    totals = select(col(SiteDayRow.site), *sums).where(of_sites, col(SiteDayRow.day) < needed)
    earlier = {
        row.site: _tally(row[1:], _LASTING)
        for row in session.execute(
            owned(totals, SiteDayRow, actor).group_by(col(SiteDayRow.tenant), col(SiteDayRow.site))
        )
    }
    columns = [getattr(SiteDayRow, name) for name in _SCORED]
    within = select(col(SiteDayRow.site), col(SiteDayRow.day), *columns).where(
        of_sites, col(SiteDayRow.day) >= needed, col(SiteDayRow.day) <= last
    )
    days: defaultdict[str, dict[Day, DayTally]] = defaultdict(dict)
    for site, day, *counts in session.execute(owned(within, SiteDayRow, actor)):
        days[site][day] = DayTally(**dict(zip(_SCORED, counts, strict=True)))
    return [
        ScoreDays(
            site=standing.site,
            published_at=standing.published_at,
            tier=standing.tier,
            total=earlier.get(standing.site, DayTally()),
            days=days.get(standing.site, {}),
        )
        for standing in standings
    ]


def _within(table: Any, site: str | None, period: Period) -> list[Any]:
    conditions = [table.day >= period.first, table.day <= period.last]
    return conditions if site is None else [*conditions, table.site == site]


def _tally(counts: Sequence[Any], names: Sequence[str]) -> DayTally:
    return DayTally(**dict(zip(names, map(int, counts), strict=True)))
