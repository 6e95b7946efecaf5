"""How some of an owner's sites do, in a fixed number of queries however many events they had.

Leans on the primary keys of `site_day` (tenant, site, day) and `score`, and on the index of builds
by site.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.builds import Build
from backend.domain.instants import Instant
from backend.domain.periods import Period
from backend.domain.site_summaries import SiteFacts
from backend.store.builds import to_build
from backend.store.ownership import owned
from backend.store.tables.builds import BuildRow
from backend.store.tables.events import SiteDayRow
from backend.store.tables.sites import ScoreRow


def sum_views(
    session: Session, actor: Actor, sites: Sequence[str], period: Period
) -> dict[str, int]:
    """Return the page views of own sites in a period; a site without any is left out."""
    statement = (
        select(col(SiteDayRow.site), func.sum(col(SiteDayRow.views)).label("views"))
        .where(col(SiteDayRow.site).in_(sites))
        .where(col(SiteDayRow.day) >= period.first, col(SiteDayRow.day) <= period.last)
        .group_by(col(SiteDayRow.site))
    )
    found = session.execute(owned(statement, SiteDayRow, actor))
    return {row.site: int(row.views) for row in found}


def read_facts(session: Session, actor: Actor, sites: Sequence[str]) -> dict[str, SiteFacts]:
    """Return where own sites stand: score, counted shares, end of the featuring."""
    statement = owned(select(ScoreRow), ScoreRow, actor).where(col(ScoreRow.site).in_(sites))
    return {
        row.site: SiteFacts(
            score=row.score,
            shares=row.shares,
            featured_until=None if row.featured_until is None else Instant(row.featured_until),
        )
        for row in session.execute(statement).scalars()
    }


def find_last_builds(session: Session, actor: Actor, sites: Sequence[str]) -> dict[str, Build]:
    """Return the newest build of each of the own sites that has one."""
    newest = (
        owned(select(func.max(col(BuildRow.id))), BuildRow, actor)
        .where(col(BuildRow.site).in_(sites))
        .group_by(col(BuildRow.site))
    )
    statement = owned(select(BuildRow), BuildRow, actor).where(col(BuildRow.id).in_(newest))
    return {row.site: to_build(row) for row in session.execute(statement).scalars()}
