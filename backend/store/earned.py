"""What referrers really earned in a time. Leans on `ix_payment_account` and the primary keys;
it reads all commissions of that time, so it is asked seldom.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from backend.domain.exchange import convert
from backend.domain.instants import Instant, day_of
from backend.errors import RateMissing
from backend.store import rates
from backend.store.tables.commissions import CommissionRow, PaymentRow
from backend.store.tables.referrals import ReferralRow


def read_earned(
    session: Session, tenant: str, *, since: Instant, until: Instant, currency: str
) -> list[int]:
    """Return what each beneficiary earned of payments in that time, in minor units of a currency.

    Converted at the rates of the last day; what has none there is left out.
    """
    found = session.execute(
        select(
            col(CommissionRow.beneficiary),
            col(CommissionRow.currency),
            func.sum(CommissionRow.booked).label("booked"),
        )
        .join(
            PaymentRow,
            and_(
                col(PaymentRow.tenant) == col(CommissionRow.tenant),
                col(PaymentRow.id) == col(CommissionRow.payment),
            ),
        )
        .where(
            col(CommissionRow.tenant) == tenant,
            col(PaymentRow.paid_at) >= since,
            col(PaymentRow.paid_at) < until,
        )
        .group_by(col(CommissionRow.beneficiary), col(CommissionRow.currency))
    )
    known = rates.rates_for(session, tenant, day_of(until))
    sums: defaultdict[str, int] = defaultdict(int)
    for row in found:
        try:
            sums[row.beneficiary] += convert(int(row.booked), row.currency, currency, known).amount
        except RateMissing:
            continue
    return list(sums.values())


def count_referrers(session: Session, tenant: str) -> int:
    """Return how many accounts have brought somebody."""
    found = session.execute(
        select(func.count(func.distinct(ReferralRow.referrer))).where(
            col(ReferralRow.tenant) == tenant
        )
    )
    return int(found.scalar_one())
