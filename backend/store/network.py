"""Reads the people below an owner, and what their payments earned.

Leans on `ix_referral_referrer`, `ix_commission_beneficiary` and the primary key of `payment`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Select, and_, case, func, literal_column, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.earnings import Line
from backend.domain.instants import Instant
from backend.domain.money import portion
from backend.domain.network import Turnover
from backend.domain.plans import LEVELS
from backend.domain.referrals import Basis, Referral
from backend.store.ownership import is_owned
from backend.store.tables.commissions import CommissionRow, PaymentRow
from backend.store.tables.referrals import ReferralRow

_COLUMNS = (
    "referred", "referrer", "code", "basis",
    "signed_up_at", "activated_at", "converted_at", "churned_at",
)  # fmt: skip
_OF_PLANS = (Line.BASE.value, Line.BONUS.value, Line.REGION.value)


def read_below(session: Session, actor: Actor, *, limit: int) -> list[Referral]:
    """Return the referrals below the actor, seven levels deep, in no order.

    Both databases go level by level and stop at the limit, so that the nearest ones are there.
    """
    first = select(*_columns_of(ReferralRow), literal_column("1").label("level"))
    people = first.where(is_owned(ReferralRow, actor)).cte("network", recursive=True)
    below = aliased(ReferralRow)
    people = people.union_all(
        select(*_columns_of(below), people.c.level + 1)
        .join(people, col(below.referrer) == people.c.referred)
        .where(col(below.tenant) == actor.tenant, people.c.level < LEVELS)
    )
    found = session.execute(select(people).limit(limit))
    return [_to_referral(actor.tenant, row) for row in found]


def read_turnovers(session: Session, actor: Actor) -> dict[str, Turnover]:
    """Return what each account paid that the actor earned a share of, and that share.

    Revenue is net: without tax and without what was given back.
    """
    revenue: defaultdict[str, Counter[str]] = defaultdict(Counter)
    earned: defaultdict[str, Counter[str]] = defaultdict(Counter)
    is_whole = and_(col(CommissionRow.line) == Line.BASE.value, col(PaymentRow.returned) == 0)
    whole = case((is_whole, col(PaymentRow.gross) - col(PaymentRow.tax)), else_=0)
    key = (col(PaymentRow.account), col(CommissionRow.currency))
    for row in session.execute(
        _of_plans(
            actor,
            *key,
            func.sum(CommissionRow.booked).label("earned"),
            func.sum(whole).label("revenue"),
        ).group_by(*key)
    ):
        earned[row.account][row.currency] += int(row.earned)
        revenue[row.account][row.currency] += int(row.revenue)
    for row in session.execute(
        _of_plans(
            actor, *key, col(PaymentRow.gross), col(PaymentRow.tax), col(PaymentRow.returned)
        ).where(col(CommissionRow.line) == Line.BASE.value, col(PaymentRow.returned) > 0)
    ):
        # In whole units, rounded as a payment's own net is.
        net = portion(row.gross - row.tax, row.gross - row.returned, row.gross)
        revenue[row.account][row.currency] += net
    return {
        account: Turnover(revenue=dict(revenue[account]), earned=dict(sums))
        for account, sums in earned.items()
    }


def _columns_of(table: Any) -> list[Any]:
    return [getattr(table, name).label(name) for name in _COLUMNS]


def _of_plans(actor: Actor, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(CommissionRow)
        .join(
            PaymentRow,
            and_(
                col(PaymentRow.tenant) == col(CommissionRow.tenant),
                col(PaymentRow.id) == col(CommissionRow.payment),
            ),
        )
        .where(is_owned(CommissionRow, actor), col(CommissionRow.line).in_(_OF_PLANS))
    )


def _to_referral(tenant: str, row: Any) -> Referral:
    return Referral(
        tenant=tenant,
        referred=row.referred,
        referrer=row.referrer,
        code=row.code,
        basis=Basis(row.basis),
        touched_at=None,
        signed_up_at=Instant(row.signed_up_at),
        activated_at=row.activated_at,
        converted_at=row.converted_at,
        churned_at=row.churned_at,
    )
