"""Compares everything that is kept with what follows from the facts: `4site server check`.

Reads some sites at a time, each group at one moment, so that it can run beside a busy service and
needs no more memory for a large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice

from backend.actions.board_checking import compare_boards
from backend.actions.context import Context
from backend.actions.fraud_checking import compare_cases
from backend.actions.log_checking import compare_log
from backend.actions.money_checking import check_money
from backend.actions.payout_checking import compare_payouts
from backend.actions.rewards_checking import compare_rewards
from backend.actions.sources import compare_closed_days, compare_weeks
from backend.domain.checking import (
    Difference,
    compare_age,
    compare_day,
    compare_featurings,
    compare_place,
    compare_shares,
    compare_standing,
    due_at,
)
from backend.domain.forest import compare_branch
from backend.domain.instants import DAY, Day, Instant, date_of, day_of
from backend.domain.retention import first_event_day, first_share_at
from backend.domain.standing import Standing
from backend.store import checking, forest, scores
from backend.store.database import Session

SITES_AT_ONCE = 50
REFERRALS_AT_ONCE = 500
DIFFERENCES = 1_000
"""How many differences one check reports; more say nothing new."""


def check(context: Context, *, is_late: bool = False, limit: int = DIFFERENCES) -> list[Difference]:
    """Return what is not as the facts say, at most `limit` of it; nothing when all is well.

    Days are compared with raw events, and shares with the rule of what counts, as long as the raw
    rows are kept. With `is_late`, what the daily jobs should have done by now counts as well.
    """
    return list(islice(_find_differences(context, is_late=is_late), limit))


def _find_differences(context: Context, *, is_late: bool) -> Iterator[Difference]:
    after = scores.FIRST
    while True:
        now = context.clock.now()
        with context.database.reading() as session:
            page = scores.read_standings(session, after=after, limit=SITES_AT_ONCE)
            for _tenant, some in groupby(page, key=lambda standing: standing.tenant):
                yield from _compare_sites(session, list(some), now, is_late=is_late)
        if len(page) < SITES_AT_ONCE:
            break
        after = (page[-1].tenant, page[-1].site)
    yield from _find_strays(context)
    yield from compare_weeks(context)
    yield from _compare_referrals(context)
    yield from compare_cases(context)
    yield from check_money(context, is_late=is_late)
    yield from compare_payouts(context)
    yield from compare_rewards(context)
    yield from compare_boards(context, is_late=is_late)
    yield from compare_log(context)


def _compare_sites(
    session: Session, standings: list[Standing], now: Instant, *, is_late: bool
) -> Iterator[Difference]:
    tenant = standings[0].tenant
    sites = [standing.site for standing in standings]
    # The oldest day and the oldest shares may be on their way out just now.
    since = Day(first_event_day(now) + 1)
    shares_since = Instant(first_share_at(now) + DAY)
    days = checking.read_days(
        session, tenant, sites, since=since, shares_since=day_of(shares_since)
    )
    for day in days:
        yield from compare_day(day)
    yield from compare_closed_days(session, tenant, sites, now, is_late=is_late)
    shares = checking.read_shares(session, tenant, sites, since=shares_since)
    yield from compare_shares(shares, since=Instant(shares_since + DAY))
    for record in checking.read_records(session, standings, due=day_of(due_at(now))):
        yield from compare_standing(record)
        yield from compare_featurings(record)
        yield from compare_place(record, now, is_late=is_late)
        if is_late:
            yield from compare_age(record, now)


def _find_strays(context: Context) -> Iterator[Difference]:
    since = Day(first_event_day(context.clock.now()) + 1)
    with context.database.reading() as session:
        days = checking.find_days_without_sums(session, since=since, limit=DIFFERENCES)
        sites = checking.find_sites_without_score(session, limit=DIFFERENCES)
    for site, day, events in days:
        where = f"site {site} on {date_of(day)}"
        yield Difference(what="site_day", where=where, stored="none", computed=f"{events} events")
    for site in sites:
        yield Difference(what="score", where=f"site {site}", stored="none", computed="one")


def _compare_referrals(context: Context) -> Iterator[Difference]:
    after = ("", "")
    while True:
        with context.database.reading() as session:
            page = forest.read_branches(session, after=after, limit=REFERRALS_AT_ONCE)
        for branch in page:
            yield from compare_branch(branch)
        if len(page) < REFERRALS_AT_ONCE:
            return
        last = page[-1].referral
        after = (last.tenant, last.referred)
