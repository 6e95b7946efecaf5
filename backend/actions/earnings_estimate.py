"""What a plan could pay, beside what people here really got: for calculators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.actions.context import Context
from backend.domain.earnings_estimate import Comparison, best_case, median_of
from backend.domain.instants import Instant
from backend.domain.plans import DEFAULT_PLAN, Plan
from backend.domain.rewards import CURRENCY
from backend.domain.subscriptions import add_months
from backend.domain.tiers import Tier
from backend.store import earned, plans
from backend.store.tables.base import TENANT


def estimate_earnings(
    context: Context,
    mix_bp: Mapping[Tier, int],
    network: Sequence[int],
    *,
    months: int = 12,
    plan: Plan | None = None,
) -> Comparison:
    """Return the best case of a plan (None: the one that holds) beside the median of what all
    referrers of this service earned in as many months before now. Raises Invalid.
    """
    now = context.clock.now()
    since = add_months(now, -months) if 0 < months <= _OLDEST else now
    with context.database.reading() as session:
        plan = plan or plans.plan_at(session, TENANT, now, DEFAULT_PLAN)
        best = best_case(plan, mix_bp, network, months)
        results = earned.read_earned(
            session, TENANT, since=since, until=Instant(now + 1), currency=CURRENCY
        )
        referrers = earned.count_referrers(session, TENANT)
    return Comparison(best=best, median=median_of(results, referrers), referrers=referrers)


def plan_in_force(context: Context) -> Plan:
    """Return the plan that payments of this moment are shared by."""
    with context.database.reading() as session:
        return plans.plan_at(session, TENANT, context.clock.now(), DEFAULT_PLAN)


_OLDEST = 600
