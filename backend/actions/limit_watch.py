"""Tells owners, once a month, that their pages are viewed more than their tier holds."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.notifying import notify
from backend.domain.instants import day_of
from backend.domain.news import of_limit
from backend.domain.periods import month_of
from backend.domain.tiers import TERMS, Tier
from backend.domain.usage import month_start
from backend.store import accounts, weeks
from backend.store.tables.base import TENANT

LEAST = min(terms.views_per_month or 0 for terms in TERMS.values() if terms.views_per_month)


def watch_limits(context: Context) -> int:
    """Tell whoever is over their tier's page views of this month; return how many are.

    Repeating it tells nobody twice; a bigger tier that is passed, too, is told again.
    """
    now = context.clock.now()
    month, over = month_of(day_of(now)), 0
    with context.database.reading() as session:
        found = weeks.list_monthly_views(session, TENANT, since=month_start(now), least=LEAST)
    for account, views in found:
        with context.database.transaction() as session:
            known = accounts.find_account(session, TENANT, account)
            tier = known.tier if known else Tier.ENTERPRISE
            allowed = TERMS[tier].views_per_month
            if allowed is not None and views > allowed:
                told = of_limit(account, tier, month, views=views, allowed=allowed)
                notify(session, context, [told])
                over += 1
    return over
