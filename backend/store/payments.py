"""Payments and their adjustments.

Leans on `uq_payment_ref`, `ix_payment_charge`, `ix_payment_account` and `ix_adjustment_charge`.
Whoever writes here holds the ledger's lock.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlmodel import Session, col

from backend.domain.billing_events import AdjustmentKind, AdjustmentStatus, Provider
from backend.domain.instants import Instant
from backend.domain.payments import Adjustment, Payment
from backend.store.tables.commissions import AdjustmentRow, PaymentRow


def find_by_ref(session: Session, tenant: str, provider: Provider, ref: str) -> Payment | None:
    """Return the payment of an invoice."""
    return _one(session, _select(tenant, provider).where(col(PaymentRow.ref) == ref))


def find_by_charge(
    session: Session, tenant: str, provider: Provider, charge: str
) -> Payment | None:
    """Return the payment that refunds and chargebacks of this charge are about."""
    return _one(session, _select(tenant, provider).where(col(PaymentRow.charge) == charge))


def get(session: Session, tenant: str, payment: str) -> Payment:
    """Return the payment with this id, which has to be there."""
    return _to_payment(session.get_one(PaymentRow, (tenant, payment)))


def find(session: Session, tenant: str, payment: str) -> Payment | None:
    """Return the payment with this id."""
    row = session.get(PaymentRow, (tenant, payment))
    return None if row is None else _to_payment(row)


def find_first(session: Session, tenant: str, account: str) -> Instant | None:
    """Return when an account first paid, None before that."""
    found = session.execute(
        select(func.min(col(PaymentRow.paid_at))).where(
            col(PaymentRow.tenant) == tenant, col(PaymentRow.account) == account
        )
    ).scalar_one()
    return None if found is None else Instant(found)


def list_after(session: Session, tenant: str, account: str, at: Instant) -> list[Payment]:
    """Return the payments of an account after an instant, the oldest first."""
    found = session.execute(
        select(PaymentRow)
        .where(
            col(PaymentRow.tenant) == tenant,
            col(PaymentRow.account) == account,
            col(PaymentRow.paid_at) > at,
        )
        .order_by(col(PaymentRow.paid_at), col(PaymentRow.id))
    )
    return [_to_payment(row) for row in found.scalars()]


def read_page(session: Session, tenant: str, *, after: str, limit: int) -> list[Payment]:
    """Return the next payments by id."""
    found = session.execute(
        select(PaymentRow)
        .where(col(PaymentRow.tenant) == tenant, col(PaymentRow.id) > after)
        .order_by(col(PaymentRow.id))
        .limit(limit)
    )
    return [_to_payment(row) for row in found.scalars()]


def save(session: Session, tenant: str, payment: Payment) -> None:
    """Store a payment, new or changed."""
    session.merge(
        PaymentRow(
            tenant=tenant,
            id=payment.id,
            provider=payment.provider.value,
            ref=payment.ref,
            charge=payment.charge,
            account=payment.account,
            currency=payment.currency,
            country=payment.country,
            gross=payment.gross,
            tax=payment.tax,
            fee=payment.fee,
            returned=payment.returned,
            fees_more=payment.fees_more,
            is_disputed=payment.is_disputed,
            held=payment.held,
            paid_at=payment.paid_at,
            period_start=payment.period_start,
            months=payment.months,
            plan=payment.plan,
            plan_version=payment.plan_version,
            chain=json.dumps(payment.chain),
            bonuses=json.dumps(payment.bonuses),
            revision=payment.revision,
        )
    )
    session.flush()


def list_adjustments(
    session: Session, tenant: str, provider: Provider, charge: str
) -> list[Adjustment]:
    """Return what is known of refunds, credit notes and chargebacks of a charge."""
    found = session.execute(
        select(AdjustmentRow)
        .where(
            col(AdjustmentRow.tenant) == tenant,
            col(AdjustmentRow.provider) == provider.value,
            col(AdjustmentRow.charge) == charge,
        )
        .order_by(col(AdjustmentRow.ref))
    )
    return [_to_adjustment(row) for row in found.scalars()]


def list_adjustments_of(
    session: Session, tenant: str, charges: Sequence[tuple[str, str]]
) -> list[Adjustment]:
    """Return what is known of the adjustments of several charges, each with its provider."""
    key = tuple_(col(AdjustmentRow.provider), col(AdjustmentRow.charge))
    found = session.execute(
        select(AdjustmentRow)
        .where(col(AdjustmentRow.tenant) == tenant, key.in_(charges))
        .order_by(col(AdjustmentRow.ref))
    )
    return [_to_adjustment(row) for row in found.scalars()]


def find_adjustment(
    session: Session, tenant: str, provider: Provider, ref: str
) -> Adjustment | None:
    """Return what is known of one adjustment."""
    row = session.get(AdjustmentRow, (tenant, provider.value, ref))
    return None if row is None else _to_adjustment(row)


def save_adjustment(session: Session, tenant: str, adjustment: Adjustment) -> None:
    """Store what is known of an adjustment."""
    session.merge(
        AdjustmentRow(
            tenant=tenant,
            provider=adjustment.provider.value,
            ref=adjustment.ref,
            charge=adjustment.charge,
            kind=adjustment.kind.value,
            currency=adjustment.currency,
            amount=adjustment.amount,
            fee=adjustment.fee,
            status=adjustment.status.value,
            opened_at=adjustment.opened_at,
            at=adjustment.at,
        )
    )
    session.flush()


def _select(tenant: str, provider: Provider) -> Any:
    return select(PaymentRow).where(
        col(PaymentRow.tenant) == tenant, col(PaymentRow.provider) == provider.value
    )


def _one(session: Session, statement: Any) -> Payment | None:
    row = session.execute(statement).scalar_one_or_none()
    return None if row is None else _to_payment(row)


def _to_payment(row: PaymentRow) -> Payment:
    values: dict[str, Any] = row.model_dump(exclude={"tenant"})
    return Payment(
        **values
        | {
            "provider": Provider(row.provider),
            "paid_at": Instant(row.paid_at),
            "period_start": Instant(row.period_start),
            "chain": tuple(json.loads(row.chain)),
            "bonuses": tuple(json.loads(row.bonuses)),
        }
    )


def _to_adjustment(row: AdjustmentRow) -> Adjustment:
    return Adjustment(
        provider=Provider(row.provider),
        ref=row.ref,
        charge=row.charge,
        kind=AdjustmentKind(row.kind),
        currency=row.currency,
        amount=row.amount,
        fee=row.fee,
        status=AdjustmentStatus(row.status),
        opened_at=None if row.opened_at is None else Instant(row.opened_at),
        at=Instant(row.at),
    )
