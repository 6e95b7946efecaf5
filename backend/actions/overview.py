"""What the owner's first page is made of beside statistics: where each site stands, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.fraud_queue import read_waiting
from backend.actions.usage import read_usage
from backend.domain.actors import Actor
from backend.domain.next_steps import SiteFacts, Situation
from backend.domain.own_earnings import sum_earnings
from backend.domain.payees import PayeeState
from backend.domain.sites import Site
from backend.domain.standing import Standing
from backend.store import payees, referrals, sites, statements
from backend.store.scores import read_own_standings

SITES_READ = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An own site and where it stands."""

    site: Site
    standing: Standing


def rank_sites(context: Context, actor: Actor) -> list[Ranked]:
    """Return the actor's sites, the highest score first."""
    with context.database.reading() as session:
        standings = {each.site: each for each in read_own_standings(session, actor)}
        known = sites.list_own(session, actor, after="", limit=SITES_READ)
    ranked = [
        Ranked(site=site, standing=standings[site.id]) for site in known if site.id in standings
    ]
    return sorted(ranked, key=lambda each: (-each.standing.score, each.site.created_at))


def read_situation(context: Context, actor: Actor) -> Situation:
    """Return where the actor stands, for what can be done next."""
    with context.database.reading() as session:
        payee = payees.find_own(session, actor)
        earned = sum_earnings(statements.read_totals(session, actor))
        usage = read_usage(session, actor, context.clock.now())
        first = referrals.list_referrals(session, actor, after=None, limit=1)
    return Situation(
        sites=tuple(
            SiteFacts(
                id=each.site.id,
                title=each.site.title,
                is_verified=each.site.verified_at is not None,
                views=each.standing.views,
                shares=each.standing.shares,
            )
            for each in rank_sites(context, actor)
        ),
        is_over_limit=usage.is_over,
        review=read_waiting(context, actor).words,
        has_earned=any(each.earned > 0 for each in earned),
        is_payable=payee is not None and payee.state is PayeeState.CONFIRMED,
        has_referred=bool(first),
    )
