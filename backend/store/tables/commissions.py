"""Plans, payments, what changed them later, and the commissions they earned."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, false
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant, place


class PlanRow(Row, table=True):
    """A version of a plan, as JSON; it never changes once it is there."""

    __tablename__ = "plan"

    name: str = Field(primary_key=True, max_length=40)
    version: int = place(sa_type=Integer)
    body: str
    created_at: int = instant()
    acknowledged_by: str | None = Field(default=None, max_length=32)
    acknowledged_at: int | None = instant(default=None)


class ProgrammeRow(Row, table=True):
    """Which plan holds for payments from an instant on; the latest one counts."""

    __tablename__ = "programme"

    since: int = place()
    plan: str = Field(max_length=40)
    version: int
    chosen_by: str | None = Field(default=None, max_length=32)


class PaymentRow(Row, table=True):
    """A paid invoice. `chain` is JSON: who stands above the payer, the direct referrer first, null
    for a level that is empty; with `bonuses` and the plan it is as it was when the payment came.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("uq_payment_ref", "tenant", "provider", "ref", unique=True),
        Index("ix_payment_charge", "tenant", "provider", "charge"),
        Index("ix_payment_account", "tenant", "account", "paid_at"),
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    )

    id: str = Field(primary_key=True, max_length=32)
    provider: str = Field(max_length=16)
    ref: str = Field(max_length=80)
    charge: str = Field(max_length=80)
    account: str = Field(max_length=32)
    currency: str = Field(max_length=3)
    country: str | None = Field(default=None, max_length=2)
    gross: int = Field(sa_type=BigInteger)
    tax: int = Field(sa_type=BigInteger)
    fee: int = Field(sa_type=BigInteger)
    returned: int = count()
    """What of `gross` was given back, by refunds, credit notes and lost chargebacks."""
    fees_more: int = count()
    """What the provider kept for those."""
    is_disputed: bool = False
    held: int = count()
    """How long chargebacks have stopped the clock of its commissions, in microseconds."""
    paid_at: int = instant()
    period_start: int = instant()
    months: int = 0
    plan: str = Field(max_length=40)
    plan_version: int
    chain: str = Field(default="[]", max_length=400)
    bonuses: str = Field(default="[]", max_length=100)
    revision: int = 0
    """How often it was booked; part of the keys of its entries."""


class AdjustmentRow(Row, table=True):
    """A refund, credit note or chargeback, as the provider told last; it may come before the
    payment that it is about.
    """

    __tablename__ = "adjustment"
    __table_args__ = (Index("ix_adjustment_charge", "tenant", "provider", "charge"),)

    provider: str = Field(primary_key=True, max_length=16)
    ref: str = Field(primary_key=True, max_length=80)
    charge: str = Field(max_length=80)
    kind: str = Field(max_length=8)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    fee: int = Field(sa_type=BigInteger)
    status: str = Field(max_length=12)
    opened_at: int | None = instant(default=None)
    at: int = instant()


class CommissionRow(Row, table=True):
    """What one level earns of a payment, by line. `booked` is what its postings add up to and
    `settled` what of it payouts have claimed. A milestone's money has no payment.
    """

    __tablename__ = "commission"
    __table_args__ = (
        Index("ix_commission_beneficiary", "tenant", "beneficiary", "currency", "state"),
        Index("ix_commission_hold", "tenant", "state", "hold_until"),
        Index("ix_commission_payout", "tenant", "payout"),
    )

    payment: str = Field(primary_key=True, max_length=32)
    level: int = place(sa_type=Integer)
    line: str = Field(primary_key=True, max_length=8)
    beneficiary: str = Field(max_length=32)
    rate_bp: int
    currency: str = Field(max_length=3)
    booked: int = count()
    settled: int = count()
    state: str = Field(max_length=12)
    hold_until: int = instant()
    matured_at: int | None = instant(default=None)
    is_disputed: bool = False
    """Held while a chargeback of its payment is open."""
    is_held: bool = False
    """Held by a review or a dispute, whatever becomes of its payment."""
    is_void: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Earns nothing any more: a review confirmed what it was about."""
    payout: str | None = Field(default=None, max_length=32)
    """The last payout that claimed it."""
