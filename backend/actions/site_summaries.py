"""An owner's sites in numbers, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.sites import SitePage, get_site, list_sites
from backend.domain.actors import Actor
from backend.domain.periods import Period, previous
from backend.domain.site_summaries import NO_FACTS, SiteSummary
from backend.domain.sites import Site
from backend.store import site_summaries


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPage:
    """Some sites, the oldest first; `after` is the cursor of the next page, None at the end."""

    sites: tuple[SiteSummary, ...]
    after: str | None


def list_summaries(
    context: Context, actor: Actor, period: Period, *, after: str | None = None, limit: int = 20
) -> SummaryPage:
    """Return a page of the actor's sites with what they did in a period.

    Raises Invalid when `after` is no cursor.
    """
    page: SitePage = list_sites(context, actor, after=after, limit=limit)
    return SummaryPage(sites=_summarise(context, actor, page.sites, period), after=page.after)


def get_summary(context: Context, actor: Actor, site: str, period: Period) -> SiteSummary:
    """Return the same of one own site. Raises NotFound."""
    return _summarise(context, actor, (get_site(context, actor, site),), period)[0]


def _summarise(
    context: Context, actor: Actor, sites: tuple[Site, ...], period: Period
) -> tuple[SiteSummary, ...]:
    ids = [site.id for site in sites]
    with context.database.reading() as session:
        facts = site_summaries.read_facts(session, actor, ids)
        views = site_summaries.sum_views(session, actor, ids, period)
        before = site_summaries.sum_views(session, actor, ids, previous(period))
        builds = site_summaries.find_last_builds(session, actor, ids)
    return tuple(
        SiteSummary(
            site=site,
            facts=facts.get(site.id, NO_FACTS),
            views=views.get(site.id, 0),
            views_before=before.get(site.id, 0),
            last_build=builds.get(site.id),
        )
        for site in sites
    )
