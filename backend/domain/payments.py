"""Payments, and what refunds, credit notes and chargebacks make of them.

What is told of a payment may come in any order and more than once: adjustments are merged by how
far they are, and a payment's figures follow from all of them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.billing_events import (
    RANKS,
    Adjusted,
    AdjustmentKind,
    AdjustmentStatus,
    Paid,
    Provider,
)
from backend.domain.instants import Instant
from backend.domain.money import check_amount, check_currency, portion
from backend.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A paid invoice. Amounts are minor units of `currency`; `returned` is the part of `gross`
    that was given back, `fees_more` what the provider kept for that.

    `chain` is who stood above the payer, the direct referrer first, None for an empty level;
    `bonuses` multiplies each level in basis points. `held` is for how long, in microseconds,
    chargebacks have stopped the clock of its commissions.
    """

    id: str
    provider: Provider
    ref: str
    charge: str
    account: str
    currency: str
    country: str | None
    gross: int
    tax: int
    fee: int
    returned: int = 0
    fees_more: int = 0
    is_disputed: bool = False
    held: int = 0
    paid_at: Instant
    period_start: Instant
    months: int
    plan: str
    plan_version: int
    chain: tuple[str | None, ...]
    bonuses: tuple[int, ...] = ()
    revision: int = 0

    @property
    def net(self) -> int:
        """What commissions are reckoned from: without tax and without what was given back."""
        return portion(self.gross - self.tax, self.gross - self.returned, self.gross)

    @property
    def tax_kept(self) -> int:
        return self.gross - self.returned - self.net


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What is known of a refund, credit note or chargeback. `opened_at` is a chargeback's."""

    provider: Provider
    ref: str
    charge: str
    kind: AdjustmentKind
    currency: str
    amount: int
    fee: int
    status: AdjustmentStatus
    opened_at: Instant | None
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What all adjustments of a payment come to; the names are those of `Payment`."""

    returned: int = 0
    fees_more: int = 0
    is_disputed: bool = False
    held: int = 0


def check_paid(event: Paid) -> Paid:
    """Return the event. Raises Invalid for amounts and currencies that cannot be."""
    check_currency(event.currency)
    check_amount(event.gross, field="gross", least=1)
    check_amount(event.tax, field="tax")
    check_amount(event.fee, field="fee")
    if event.tax > event.gross:
        raise Invalid("A payment's tax is more than the payment.", field="tax")
    return event


def check_adjusted(event: Adjusted) -> Adjusted:
    """Return the event. Raises Invalid for amounts and currencies that cannot be."""
    check_currency(event.currency)
    check_amount(event.amount, least=1)
    check_amount(event.fee, field="fee")
    return event


def check_same(payment: Payment, event: Paid) -> None:
    """Raise Conflict when a payment that is known comes again with other figures."""
    known = (payment.account, payment.currency, payment.gross, payment.tax, payment.paid_at)
    told = (event.account, event.currency, event.gross, event.tax, event.paid_at)
    if known != told:
        raise Conflict(
            f"The payment {event.ref} is booked already, with other figures.",
            hint="A payment never changes; a refund or a credit note corrects it.",
        )


def merge(known: Adjustment | None, event: Adjusted) -> Adjustment:
    """Return what is known of an adjustment after one more event, whatever order they came in."""
    opened_at = event.at if event.status is AdjustmentStatus.OPEN else None
    told = Adjustment(
        provider=event.provider,
        ref=event.ref,
        charge=event.charge,
        kind=event.kind,
        currency=event.currency,
        amount=event.amount,
        fee=event.fee,
        status=event.status,
        opened_at=opened_at,
        at=event.at,
    )
    if known is None:
        return told
    if (known.charge, known.kind, known.currency) != (told.charge, told.kind, told.currency):
        raise Conflict(f"{event.ref} is known already, as something else.")
    opened = [at for at in (known.opened_at, told.opened_at) if at is not None]
    later = max(known, told, key=_lateness)
    return Adjustment(
        provider=later.provider,
        ref=later.ref,
        charge=later.charge,
        kind=later.kind,
        currency=later.currency,
        amount=later.amount,
        fee=later.fee,
        status=later.status,
        opened_at=min(opened, default=None),
        at=later.at,
    )


def total(adjustments: Iterable[Adjustment], gross: int) -> Totals:
    """Return what adjustments of a payment of `gross` come to; never more than all of it."""
    returned = fees = held = 0
    is_disputed = False
    for one in adjustments:
        if one.kind is AdjustmentKind.DISPUTE:
            is_disputed |= one.status is AdjustmentStatus.OPEN
            if one.status is not AdjustmentStatus.OPEN and one.opened_at is not None:
                held += max(0, one.at - one.opened_at)
        if one.status in {AdjustmentStatus.SUCCEEDED, AdjustmentStatus.LOST}:
            returned += one.amount
            fees += one.fee
    return Totals(returned=min(returned, gross), fees_more=fees, is_disputed=is_disputed, held=held)


def _lateness(one: Adjustment) -> tuple[int, int, str, int, int]:
    return RANKS[one.status], one.at, one.status.value, one.amount, one.fee
