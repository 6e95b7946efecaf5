"""What leaderboards and challenges are counted from: days of sites, scores, conversions, payments.

Leans on the primary keys of `account`, `site_day` and `score`, on `uq_site_account_url` for the
sites of accounts, and on what `reward_facts` leans on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from backend.domain.boards import BoardKey, Metric, Tally, Window
from backend.domain.instants import Day, Instant, start_of
from backend.domain.rewards import Facts
from backend.domain.showcase import SiteStatus
from backend.store import holds, reward_facts
from backend.store.bulk import is_among
from backend.store.day_points import engagement_points, lasting_points
from backend.store.tables.accounts import AccountRow
from backend.store.tables.events import SiteDayRow
from backend.store.tables.sites import ScoreRow, SiteRow

_HUNDREDTHS = 10
"""Points are thousandths, scores hundredths."""


def list_accounts(session: Session, tenant: str, *, after: str, limit: int) -> list[str]:
    """Return the next open accounts, in order."""
    found = session.execute(
        select(col(AccountRow.id))
        .where(
            col(AccountRow.tenant) == tenant,
            col(AccountRow.id) > after,
            col(AccountRow.suspended_at).is_(None),
            col(AccountRow.erased_at).is_(None),
        )
        .order_by(col(AccountRow.id))
        .limit(limit)
    )
    return list(found.scalars())


def find_open(session: Session, tenant: str, accounts: Iterable[str]) -> list[str]:
    """Return those of the accounts that are open, in order."""
    found = session.execute(
        select(col(AccountRow.id))
        .where(
            col(AccountRow.tenant) == tenant,
            is_among(AccountRow.id, "accounts"),
            col(AccountRow.suspended_at).is_(None),
            col(AccountRow.erased_at).is_(None),
        )
        .order_by(col(AccountRow.id)),
        {"accounts": sorted(set(accounts))},
    )
    return list(found.scalars())


def read_tallies(
    session: Session, tenant: str, accounts: Sequence[str], windows: Sequence[Window], now: Instant
) -> dict[BoardKey, list[Tally]]:
    """Return what some open accounts have of every metric in every window.

    Who is under review, or was found to have cheated by one, has no referrals and no revenue.
    """
    tallies: dict[BoardKey, list[Tally]] = {
        (metric, window.key): [] for metric in Metric for window in windows
    }
    if not accounts:
        return tallies
    _add_days(session, tenant, accounts, windows, tallies)
    suspects = holds.find_held(session, tenant, accounts)
    suspects |= holds.find_confirmed(session, tenant, accounts)
    earned = reward_facts.read_earned(session, tenant, accounts, now)
    for account in accounts:
        if account not in suspects:
            _add_earned(account, earned[account], windows, tallies)
    return tallies


def _add_earned(
    account: str, facts: Facts, windows: Sequence[Window], tallies: dict[BoardKey, list[Tally]]
) -> None:
    converted = [one.at for one in facts.conversions if not one.is_disputed]
    for window in windows:
        times = [at for at in converted if window.holds(at)]
        paid = [one for one in facts.revenue if one.cents > 0 and window.holds(one.paid_at)]
        if times:
            tally = Tally(account=account, value=len(times), reached_at=max(times))
            tallies[Metric.REFERRALS, window.key].append(tally)
        if paid:
            value, last = sum(one.cents for one in paid), max(one.paid_at for one in paid)
            tally = Tally(account=account, value=value, reached_at=last)
            tallies[Metric.REVENUE, window.key].append(tally)


def _add_days(
    session: Session,
    tenant: str,
    accounts: Sequence[str],
    windows: Sequence[Window],
    tallies: dict[BoardKey, list[Tally]],
) -> None:
    statement = _select_days(tenant, windows)
    for row in session.execute(statement, {"accounts": list(accounts)}).mappings():
        for number, window in enumerate(windows):
            for metric in (Metric.SHARES, Metric.SCORE):
                if window.first is None and metric is Metric.SCORE:
                    continue
                value, day = row[f"{metric}_{number}"], row[f"{metric}_day_{number}"]
                if value and day is not None:
                    divisor = _HUNDREDTHS if metric is Metric.SCORE else 1
                    tally = Tally(
                        account=row["account"],
                        value=int(value) // divisor,
                        reached_at=start_of(Day(day)),
                    )
                    tallies[metric, window.key].append(tally)
    if any(window.first is None for window in windows):
        _add_scores(session, tenant, accounts, windows, tallies)


def _add_scores(
    session: Session,
    tenant: str,
    accounts: Sequence[str],
    windows: Sequence[Window],
    tallies: dict[BoardKey, list[Tally]],
) -> None:
    """Add the scores of sites as they are; of equals, the one whose sites came first is before."""
    scored = (
        select(
            col(SiteRow.account),
            func.sum(col(ScoreRow.score)).label("value"),
            func.max(col(SiteRow.created_at)).label("at"),
        )
        .join(ScoreRow, _of_site(ScoreRow))
        .where(*_active(tenant))
        .group_by(col(SiteRow.account))
        .order_by(col(SiteRow.account))
    )
    for row in session.execute(scored, {"accounts": list(accounts)}):
        tally = Tally(account=row.account, value=int(row.value), reached_at=Instant(row.at))
        for window in windows:
            if window.first is None:
                tallies[Metric.SCORE, window.key].append(tally)


def _select_days(tenant: str, windows: Sequence[Window]) -> Any:
    """Return the select of an account's sums and last days in every window."""
    columns: list[Any] = [col(SiteRow.account).label("account")]
    for number, window in enumerate(windows):
        for metric, amount in ((Metric.SHARES, col(SiteDayRow.counted_shares)), _POINTS):
            within = _within(window)
            columns += [
                func.sum(case((within, amount), else_=0)).label(f"{metric}_{number}"),
                func.max(case((and_(within, amount > 0), col(SiteDayRow.day)))).label(
                    f"{metric}_day_{number}"
                ),
            ]
    return (
        select(*columns)
        .join(SiteDayRow, _of_site(SiteDayRow))
        .where(*_active(tenant), *_since(windows))
        .group_by(col(SiteRow.account))
        .order_by(col(SiteRow.account))
    )


def _within(window: Window) -> Any:
    if window.first is None or window.last is None:
        return col(SiteDayRow.day) >= 0
    return col(SiteDayRow.day).between(window.first, window.last)


def _since(windows: Sequence[Window]) -> list[Any]:
    """Return the condition that leaves out days before every window."""
    first = [window.first for window in windows if window.first is not None]
    return [col(SiteDayRow.day) >= min(first)] if len(first) == len(windows) else []


def _active(tenant: str) -> tuple[Any, ...]:
    return (
        col(SiteRow.tenant) == tenant,
        is_among(SiteRow.account, "accounts"),
        col(SiteRow.status) == SiteStatus.ACTIVE.value,
    )


def _of_site(table: Any) -> Any:
    return and_(col(table.tenant) == col(SiteRow.tenant), col(table.site) == col(SiteRow.id))


_POINTS = (Metric.SCORE, lasting_points() + engagement_points())
