"""An owner's commissions, the newest payment first. Leans on the primary key of `commission`."""

from __future__ import annotations

from sqlalchemy import func, select, tuple_
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.earnings import CommissionState, Line
from backend.domain.instants import Instant
from backend.domain.own_earnings import OwnCommission, Wanted
from backend.domain.rewards import HOLD
from backend.store.ownership import owned
from backend.store.tables.commissions import CommissionRow, PaymentRow

# A milestone's money comes of no payment.
_earned_at = func.coalesce(col(PaymentRow.paid_at), col(CommissionRow.hold_until) - HOLD)

ALL = Wanted()


def list_own(
    session: Session,
    actor: Actor,
    *,
    after: tuple[str, int, str] | None,
    limit: int,
    wanted: Wanted = ALL,
) -> list[OwnCommission]:
    """Return the actor's commissions behind `after`: payment, level and line of the last one.

    Ids of payments begin with their time, so that their order is that of the payments.
    """
    place = (col(CommissionRow.payment), col(CommissionRow.level), col(CommissionRow.line))
    statement = owned(select(CommissionRow, _earned_at), CommissionRow, actor).outerjoin(
        PaymentRow,
        (col(PaymentRow.tenant) == col(CommissionRow.tenant))
        & (col(PaymentRow.id) == col(CommissionRow.payment)),
    )
    if wanted.state is not None:
        statement = statement.where(col(CommissionRow.state) == wanted.state.value)
    if wanted.currency is not None:
        statement = statement.where(col(CommissionRow.currency) == wanted.currency)
    if wanted.since is not None:
        statement = statement.where(_earned_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(_earned_at < wanted.until)
    if after is not None:
        statement = statement.where(tuple_(*place) < after)
    rows = session.execute(statement.order_by(*(column.desc() for column in place)).limit(limit))
    return [
        OwnCommission(
            payment=row.payment,
            level=row.level,
            line=Line(row.line),
            rate_bp=row.rate_bp,
            currency=row.currency,
            amount=row.booked,
            settled=row.settled,
            state=CommissionState(row.state),
            paid_at=Instant(paid_at),
            hold_until=Instant(row.hold_until),
        )
        for row, paid_at in rows
    ]
