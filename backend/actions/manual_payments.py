"""Payments that an administrator records: what was paid by bank transfer, or in another shop.

They go the way of every provider's events: recorded, applied, and applied again by a replay. What
cannot be is refused before it is recorded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.actions import told
from backend.actions.context import Context
from backend.actions.provider_events import Result, apply, record
from backend.domain.actors import Actor
from backend.domain.audit import command_actor
from backend.domain.billing_events import (
    Adjusted,
    AdjustmentKind,
    AdjustmentStatus,
    BillingEvent,
    Paid,
    Provider,
    SubscriptionChanged,
    SubscriptionStatus,
)
from backend.domain.instants import DAY, Instant
from backend.domain.payments import check_adjusted, check_paid
from backend.domain.provider_events import EventState, ProviderEvent
from backend.domain.subscriptions import add_months
from backend.domain.tiers import Tier
from backend.errors import Invalid, NotFound
from backend.store import accounts
from backend.store import provider_events as events
from backend.store.tables.base import TENANT

MOST_MONTHS = 36
_REF = re.compile(r"[!-~]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualPayment:
    """An invoice that was paid elsewhere, for some months of a tier from `period_start` on.

    Amounts are minor units; `gross` holds the `tax`. `ref` is the invoice's number.
    """

    account: str
    tier: Tier
    currency: str
    gross: int
    tax: int
    ref: str
    paid_at: Instant
    period_start: Instant
    months: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualRefund:
    """Money that was paid back elsewhere, of the payment whose invoice it names."""

    payment: str
    ref: str
    amount: int
    at: Instant


def record_payment(context: Context, payment: ManualPayment, *, by: Actor | None = None) -> Result:
    """Record a payment; the account has the tier for its months, and a while of grace.

    `by` None is a command at the machine.

    The same again changes nothing. Raises Invalid for what cannot be, NotFound for an unknown
    account, Conflict when the invoice was recorded with other figures.
    """
    _check(context, payment)
    paid = check_paid(_paid(payment))
    with context.database.reading() as session:
        account = accounts.find_account(session, TENANT, payment.account)
    if account is None or account.erased_at is not None:
        raise NotFound("There is no such account.")
    said: list[BillingEvent] = [paid, _subscription(payment)]
    return _record(context, f"payment:{payment.ref}", payment.paid_at, said, by)


def record_refund(context: Context, refund: ManualRefund, *, by: Actor | None = None) -> Result:
    """Record that a payment, or a part of it, was paid back.

    The same again changes nothing. Raises NotFound when no such payment was recorded, Invalid for
    more than it was, Conflict when the refund was recorded with other figures.
    """
    paid = get_payment(context, refund.payment)
    _check_ref(refund.ref)
    _check_past(context, refund.at)
    if refund.amount > paid.gross:
        raise Invalid("That is more than was paid.", field="amount")
    adjusted = check_adjusted(
        Adjusted(
            provider=Provider.MANUAL,
            ref=refund.ref,
            charge=paid.charge,
            kind=AdjustmentKind.REFUND,
            currency=paid.currency,
            amount=refund.amount,
            fee=0,
            status=AdjustmentStatus.SUCCEEDED,
            at=refund.at,
        )
    )
    return _record(context, f"refund:{refund.ref}", refund.at, [adjusted], by)


def get_payment(context: Context, ref: str) -> Paid:
    """Return a payment that was recorded by hand. Raises NotFound."""
    with context.database.reading() as session:
        found = events.find(session, TENANT, Provider.MANUAL, f"payment:{ref[:60]}")
    for event in told.decode(found.told) if found and found.told else ():
        if isinstance(event, Paid):
            return event
    raise NotFound(f"No payment {ref[:60]!r} was recorded.", hint="Check the invoice's number.")


def _record(
    context: Context, key: str, at: Instant, said: Sequence[BillingEvent], by: Actor | None
) -> Result:
    text = told.encode(said)
    event = ProviderEvent(
        provider=Provider.MANUAL,
        id=key,
        type=key.partition(":")[0],
        object=key.partition(":")[2],
        hash=hashlib.sha256(text.encode()).hexdigest(),
        body=None,
        told=text,
        created_at=at,
        received_at=context.clock.now(),
        state=EventState.RECEIVED,
    )
    return apply(context, record(context, event, by=by or command_actor(TENANT)))


def _paid(payment: ManualPayment) -> Paid:
    return Paid(
        provider=Provider.MANUAL,
        ref=payment.ref,
        charge=payment.ref,
        account=payment.account,
        currency=payment.currency,
        gross=payment.gross,
        tax=payment.tax,
        fee=0,
        paid_at=payment.paid_at,
        period_start=payment.period_start,
    )


def _subscription(payment: ManualPayment) -> SubscriptionChanged:
    """Return the one subscription that an account has by hand, as the payment makes it."""
    return SubscriptionChanged(
        provider=Provider.MANUAL,
        ref=payment.account,
        account=payment.account,
        customer=payment.account,
        tier=payment.tier,
        status=SubscriptionStatus.ACTIVE,
        started_at=payment.period_start,
        period_end=add_months(payment.period_start, payment.months),
        ends_at=None,
        at=payment.paid_at,
    )


def _check(context: Context, payment: ManualPayment) -> None:
    _check_ref(payment.ref)
    _check_past(context, payment.paid_at)
    if payment.tier is Tier.FREE:
        raise Invalid("Nobody pays for the free tier.", field="tier")
    if not 1 <= payment.months <= MOST_MONTHS:
        raise Invalid(f"A payment is for 1 to {MOST_MONTHS} months.", field="months")


def _check_ref(ref: str) -> None:
    if not _REF.fullmatch(ref):
        raise Invalid(
            "A reference has 1 to 60 letters, digits and signs, without spaces.",
            field="ref",
            hint="Take the invoice's number.",
        )


def _check_past(context: Context, at: Instant) -> None:
    if at > context.clock.now() + DAY:
        raise Invalid("That time has not come yet.", field="at")
