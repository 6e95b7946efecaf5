"""How referred people came, what became of them and what they paid.

Leans on `ix_referral_referrer`, `ix_touch_account` and `ix_payment_account`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.audience import SourceRevenue
from backend.domain.instants import Instant, start_of
from backend.domain.money import portion
from backend.domain.periods import Period, end_of
from backend.domain.referrals import Basis, Referral
from backend.store.ownership import owned
from backend.store.referrals import to_referral
from backend.store.tables.commissions import PaymentRow
from backend.store.tables.referrals import ReferralRow, TouchRow
from backend.store.tables.sites import SiteRow

_STEPS = ("signed_up_at", "activated_at", "converted_at")


def count_touches(session: Session, actor: Actor, site: str | None, period: Period) -> int:
    """Return how often own referral links were followed; with `site`, that site's."""
    statement = select(func.count()).select_from(TouchRow).where(
        col(TouchRow.at) >= start_of(period.first), col(TouchRow.at) < end_of(period)
    )  # fmt: skip
    if site is not None:
        statement = statement.where(col(TouchRow.site) == site)
    return int(session.execute(owned(statement, TouchRow, actor)).scalar_one())


def count_steps(
    session: Session, actor: Actor, site: str | None, period: Period
) -> tuple[int, int, int]:
    """Return how many referred people signed up, were activated and converted in a period."""
    begin, end = start_of(period.first), end_of(period)
    counts = [
        func.coalesce(func.sum(case((and_(at >= begin, at < end), 1), else_=0)), 0)
        for at in (col(getattr(ReferralRow, name)) for name in _STEPS)
    ]
    statement = select(*counts).where(col(ReferralRow.signed_up_at) < end)
    if site is not None:
        statement = statement.where(_touched_site() == site)
    signed_up, activated, converted = session.execute(owned(statement, ReferralRow, actor)).one()
    return int(signed_up), int(activated), int(converted)


def list_since(session: Session, actor: Actor, site: str | None, since: Instant) -> list[Referral]:
    """Return the referrals that signed up from `since` on."""
    statement = select(ReferralRow).where(col(ReferralRow.signed_up_at) >= since)
    if site is not None:
        statement = statement.where(_touched_site() == site)
    found = session.execute(owned(statement, ReferralRow, actor)).scalars()
    return [to_referral(row) for row in found]


def sum_revenue(
    session: Session, actor: Actor, site: str | None, period: Period
) -> list[SourceRevenue]:
    """Return what people that the actor referred paid in a period, by how they came, most first.

    Payments that a chargeback is open about are left out, as they are for rewards.
    """
    touched = _touched_site().label("site")
    statement = (
        select(
            col(ReferralRow.basis),
            touched,
            col(PaymentRow.currency),
            col(PaymentRow.gross),
            col(PaymentRow.tax),
            col(PaymentRow.returned),
        )
        .join(
            PaymentRow,
            and_(
                col(PaymentRow.tenant) == col(ReferralRow.tenant),
                col(PaymentRow.account) == col(ReferralRow.referred),
            ),
        )
        .where(
            col(PaymentRow.paid_at) >= start_of(period.first),
            col(PaymentRow.paid_at) < end_of(period),
            col(PaymentRow.is_disputed).is_(False),
        )
    )
    if site is not None:
        statement = statement.where(_touched_site() == site)
    sums: defaultdict[tuple[Basis, str | None, str], list[int]] = defaultdict(list)
    for row in session.execute(owned(statement, ReferralRow, actor)):
        net = portion(row.gross - row.tax, row.gross - row.returned, row.gross)
        sums[Basis(row.basis), row.site, row.currency].append(net)
    titles = _read_titles(session, actor, {of_site for _basis, of_site, _currency in sums})
    found = [
        SourceRevenue(
            basis=basis,
            site=titles.get(of_site) if of_site else None,
            currency=currency,
            payments=len(paid),
            minor=sum(paid),
        )
        for (basis, of_site, currency), paid in sums.items()
    ]
    return sorted(found, key=lambda one: (one.currency, -one.minor, one.basis, one.site or ""))


def _touched_site() -> Any:
    """Return the site whose link a referred person followed, null where that is not known.

    A touch is kept to the microsecond by the browser and by the service alike.
    """
    return (
        select(func.max(col(TouchRow.site)))
        .where(
            col(TouchRow.tenant) == col(ReferralRow.tenant),
            col(TouchRow.account) == col(ReferralRow.referrer),
            col(TouchRow.at) == col(ReferralRow.touched_at),
            col(TouchRow.code) == col(ReferralRow.code),
        )
        .correlate(ReferralRow)
        .scalar_subquery()
    )


def _read_titles(session: Session, actor: Actor, sites: set[str | None]) -> dict[str, str]:
    wanted = select(col(SiteRow.id), col(SiteRow.title)).where(
        col(SiteRow.id).in_([site for site in sites if site])
    )
    return {row.id: row.title for row in session.execute(owned(wanted, SiteRow, actor))}
