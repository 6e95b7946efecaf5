"""What rewards are reckoned from: conversions that stand, what they paid, and networks.

Leans on `ix_referral_referrer`, `ix_payment_account`, `ix_commission_beneficiary` and the primary
key of `payment`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.domain.earnings import Line
from backend.domain.exchange import RateBook, convert
from backend.domain.fraud_cases import CaseState
from backend.domain.instants import Instant, day_of
from backend.domain.money import portion
from backend.domain.plans import LEVELS
from backend.domain.referrals import (
    HOLD,
    PENDING_LIFETIME,
    ReferralState,
    has_survived,
    state_of,
)
from backend.domain.rewards import CURRENCY, Conversion, Facts, Revenue
from backend.errors import RateMissing
from backend.store import rates
from backend.store.bulk import is_among
from backend.store.fraud_referrals import is_in_case
from backend.store.referrals import to_referral
from backend.store.tables.commissions import CommissionRow, PaymentRow
from backend.store.tables.referrals import ReferralRow


def list_referrers(session: Session, tenant: str, *, after: str, limit: int) -> list[str]:
    """Return the next accounts that brought somebody, in order."""
    found = session.execute(
        select(col(ReferralRow.referrer))
        .where(col(ReferralRow.tenant) == tenant, col(ReferralRow.referrer) > after)
        .distinct()
        .order_by(col(ReferralRow.referrer))
        .limit(limit)
    )
    return list(found.scalars())


def read_facts(
    session: Session, tenant: str, accounts: Sequence[str], now: Instant
) -> dict[str, Facts]:
    """Return what rewards of some accounts are reckoned from, as of now."""
    values = {"tenant": tenant, "accounts": list(accounts), "alive": now - PENDING_LIFETIME}
    networks = {row.root: (row.people, row.depth) for row in session.execute(_NETWORKS, values)}
    return {
        account: replace(
            facts,
            people=networks.get(account, (0, 0))[0],
            depth=networks.get(account, (0, 0))[1],
        )
        for account, facts in read_earned(session, tenant, accounts, now).items()
    }


def read_earned(
    session: Session, tenant: str, accounts: Sequence[str], now: Instant
) -> dict[str, Facts]:
    """Return conversions and revenue of some accounts, without looking at their networks."""
    values = {"tenant": tenant, "accounts": list(accounts)}
    conversions = _read_conversions(session, values, now)
    revenue = _read_revenue(session, tenant, values)
    return {
        account: Facts(
            conversions=tuple(conversions.get(account, ())),
            revenue=tuple(revenue.get(account, ())),
        )
        for account in accounts
    }


def _read_conversions(
    session: Session, values: dict[str, Any], now: Instant
) -> dict[str, list[Conversion]]:
    found: defaultdict[str, list[Conversion]] = defaultdict(list)
    for row in session.execute(_CONVERSIONS, values):
        referral = to_referral(row.ReferralRow)
        has_converted = {ReferralState.CONVERTED, ReferralState.CHURNED}
        if referral.converted_at is None or state_of(referral, now) not in has_converted:
            continue
        survived = Instant(referral.converted_at + HOLD) if has_survived(referral, now) else None
        found[referral.referrer].append(
            Conversion(
                referred=referral.referred,
                at=referral.converted_at,
                survived_at=survived,
                is_disputed=not row.is_clear,
            )
        )
    return found


def _read_revenue(
    session: Session, tenant: str, values: dict[str, Any]
) -> dict[str, list[Revenue]]:
    rows = list(session.execute(_REVENUE, {**values, "line": Line.BASE.value}))
    foreign = [day_of(Instant(row.paid_at)) for row in rows if row.currency != CURRENCY]
    book = (
        rates.rates_between(session, tenant, min(foreign), max(foreign))
        if foreign
        else RateBook(())
    )
    found: defaultdict[str, list[Revenue]] = defaultdict(list)
    for row in rows:
        net = portion(row.gross - row.tax, row.gross - row.returned, row.gross)
        paid_at = Instant(row.paid_at)
        try:
            cents = convert(net, row.currency, CURRENCY, book.on(day_of(paid_at))).amount
        except RateMissing:
            continue  # it counts as soon as the rate of its day is known
        found[row.beneficiary].append(Revenue(payment=row.payment, paid_at=paid_at, cents=cents))
    return found


def _has_paid(*conditions: Any) -> Any:
    """Return the condition that the referred has paid, and not all of it was given back."""
    return exists().where(
        col(PaymentRow.tenant) == col(ReferralRow.tenant),
        col(PaymentRow.account) == col(ReferralRow.referred),
        col(PaymentRow.returned) < col(PaymentRow.gross),
        *conditions,
    )


def _make_networks() -> Any:
    """Return the select of how many people are below each account, and how deep, level by level.

    Whoever expired without doing anything is nobody, with all below.
    """

    def is_there(row: Any) -> Any:
        return and_(
            col(row.tenant) == bindparam("tenant"),
            or_(
                col(row.activated_at).is_not(None),
                col(row.converted_at).is_not(None),
                col(row.signed_up_at) > bindparam("alive"),
            ),
        )

    people = (
        select(
            col(ReferralRow.referrer).label("root"),
            col(ReferralRow.referred).label("person"),
            literal_column("1").label("level"),
        )
        .where(is_there(ReferralRow), is_among(ReferralRow.referrer, "accounts"))
        .cte("network", recursive=True)
    )
    below = aliased(ReferralRow)
    people = people.union_all(
        select(people.c.root, col(below.referred), people.c.level + 1)
        .join(people, col(below.referrer) == people.c.person)
        .where(is_there(below), people.c.level < LEVELS)
    )
    return select(
        people.c.root, func.count().label("people"), func.max(people.c.level).label("depth")
    ).group_by(people.c.root)


# What a review has to decide yet is not clear; what it confirmed as fraud is no conversion.
_CONVERSIONS = select(
    ReferralRow,
    and_(_has_paid(col(PaymentRow.is_disputed).is_(False)), ~is_in_case(CaseState.OPEN)).label(
        "is_clear"
    ),
).where(
    ~is_in_case(CaseState.CONFIRMED),
    col(ReferralRow.tenant) == bindparam("tenant"),
    is_among(ReferralRow.referrer, "accounts"),
    col(ReferralRow.converted_at).is_not(None),
    _has_paid(),
)
_REVENUE = (
    select(
        col(CommissionRow.beneficiary),
        col(CommissionRow.payment),
        col(PaymentRow.currency),
        col(PaymentRow.gross),
        col(PaymentRow.tax),
        col(PaymentRow.returned),
        col(PaymentRow.paid_at),
    )
    .join(
        PaymentRow,
        and_(
            col(PaymentRow.tenant) == col(CommissionRow.tenant),
            col(PaymentRow.id) == col(CommissionRow.payment),
        ),
    )
    .where(
        col(CommissionRow.tenant) == bindparam("tenant"),
        is_among(CommissionRow.beneficiary, "accounts"),
        col(CommissionRow.level) == 1,
        col(CommissionRow.line) == bindparam("line"),
        col(PaymentRow.is_disputed).is_(False),
    )
)
_NETWORKS = _make_networks()
