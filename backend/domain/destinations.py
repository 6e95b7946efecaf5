"""Where money is paid out to: one frozen shape per method, as it is encrypted and written in files.

An object of these classes has been checked: `gateways/destinations.py` makes them from what a
person typed. Source: the rules, "Payouts".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal

from backend.errors import Invalid


class Method(StrEnum):
    """How somebody is paid."""

    SEPA = "sepa"
    ACH = "ach"
    PAYPAL = "paypal"
    WISE = "wise"
    STRIPE = "stripe"
    CRYPTO = "crypto"


class Network(StrEnum):
    """Networks whose addresses carry a checksum, which is why Solana is not among them."""

    BITCOIN = "bitcoin"
    ETHEREUM = "ethereum"
    TRON = "tron"


AccountKind = Literal["checking", "savings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SepaAccount:
    """An account that a SEPA credit transfer reaches. `country` is the account's (ISO 3166)."""

    iban: str
    bic: str | None
    name: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AchAccount:
    """An account in the United States; `name` in at most 22 characters, as NACHA writes it."""

    routing: str
    account: str
    kind: AccountKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPalAccount:
    """A PayPal account by its e-mail address."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WiseRecipient:
    """Somebody whom Wise asks for their bank details by mail; paid in `currency`."""

    email: str
    name: str
    currency: str
    is_business: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeAccount:
    """A connected account of Stripe: `acct_…`."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoAddress:
    """An address whose checksum was verified."""

    network: Network
    address: str


Destination = (
    SepaAccount | AchAccount | PayPalAccount | WiseRecipient | StripeAccount | CryptoAddress
)

SHAPES: dict[Method, type[Destination]] = {
    Method.SEPA: SepaAccount,
    Method.ACH: AchAccount,
    Method.PAYPAL: PayPalAccount,
    Method.WISE: WiseRecipient,
    Method.STRIPE: StripeAccount,
    Method.CRYPTO: CryptoAddress,
}

_METHODS = {shape: method for method, shape in SHAPES.items()}


def check_method(text: str, *, field: str = "method") -> Method:
    """Return the method of that name. Raises Invalid naming `field`."""
    try:
        return Method(text.strip().lower())
    except ValueError:
        raise Invalid(
            f"{text[:20]!r} is no way to be paid.",
            field=field,
            hint=f"It can be one of {', '.join(Method)}.",
        ) from None


def method_of(destination: Destination) -> Method:
    """Return the method that pays to such a destination."""
    return _METHODS[type(destination)]


def fields_of(destination: Destination) -> dict[str, str]:
    """Return the destination as texts that `gateways/destinations.py read_destination` takes."""
    return {
        name: "yes" if value is True else str(value)
        for name, value in asdict(destination).items()
        if value not in (None, False)
    }


def mask(destination: Destination) -> str:
    """Return enough of a destination for its owner to know it, and too little for anybody else."""
    match destination:
        case SepaAccount(iban=iban):
            return f"{iban[:2]} … {iban[-4:]}"
        case AchAccount(account=account, kind=kind):
            return f"{kind} … {account[-min(4, len(account) // 2) :]}"
        case PayPalAccount(email=email) | WiseRecipient(email=email):
            local, _, domain = email.rpartition("@")
            return f"{local[0]}…@{domain}"
        case StripeAccount(id=account_id):
            return f"acct … {account_id[-4:]}"
        case CryptoAddress(network=network, address=address):
            return f"{network} {address[:4]} … {address[-4:]}"


def field_of(fields: Mapping[str, str], name: str, *, length: int) -> str:
    """Return one trimmed field. Raises Invalid when it is missing, empty or too long."""
    text = fields.get(name, "").strip()
    if not text:
        raise Invalid(f"{name} is missing.", field=name, hint="Fill it in.")
    if len(text) > length:
        raise Invalid(
            f"{name} has {len(text)} characters; {length} is the most.",
            field=name,
            hint="Shorten it.",
        )
    return text
