"""What a period was for an owner, and for whom it was anything at all.

Leans on the primary keys of `site_day` and `payment`, on `ix_referral_referrer`,
`ix_commission_beneficiary` and `ix_notification_at`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select, union
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Day, Instant, start_of
from backend.store.ownership import owned
from backend.store.tables.commissions import CommissionRow, PaymentRow
from backend.store.tables.events import SiteDayRow
from backend.store.tables.notifications import NotificationRow
from backend.store.tables.referrals import ReferralRow
from backend.store.tables.sites import SiteRow


def count_referrals(
    session: Session, actor: Actor, *, since: Instant, before: Instant
) -> tuple[int, int]:
    """Return how many signed up through the actor in a stretch, and how many converted in it."""
    counts = []
    for column in (ReferralRow.signed_up_at, ReferralRow.converted_at):
        statement = owned(select(func.count()).select_from(ReferralRow), ReferralRow, actor)
        within = statement.where(col(column) >= since, col(column) < before)
        counts.append(int(session.execute(within).scalar_one()))
    return counts[0], counts[1]


def sum_earned(
    session: Session, actor: Actor, *, since: Instant, before: Instant
) -> list[tuple[int, str]]:
    """Return what the actor earns of payments made in a stretch, by currency, the most first."""
    total = func.sum(col(CommissionRow.booked)).label("total")
    statement = (
        owned(select(col(CommissionRow.currency), total), CommissionRow, actor)
        .join(
            PaymentRow,
            (col(PaymentRow.tenant) == col(CommissionRow.tenant))
            & (col(PaymentRow.id) == col(CommissionRow.payment)),
        )
        .where(
            col(PaymentRow.paid_at) >= since,
            col(PaymentRow.paid_at) < before,
            col(CommissionRow.is_void).is_(False),
        )
        .group_by(col(CommissionRow.currency))
        .having(total > 0)
        .order_by(total.desc(), col(CommissionRow.currency))
    )
    return [(int(row.total), row.currency) for row in session.execute(statement)]


def list_concerned(
    session: Session, tenant: str, *, first: Day, after: str, limit: int
) -> list[str]:
    """Return accounts for which something was counted, or that were told of something, since a day;
    in the order of their ids.
    """
    visited: Select[Any] = (
        select(col(SiteRow.account).label("account"))
        .join(
            SiteDayRow,
            (col(SiteDayRow.tenant) == col(SiteRow.tenant))
            & (col(SiteDayRow.site) == col(SiteRow.id)),
        )
        .where(col(SiteRow.tenant) == tenant, col(SiteDayRow.day) >= first)
    )
    told: Select[Any] = select(col(NotificationRow.account).label("account")).where(
        col(NotificationRow.tenant) == tenant, col(NotificationRow.at) >= start_of(first)
    )
    every = union(visited, told).subquery()
    found = session.execute(
        select(every.c.account)
        .where(every.c.account > after)
        .order_by(every.c.account)
        .limit(limit)
    )
    return list(found.scalars())


def list_monthly_views(
    session: Session, tenant: str, *, since: Day, least: int
) -> list[tuple[str, int]]:
    """Return accounts whose sites had more than `least` page views since a day, with the number."""
    total = func.sum(col(SiteDayRow.views)).label("total")
    found = session.execute(
        select(col(SiteRow.account), total)
        .join(
            SiteDayRow,
            (col(SiteDayRow.tenant) == col(SiteRow.tenant))
            & (col(SiteDayRow.site) == col(SiteRow.id)),
        )
        .where(col(SiteRow.tenant) == tenant, col(SiteDayRow.day) >= since)
        .group_by(col(SiteRow.account))
        .having(total > least)
        .order_by(col(SiteRow.account))
    )
    return [(row.account, int(row.total)) for row in found]
