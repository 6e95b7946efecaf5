"""Tells an owner why a commission is what it is."""

from __future__ import annotations

from collections.abc import Sequence

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.earning_stories import ClaimOf, LevelShare, Story, explain_split, step_at
from backend.domain.earnings import BESIDE_PLANS, Commission
from backend.domain.payments import Payment
from backend.domain.plans import Plan
from backend.errors import NotFound
from backend.store import disputes, earning_stories, payments, plans, transparency
from backend.store import payout_batches as batch_store
from backend.store import payouts as payout_store
from backend.store.database import Session


def tell_story(context: Context, actor: Actor, payment: str, level: int) -> Story:
    """Return why the actor earned what they did of a payment by a level.

    Raises NotFound for a commission that is not the actor's, Forbidden without the scope.
    """
    actor.needs(Scope.REFERRALS_READ)
    with context.database.reading() as session:
        own = earning_stories.list_own(session, actor, payment)
        if level not in {one.level for one in own}:
            raise NotFound("You have no such commission.")
        mine = [one for one in own if one.level == level]
        paid = payments.find(session, actor.tenant, payment)
        plan = plans.get_plan(session, actor.tenant, paid.plan, paid.plan_version) if paid else None
        claims = _claims(session, actor, mine)
        asked = [
            one
            for one in disputes.list_of_payments(session, actor.tenant, [payment])
            if one.account == actor.account
        ]
        refs = [payment, *{one.payout.id for one in claims}, *(one.id for one in asked)]
        return Story(
            commissions=tuple(mine),
            payment=paid,
            plan=plan,
            step=step_at(plan, paid.months) if plan and paid else None,
            shares=_shares(paid, plan, mine),
            entries=tuple(earning_stories.list_entries(session, actor, refs)),
            claims=tuple(claims),
            disputes=tuple(sorted(asked, key=lambda one: one.id)),
            log_size=transparency.find_sizes(session, actor.tenant)[0],
        )


def _shares(
    payment: Payment | None, plan: Plan | None, mine: Sequence[Commission]
) -> tuple[LevelShare, ...]:
    if payment is None or plan is None or all(one.line in BESIDE_PLANS for one in mine):
        return ()
    filled = [who is not None for who in payment.chain]
    return explain_split(payment.net, plan.rates_at(payment.months), filled, mine[0].level)


def _claims(session: Session, actor: Actor, mine: Sequence[Commission]) -> list[ClaimOf]:
    claims = []
    payment, level = mine[0].payment, mine[0].level
    for payout_id, amount in earning_stories.list_claims(session, actor, payment, level):
        payout = payout_store.get_own(session, actor, payout_id)
        source = mine[0].currency
        part = next(
            (
                part
                for part in payout.parts
                if part.currency == source and source != payout.currency
            ),
            None,
        )
        method = batch_store.get(session, actor.tenant, payout.batch).method
        claims.append(ClaimOf(payout=payout, method=method, amount=amount, part=part))
    return claims
