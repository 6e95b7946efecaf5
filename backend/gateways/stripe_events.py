"""Stripe's events in words of ours: which ones matter, and what they say about money.

Where an event lacks something (what an invoice was paid by, which invoice a refund is of) Stripe
is asked. Payments, refunds, credit notes and chargebacks meet at the invoice: its id is what
`charge` holds. Source: Stripe's API reference, "Types of events".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from backend.domain.billing_events import (
    Adjusted,
    AdjustmentKind,
    AdjustmentStatus,
    CustomerKnown,
    Paid,
    Provider,
    SubscriptionChanged,
    SubscriptionStatus,
)
from backend.domain.instants import SECOND, Instant
from backend.domain.money import portion
from backend.domain.provider_events import EventState, ProviderEvent, Told
from backend.domain.tiers import Tier
from backend.gateways import stripe_objects as objects
from backend.gateways.stripe import Stripe

AccountOf = Callable[[str], str | None]
"""Which account a customer of Stripe's is; None while nobody knows."""
Hide = Callable[[str], str]
"""What stands for a card or bank account instead of Stripe's own name of it."""

_ACCOUNT = re.compile(r"[0-9a-f]{32}")
# A key in JSON: inside of a text its quotes would be escaped.
_FINGERPRINT = re.compile(rb'("fingerprint"\s*:\s*)"[^"]*"')
_LOOKUP_KEY = re.compile(r"4site_([a-z]+)_")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """An event, and whom to ask about it."""

    stripe: Stripe
    event: objects.Event
    account_of: AccountOf
    hide: Hide

    @property
    def at(self) -> Instant:
        return _instant(self.event.created)

    def read(self, wanted: type[objects.T]) -> objects.T:
        return objects.read(self.event.data.object, wanted)


def read_event(body: bytes, now: Instant) -> ProviderEvent:
    """Return a verified webhook's event as it is recorded. Raises Invalid when it is none.

    The hash leaves out what differs between two deliveries of one event (`pending_webhooks`), and
    the body that is kept the fingerprints of cards: whoever needs them asks Stripe.
    """
    event = objects.read(body, objects.Event)
    named = objects.read(event.data.object, objects.Named)
    whole: Any = msgspec.json.decode(body)
    lasting = {name: whole.get(name) for name in ("id", "type", "created", "data", "account")}
    canonical = msgspec.json.encode(lasting, order="deterministic")
    return ProviderEvent(
        provider=Provider.STRIPE,
        id=event.id[:120],
        type=event.type[:80],
        object=(named.id or named.object)[:120],
        hash=hashlib.sha256(canonical).hexdigest(),
        body=_FINGERPRINT.sub(rb"\1null", body).decode(),
        told=None,
        created_at=_instant(event.created),
        received_at=now,
        state=EventState.RECEIVED,
    )


def translate(stripe: Stripe, body: bytes, account_of: AccountOf, hide: Hide) -> Told:
    """Return what an event says. Raises Invalid for an object that is not as Stripe's are,
    Unavailable when Stripe has to be asked and does not answer.
    """
    event = objects.read(body, objects.Event)
    if event.account is not None:
        return Told(reason="It is of a connected account.")
    if stripe.is_live and not event.livemode:
        return Told(reason="It is a test, and this service is not.")
    asked = _Asked(stripe=stripe, event=event, account_of=account_of, hide=hide)
    work = _WORK.get(event.type)
    if work is None and event.type.startswith("customer.subscription."):
        work = _subscription
    return Told(reason="Events of this type say nothing here.") if work is None else work(asked)


def _invoice(asked: _Asked) -> Told:
    # Asked anew in any case: what it was paid by and what Stripe keeps are not in the event.
    invoice = asked.stripe.get_invoice(asked.read(objects.Named).id or "")
    if invoice.status != "paid" or invoice.amount_paid <= 0:
        return Told(reason="Nothing was paid with money.")
    account = asked.account_of(invoice.customer)
    if account is None:
        return _unknown_customer(invoice.customer)
    fee, instruments = 0, set()
    for charge in _charges_of(asked.stripe, invoice):
        if not isinstance(charge.balance_transaction, objects.BalanceTransaction):
            reason = "Stripe does not say yet what it keeps of the payment."
            return Told(reason=reason, waits_for=charge.id)
        fee += _in_currency(charge.balance_transaction, charge.amount, charge.currency)
        if charge.instrument is not None:
            instruments.add(asked.hide(charge.instrument))
    paid_at = invoice.status_transitions.paid_at or asked.event.created
    address = invoice.customer_address
    paid = Paid(
        provider=Provider.STRIPE,
        ref=invoice.id,
        charge=invoice.id,
        account=account,
        currency=invoice.currency.upper(),
        gross=invoice.amount_paid,
        tax=_tax_of(invoice),
        fee=max(fee, 0),
        paid_at=_instant(paid_at),
        period_start=_period_start(invoice),
        country=(address.country or None) if address else None,
        instruments=tuple(sorted(instruments)),
    )
    return Told(events=(paid,))


def _charges_of(stripe: Stripe, invoice: objects.Invoice) -> list[objects.Charge]:
    """Return the charges that paid an invoice; what was paid outside of Stripe has none."""
    charges = []
    for payment in invoice.payments.data if invoice.payments else []:
        by = payment.payment
        if payment.status != "paid":
            continue
        if by.payment_intent is not None:
            charge = stripe.get_intent(by.payment_intent).latest_charge
            charges += [charge] if charge else []
        elif by.charge is not None:
            charges.append(stripe.get_charge(by.charge))
    return charges


def _tax_of(invoice: objects.Invoice) -> int:
    """Return the tax in what was paid: all of it, or its part rounded up.

    An invoice is paid in part with money when a credit balance pays the rest.
    """
    if invoice.total_excluding_tax is not None:
        tax = invoice.total - invoice.total_excluding_tax
    else:
        tax = sum(each.amount for each in invoice.total_taxes or [])
    if invoice.amount_paid >= invoice.total:
        return tax
    return -(-tax * invoice.amount_paid // invoice.total)


def _period_start(invoice: objects.Invoice) -> Instant:
    """Return when what was paid for begins: the invoice's own period lies before that."""
    starts = [line.period.start for line in invoice.lines.data if line.amount > 0]
    return _instant(max(starts, default=invoice.created))


def _in_currency(moved: objects.BalanceTransaction, amount: int, currency: str) -> int:
    """Return Stripe's fee in the currency of the payment, rounded down where it was converted."""
    if moved.currency == currency:
        return moved.fee
    return portion(moved.fee, amount, abs(moved.amount))


def _refund(asked: _Asked) -> Told:
    refund = asked.read(objects.Refund)
    return _refunds(asked, [refund], intent=refund.payment_intent, charge=refund.charge)


def _refunded_charge(asked: _Asked) -> Told:
    charge = asked.read(objects.Charge)
    refunds = asked.stripe.list_refunds(charge.id)
    return _refunds(asked, refunds, intent=charge.payment_intent, charge=charge.id)


def _refunds(
    asked: _Asked, refunds: list[objects.Refund], *, intent: str | None, charge: str | None
) -> Told:
    invoice = asked.stripe.find_invoice(intent=intent, charge=charge)
    if invoice is None:
        return _no_invoice()
    events = []
    for refund in refunds:
        status = _REFUND_STATUS.get(refund.status or "", AdjustmentStatus.PENDING)
        is_failed = status is AdjustmentStatus.FAILED
        events.append(
            Adjusted(
                provider=Provider.STRIPE,
                ref=refund.id,
                charge=invoice,
                kind=AdjustmentKind.REFUND,
                currency=refund.currency.upper(),
                amount=refund.amount,
                fee=0,
                status=status,
                at=asked.at if is_failed else _instant(refund.created),
            )
        )
    return Told(events=tuple(events))


def _dispute(asked: _Asked) -> Told:
    dispute = asked.read(objects.Dispute)
    is_closing = asked.event.type == "charge.dispute.closed"
    status = _DISPUTE_STATUS.get(dispute.status)
    if status is None:
        return Told(reason="It is an inquiry: no money moved.")
    if (status is AdjustmentStatus.OPEN) == is_closing:
        return Told(reason="Only its opening and its closing count.")
    invoice = asked.stripe.find_invoice(intent=dispute.payment_intent, charge=dispute.charge)
    if invoice is None:
        return _no_invoice()
    moved = dispute.balance_transactions
    fee = sum(_in_currency(each, dispute.amount, dispute.currency) for each in moved)
    adjusted = Adjusted(
        provider=Provider.STRIPE,
        ref=dispute.id,
        charge=invoice,
        kind=AdjustmentKind.DISPUTE,
        currency=dispute.currency.upper(),
        amount=dispute.amount,
        fee=max(fee, 0),
        status=status,
        at=asked.at if is_closing else _instant(dispute.created),
    )
    return Told(events=(adjusted,))


def _credit_note(asked: _Asked) -> Told:
    """Count what a credit note gave back outside of Stripe.

    Its refunds come as events of their own. What it put on the customer's balance stays with us
    and lowers a later invoice by itself; what it took off an unpaid invoice was never paid.
    """
    note = asked.read(objects.CreditNote)
    if not note.out_of_band_amount:
        return Told(reason="Its refunds and later invoices say what it changed.")
    is_void = note.status == "void"
    adjusted = Adjusted(
        provider=Provider.STRIPE,
        ref=note.id,
        charge=note.invoice,
        kind=AdjustmentKind.CREDIT,
        currency=note.currency.upper(),
        amount=note.out_of_band_amount,
        fee=0,
        status=AdjustmentStatus.FAILED if is_void else AdjustmentStatus.SUCCEEDED,
        at=_instant(note.voided_at or note.created) if is_void else _instant(note.created),
    )
    return Told(events=(adjusted,))


def _subscription(asked: _Asked) -> Told:
    subscription = asked.read(objects.Subscription)
    account = asked.account_of(subscription.customer)
    if account is None:
        return _unknown_customer(subscription.customer)
    tiers = [tier for item in subscription.items.data if (tier := _tier_of(item.price))]
    status = _SUBSCRIPTION_STATUS.get(subscription.status)
    ends = [item.current_period_end for item in subscription.items.data if item.current_period_end]
    period_end = max(ends, default=subscription.current_period_end)
    if not tiers or status is None or period_end is None:
        return Told(reason="It is not of one of our prices.")
    order = list(Tier)
    ends_at = subscription.cancel_at or (period_end if subscription.cancel_at_period_end else None)
    if status is SubscriptionStatus.ENDED:
        ends_at = subscription.ended_at
    changed = SubscriptionChanged(
        provider=Provider.STRIPE,
        ref=subscription.id,
        account=account,
        customer=subscription.customer,
        tier=max(tiers, key=order.index),
        status=status,
        started_at=_instant(subscription.start_date),
        period_end=_instant(period_end),
        ends_at=None if ends_at is None else _instant(ends_at),
        at=asked.at,
    )
    return Told(events=(changed,))


def _tier_of(price: objects.Price) -> Tier | None:
    """Return the tier that a price of ours is for, those of earlier terms among them."""
    found = _LOOKUP_KEY.match(price.lookup_key or "")
    named = price.metadata.get("tier") or (found[1] if found else "")
    return Tier(named) if named in set(Tier) - {Tier.FREE} else None


def _checkout(asked: _Asked) -> Told:
    session = asked.read(objects.Session)
    return _known(session.customer, session.client_reference_id)


def _customer(asked: _Asked) -> Told:
    customer = asked.read(objects.Customer)
    return _known(customer.id, customer.metadata.get("account"))


def _known(customer: str | None, account: str | None) -> Told:
    if customer is None or not _ACCOUNT.fullmatch(account or ""):
        return Told(reason="It names no account of ours.")
    known = CustomerKnown(provider=Provider.STRIPE, customer=customer, account=account or "")
    return Told(events=(known,), wakes=customer)


def _settled_charge(asked: _Asked) -> Told:
    return Told(reason="What waited for it is applied.", wakes=asked.read(objects.Charge).id)


def _unknown_customer(customer: str) -> Told:
    return Told(reason=f"Nobody here is the customer {customer}.", waits_for=customer)


def _no_invoice() -> Told:
    return Told(reason="It is not of an invoice.")


def _instant(seconds: int) -> Instant:
    return Instant(seconds * SECOND)


_REFUND_STATUS = {
    "succeeded": AdjustmentStatus.SUCCEEDED,
    "failed": AdjustmentStatus.FAILED,
    "canceled": AdjustmentStatus.FAILED,
}
_DISPUTE_STATUS = {
    "needs_response": AdjustmentStatus.OPEN,
    "under_review": AdjustmentStatus.OPEN,
    "won": AdjustmentStatus.WON,
    "prevented": AdjustmentStatus.WON,
    "lost": AdjustmentStatus.LOST,
}
_SUBSCRIPTION_STATUS = {
    **{
        status.value: status
        for status in SubscriptionStatus
        if status is not SubscriptionStatus.ENDED
    },
    "canceled": SubscriptionStatus.ENDED,
    "incomplete_expired": SubscriptionStatus.ENDED,
}
_WORK: dict[str, Callable[[_Asked], Told]] = {
    "invoice.paid": _invoice,
    **dict.fromkeys(("refund.created", "refund.updated", "refund.failed"), _refund),
    "charge.refund.updated": _refund,
    "charge.refunded": _refunded_charge,
    "charge.updated": _settled_charge,
    **{
        f"charge.dispute.{what}": _dispute
        for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
    },
    **dict.fromkeys(
        ("credit_note.created", "credit_note.updated", "credit_note.voided"), _credit_note
    ),
    **dict.fromkeys(("customer.created", "customer.updated"), _customer),
    **dict.fromkeys(
        ("checkout.session.completed", "checkout.session.async_payment_succeeded"), _checkout
    ),
}
"""What is done with the events that say something; all others are ignored."""
