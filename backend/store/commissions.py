"""Commissions by payment, by beneficiary and by what is due.

Leans on the primary key (tenant, payment, level, line), on `ix_commission_beneficiary`,
`ix_commission_hold` and `ix_commission_payout`. Whoever writes here holds the ledger's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlmodel import Session, col

from backend.domain.earnings import Commission, CommissionState, Line
from backend.domain.instants import Instant
from backend.store.bulk import insert_many
from backend.store.tables.commissions import CommissionRow

ROWS_AT_ONCE = 500
_KEY = (col(CommissionRow.payment), col(CommissionRow.level), col(CommissionRow.line))


def list_of_payment(session: Session, tenant: str, payment: str) -> list[Commission]:
    """Return what all levels earn of a payment."""
    return list_of_payments(session, tenant, [payment])


def list_of_payments(session: Session, tenant: str, payments: Sequence[str]) -> list[Commission]:
    """Return what all levels earn of some payments."""
    return _list(session, tenant, col(CommissionRow.payment).in_(payments))


def list_outstanding(
    session: Session, tenant: str, beneficiary: str, currency: str
) -> list[Commission]:
    """Return the matured commissions of somebody that no payout has claimed in full, and those of
    which more was claimed than they are worth by now; held ones are left out.
    """
    return _list(
        session,
        tenant,
        col(CommissionRow.beneficiary) == beneficiary,
        col(CommissionRow.currency) == currency,
        col(CommissionRow.matured_at).is_not(None),
        col(CommissionRow.booked) != col(CommissionRow.settled),
        col(CommissionRow.is_disputed).is_(False),
        col(CommissionRow.is_held).is_(False),
    )


def list_of_payout(session: Session, tenant: str, payout: str) -> list[Commission]:
    """Return the commissions that a payout was the last to claim."""
    return _list(session, tenant, col(CommissionRow.payout) == payout)


def list_of_beneficiary(session: Session, tenant: str, beneficiary: str) -> list[Commission]:
    """Return everything that somebody earned."""
    return _list(session, tenant, col(CommissionRow.beneficiary) == beneficiary)


def list_due(session: Session, tenant: str, now: Instant, *, limit: int) -> list[Commission]:
    """Return pending commissions whose hold is over, the longest waiting first."""
    found = session.execute(
        select(CommissionRow)
        .where(
            col(CommissionRow.tenant) == tenant,
            col(CommissionRow.state) == CommissionState.PENDING.value,
            col(CommissionRow.hold_until) <= now,
        )
        .order_by(col(CommissionRow.hold_until), *_KEY)
        .limit(limit)
    )
    return [to_commission(row) for row in found.scalars()]


def read_page(
    session: Session, tenant: str, *, after: tuple[str, int, str], limit: int
) -> list[Commission]:
    """Return the next commissions by payment, level and line."""
    found = session.execute(
        select(CommissionRow)
        .where(col(CommissionRow.tenant) == tenant, tuple_(*_KEY) > after)
        .order_by(*_KEY)
        .limit(limit)
    )
    return [to_commission(row) for row in found.scalars()]


def walk_of_beneficiaries(
    session: Session, tenant: str, beneficiaries: Sequence[str]
) -> Iterator[Commission]:
    """Give everything that some people earned, some hundred rows at a time, in no order."""
    found = session.execute(
        select(CommissionRow)
        .where(
            col(CommissionRow.tenant) == tenant, col(CommissionRow.beneficiary).in_(beneficiaries)
        )
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for row in found.scalars():
        yield to_commission(row)


def save(session: Session, tenant: str, commissions: Iterable[Commission]) -> None:
    """Store commissions, new or changed."""
    _SAVE.run(session.connection(), [_to_row(tenant, one) for one in commissions])


def _list(session: Session, tenant: str, *conditions: ColumnElement[bool]) -> list[Commission]:
    found = session.execute(
        select(CommissionRow)
        .where(col(CommissionRow.tenant) == tenant, *conditions)
        .order_by(*_KEY)
        .execution_options(populate_existing=True)
    )
    return [to_commission(row) for row in found.scalars()]


_FIXED = ("tenant", "payment", "level", "line", "beneficiary", "currency")
_CHANGING = ("rate_bp", "booked", "settled", "state", "hold_until", "matured_at", "is_disputed",
             "is_held", "is_void", "payout")  # fmt: skip
_TABLE: Any = CommissionRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
_SAVE = insert_many(
    _TABLE,
    (*_FIXED, *_CHANGING),
    on_conflict="ON CONFLICT (tenant, payment, level, line) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _CHANGING),
)


def _to_row(tenant: str, one: Commission) -> tuple[Any, ...]:
    return (
        tenant, one.payment, one.level, one.line.value, one.beneficiary, one.currency,
        one.rate_bp, one.booked, one.settled, one.state.value, one.hold_until, one.matured_at,
        one.is_disputed, one.is_held, one.is_void, one.payout,
    )  # fmt: skip


def to_commission(row: CommissionRow) -> Commission:
    """Return what a row says."""
    return Commission(
        payment=row.payment,
        level=row.level,
        line=Line(row.line),
        beneficiary=row.beneficiary,
        rate_bp=row.rate_bp,
        currency=row.currency,
        booked=row.booked,
        settled=row.settled,
        state=CommissionState(row.state),
        hold_until=Instant(row.hold_until),
        matured_at=None if row.matured_at is None else Instant(row.matured_at),
        is_disputed=row.is_disputed,
        is_held=row.is_held,
        is_void=row.is_void,
        payout=row.payout,
    )
