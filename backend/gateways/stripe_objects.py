"""What is read of Stripe's objects: the few members that matter, each with its type.

Both shapes are read where API versions differ. Source: Stripe's API reference; amounts are minor
units, times are seconds since 1970.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from backend.errors import Invalid

T = TypeVar("T")


class BalanceTransaction(msgspec.Struct, frozen=True):
    """What moved on the balance, in the currency of the balance."""

    amount: int
    currency: str
    fee: int


class Charge(msgspec.Struct, frozen=True):
    id: str
    amount: int
    currency: str
    status: str = ""
    balance_transaction: BalanceTransaction | str | None = None
    payment_intent: str | None = None
    payment_method_details: dict[str, Any] | None = None
    """`type` names the member about the card or bank account; many kinds have a `fingerprint`, the
    same for whoever pays with it."""

    @property
    def instrument(self) -> str | None:
        """Return the kind and fingerprint of what was charged; None for one without."""
        details = self.payment_method_details or {}
        kind = details.get("type")
        of_kind = details.get(kind) if isinstance(kind, str) else None
        fingerprint = of_kind.get("fingerprint") if isinstance(of_kind, dict) else None
        return f"{kind}:{fingerprint}" if isinstance(fingerprint, str) and fingerprint else None


class PaymentIntent(msgspec.Struct, frozen=True):
    id: str
    latest_charge: Charge | None = None


class PaidBy(msgspec.Struct, frozen=True):
    """What an invoice was paid by: `type` names the member that is set."""

    type: str
    payment_intent: str | None = None
    charge: str | None = None


class InvoicePayment(msgspec.Struct, frozen=True):
    status: str
    payment: PaidBy
    invoice: str


class InvoicePayments(msgspec.Struct, frozen=True):
    data: list[InvoicePayment]


class Period(msgspec.Struct, frozen=True):
    start: int


class Line(msgspec.Struct, frozen=True):
    period: Period
    amount: int = 0


class Lines(msgspec.Struct, frozen=True):
    data: list[Line]


class Tax(msgspec.Struct, frozen=True):
    amount: int


class Transitions(msgspec.Struct, frozen=True):
    paid_at: int | None = None


class Address(msgspec.Struct, frozen=True):
    country: str | None = None


class Invoice(msgspec.Struct, frozen=True):
    id: str
    customer: str
    currency: str
    status: str | None
    amount_paid: int
    total: int
    created: int
    lines: Lines
    status_transitions: Transitions
    total_excluding_tax: int | None = None
    total_taxes: list[Tax] | None = None
    payments: InvoicePayments | None = None
    customer_address: Address | None = None


class Refund(msgspec.Struct, frozen=True):
    id: str
    amount: int
    currency: str
    created: int
    status: str | None
    payment_intent: str | None = None
    charge: str | None = None


class Refunds(msgspec.Struct, frozen=True):
    data: list[Refund]


class Dispute(msgspec.Struct, frozen=True):
    id: str
    amount: int
    currency: str
    created: int
    status: str
    balance_transactions: list[BalanceTransaction]
    payment_intent: str | None = None
    charge: str | None = None


class CreditNote(msgspec.Struct, frozen=True):
    id: str
    invoice: str
    currency: str
    created: int
    status: str
    out_of_band_amount: int | None = None
    voided_at: int | None = None


class Price(msgspec.Struct, frozen=True):
    lookup_key: str | None = None
    metadata: dict[str, str] = {}


class Item(msgspec.Struct, frozen=True):
    """`current_period_end` stands here since the API of March 2025, before on the subscription."""

    price: Price
    current_period_end: int | None = None


class Items(msgspec.Struct, frozen=True):
    data: list[Item]


class Subscription(msgspec.Struct, frozen=True):
    id: str
    customer: str
    status: str
    start_date: int
    items: Items
    current_period_end: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    ended_at: int | None = None


class Session(msgspec.Struct, frozen=True):
    """A checkout session."""

    id: str
    customer: str | None = None
    client_reference_id: str | None = None


class Customer(msgspec.Struct, frozen=True):
    id: str
    metadata: dict[str, str] = {}


class Named(msgspec.Struct, frozen=True):
    """Any object: what it is, and its id where it has one."""

    object: str = ""
    id: str | None = None


class Data(msgspec.Struct, frozen=True):
    object: msgspec.Raw


class Event(msgspec.Struct, frozen=True):
    """`account` is set on events of connected accounts, which are other people's."""

    id: str
    type: str
    created: int
    livemode: bool
    data: Data
    account: str | None = None


def read(raw: bytes | msgspec.Raw, wanted: type[T]) -> T:
    """Return what JSON holds of an object. Raises Invalid when it is none of that kind."""
    try:
        return msgspec.json.decode(raw, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _strange(wanted, error) from error


def convert(value: Any, wanted: type[T]) -> T:
    """Return what an object that was asked for holds. Raises Invalid as `read` does."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise _strange(wanted, error) from error


def _strange(wanted: type[Any], error: Exception) -> Invalid:
    return Invalid(
        f"Stripe's {wanted.__name__.lower()} is not as its reference says: {str(error)[:200]}."
    )
