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
from backend.domain.score_history import Points, ScoreDays, first_needed
from backend.domain.standing import Standing
from backend.store.day_points import engagement_points, lasting_points
from backend.store.ownership import owned
from backend.store.tables.events import SiteDayRow
from backend.store.tables.statistics import SourceDayRow


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
    of_sites = col(SiteDayRow.site).in_([standing.site for standing in standings])
    totals = select(col(SiteDayRow.site), func.sum(lasting_points()).label("points")).where(
        of_sites, col(SiteDayRow.day) < needed
    )
    earlier = {
        row.site: int(row.points)
        for row in session.execute(
            owned(totals, SiteDayRow, actor).group_by(col(SiteDayRow.tenant), col(SiteDayRow.site))
        )
    }
    within = select(
        col(SiteDayRow.site), col(SiteDayRow.day), lasting_points(), engagement_points()
    ).where(of_sites, col(SiteDayRow.day) >= needed, col(SiteDayRow.day) <= last)
    days: defaultdict[str, dict[Day, Points]] = defaultdict(dict)
    for site, day, lasting, engaged in session.execute(owned(within, SiteDayRow, actor)):
        days[site][day] = (lasting, engaged)
    return [
        ScoreDays(
            site=standing.site,
            published_at=standing.published_at,
            tier=standing.tier,
            total=earlier.get(standing.site, 0),
            days=days.get(standing.site, {}),
        )
        for standing in standings
    ]


def _within(table: Any, site: str | None, period: Period) -> list[Any]:
    conditions = [table.day >= period.first, table.day <= period.last]
    return conditions if site is None else [*conditions, table.site == site]
