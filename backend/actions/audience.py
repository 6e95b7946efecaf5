"""Who comes to an owner's sites and what becomes of it; every number with the period before."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.sites import get_own
from backend.domain.actors import Actor
from backend.domain.audience import (
    Audience,
    Funnel,
    SourceRevenue,
    Virality,
    list_platforms,
    rank_names,
)
from backend.domain.cohorts import Cohort, first_month, make_cohorts, start_of_month
from backend.domain.instants import Day, date_of, day_of
from backend.domain.periods import Period, previous
from backend.domain.score_history import add_histories, score_days
from backend.domain.statistics import SiteDay, fill_days
from backend.store import attribution, audience, source_weeks, statistics, virality
from backend.store.database import Session
from backend.store.scores import read_own_standings

NAMES = 8
"""How many names of a kind are shown before the rest."""
SITES_SCORED = 20
"""Of how many sites, those with the highest scores, a history adds up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreHistory:
    """Scores in hundredths at each day's end; of several sites they are added up.

    `sites` of all the owner's sites are in it.
    """

    first: Day
    scores: tuple[int, ...]
    before: tuple[int, ...]
    sites: int
    has_more: bool


def read_virality(context: Context, actor: Actor, period: Period) -> Virality:
    """Return the k-factor of the actor and everybody below them, with what it is made of."""
    with context.database.reading() as session:
        return virality.read_virality(session, actor, period)


def read_funnel(context: Context, actor: Actor, site: str | None, period: Period) -> Funnel:
    """Return how often each stage was reached. Raises NotFound."""
    with context.database.reading() as session:
        _check(session, actor, site)
        return _read_funnel(session, actor, site, period)


def read_audience(
    context: Context, actor: Actor, site: str | None, period: Period, *, names: int = NAMES
) -> Audience:
    """Return a period and the one before, of one own site or all. Raises NotFound."""
    before, today = previous(period), day_of(context.clock.now())
    with context.database.reading() as session:
        _check(session, actor, site)
        sums = source_weeks.sum_names(session, actor, site, period)
        sums_before = source_weeks.sum_names(session, actor, site, before)
        has_today = period.last == today
        return Audience(
            days=_read_days(session, actor, site, period),
            days_before=_read_days(session, actor, site, before),
            names=rank_names(sums, sums_before, limit=names),
            platforms=list_platforms(sums),
            platforms_before=list_platforms(sums_before),
            funnel=_read_funnel(session, actor, site, period),
            funnel_before=_read_funnel(session, actor, site, before),
            as_of=audience.find_as_of(session, actor, site, today) if has_today else None,
        )


def read_score_history(
    context: Context, actor: Actor, site: str | None, period: Period
) -> ScoreHistory:
    """Return the score of one own site at each day's end, or of all added up. Raises NotFound."""
    before, now = previous(period), context.clock.now()
    with context.database.reading() as session:
        _check(session, actor, site)
        standings = [
            standing
            for standing in read_own_standings(session, actor)
            if site is None or standing.site == site
        ]
        standings.sort(key=lambda standing: (-standing.score, standing.site))
        chosen = standings[:SITES_SCORED]
        facts = audience.read_score_days(
            session, actor, chosen, first=before.first, last=period.last
        )
    scores = add_histories(score_days(each, before.first, period.last, now) for each in facts)
    begin = period.first - before.first
    return ScoreHistory(
        first=period.first,
        scores=tuple(scores[begin:]),
        before=tuple(scores[: before.days]),
        sites=len(chosen),
        has_more=len(standings) > len(chosen),
    )


def read_revenue(
    context: Context, actor: Actor, site: str | None, period: Period
) -> list[SourceRevenue]:
    """Return what referred people paid, by how they came and by currency. Raises NotFound."""
    with context.database.reading() as session:
        _check(session, actor, site)
        return attribution.sum_revenue(session, actor, site, period)


def read_cohorts(
    context: Context, actor: Actor, site: str | None, period: Period
) -> tuple[Cohort, ...]:
    """Return the twelve months up to the period's end in which referred people signed up.

    Raises NotFound.
    """
    since = start_of_month(first_month(date_of(period.last)))
    now = context.clock.now()
    with context.database.reading() as session:
        _check(session, actor, site)
        return make_cohorts(attribution.list_since(session, actor, site, since), now)


def _read_days(
    session: Session, actor: Actor, site: str | None, period: Period
) -> tuple[SiteDay, ...]:
    found = statistics.sum_days(session, actor, site, first=period.first, last=period.last)
    return tuple(fill_days(found, period.first, period.last))


def _read_funnel(session: Session, actor: Actor, site: str | None, period: Period) -> Funnel:
    views, shares, clicks = audience.sum_counts(session, actor, site, period)
    signed_up, activated, converted = attribution.count_steps(session, actor, site, period)
    return Funnel(
        views=views,
        shares=shares,
        clicks=clicks + attribution.count_touches(session, actor, site, period),
        sign_ups=signed_up,
        activated=activated,
        converted=converted,
    )


def _check(session: Session, actor: Actor, site: str | None) -> None:
    if site is not None:
        get_own(session, actor, site)
