"""Who can be paid, how, and why somebody cannot be paid right now. Source: the rules, "Payouts".

Where the money goes is sealed; here stand only what may be shown of it and when it was changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.domain.destinations import (
    AchAccount,
    CryptoAddress,
    Destination,
    Method,
    PayPalAccount,
    SepaAccount,
    StripeAccount,
    WiseRecipient,
)
from backend.domain.instants import DAY, Instant, to_text
from backend.domain.money import BASIS_POINTS, Money, portion
from backend.domain.payout_currencies import CURRENCIES_OF
from backend.errors import Conflict, Forbidden, Invalid, NotFound

MINIMUM = Money(minor=5_000, currency="USD")
"""The least that is paid out, or its equivalent; below it the money waits for the next month."""
COOL_DOWN = 7 * DAY
"""How long nothing is paid to a destination that took the place of a confirmed one."""
CONFIRM_LIFETIME = 3 * DAY
"""How long the link in a mail confirms a destination."""
NOTE_LENGTH = 300


class PayeeState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    """The owner has not yet followed the link in the mail about this destination."""
    CONFIRMED = "confirmed"


class Reason(StrEnum):
    """Why somebody is not paid at the moment, in the order in which they are told."""

    NO_METHOD = "no_method"
    ERASED = "erased"
    SUSPENDED = "suspended"
    HELD = "held"
    METHOD_OFF = "method_off"
    UNCONFIRMED = "unconfirmed"
    COOLING_DOWN = "cooling_down"
    NO_RATE = "no_rate"
    BELOW_MINIMUM = "below_minimum"


REASON_WORDS: dict[Reason, str] = {
    Reason.NO_METHOD: "No payout method is set.",
    Reason.ERASED: "The account was erased.",
    Reason.SUSPENDED: "The account is suspended.",
    Reason.HELD: "Payouts are held until a person has looked at them.",
    Reason.METHOD_OFF: "This service does not pay by this method at the moment.",
    Reason.UNCONFIRMED: "The destination is not confirmed: follow the link in the mail.",
    Reason.COOLING_DOWN: "The destination was changed, and is not paid to for 7 days after that.",
    Reason.NO_RATE: "There is no exchange rate for today yet.",
    Reason.BELOW_MINIMUM: "What is available is below the minimum of $50 or its equivalent.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """How an account is paid. `masked` is what may be shown of the destination, `digest` finds
    equal ones, `sealed` only opens with the service's secret.

    `cools_until` is set when the destination took the place of a confirmed one. `withheld_bp` is
    kept back from each payout for a tax office.
    """

    account: str
    method: Method
    currency: str
    masked: str
    digest: str
    sealed: str
    state: PayeeState
    changed_at: Instant
    confirmed_at: Instant | None
    cools_until: Instant | None
    is_held: bool = False
    withheld_bp: int = 0
    note: str = ""

    def is_cooling(self, now: Instant) -> bool:
        return self.cools_until is not None and now < self.cools_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of an account matters beside its payee: whether it may be paid at all."""

    is_suspended: bool = False
    is_erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDestination:
    """A destination that an owner has just given."""

    method: Method
    currency: str
    masked: str
    digest: str
    sealed: str


def identity_of(destination: Destination) -> str:
    """Return what is the same for two destinations at which the same money arrives."""
    match destination:
        case SepaAccount(iban=iban):
            return f"iban {iban}"
        case AchAccount(routing=routing, account=account):
            return f"ach {routing} {account}"
        case PayPalAccount(email=email) | WiseRecipient(email=email):
            return f"email {email.casefold()}"
        case StripeAccount(id=account_id):
            return f"stripe {account_id}"
        case CryptoAddress(network=network, address=address):
            return f"{network} {address}"


def mailbox_of(destination: Destination) -> str | None:
    """Return the address at which whoever owns the destination can be told about it."""
    if isinstance(destination, PayPalAccount | WiseRecipient):
        return destination.email
    return None


def check_terms(method: Method, currency: str, offered: Collection[Method]) -> None:
    """Raise Invalid unless this service pays `currency` by `method`."""
    if method not in offered:
        raise Invalid(
            f"This service does not pay by {method}.",
            field="method",
            hint=f"Choose one of {', '.join(sorted(offered)) or 'none'}.",
        )
    if currency not in CURRENCIES_OF[method]:
        known = ", ".join(sorted(CURRENCIES_OF[method]))
        raise Invalid(
            f"{method} does not pay {currency}.", field="currency", hint=f"It pays {known}."
        )


def change(known: Payee | None, account: str, new: NewDestination, now: Instant) -> Payee:
    """Return the payee with a new destination, which has to be confirmed.

    Nothing is paid to it for 7 days when an earlier one had been confirmed once: whoever takes
    over an account cannot empty it before its owner reads the mail about it. The same destination
    again, if with its owner's name written differently, is no change.
    """
    if known and (known.method, known.currency, known.digest) == (
        new.method, new.currency, new.digest,
    ):  # fmt: skip
        return replace(known, masked=new.masked, sealed=new.sealed)
    was_confirmed = known is not None and known.confirmed_at is not None
    made = Payee(
        account=account,
        method=new.method,
        currency=new.currency,
        masked=new.masked,
        digest=new.digest,
        sealed=new.sealed,
        state=PayeeState.UNCONFIRMED,
        changed_at=now,
        confirmed_at=known.confirmed_at if known else None,
        cools_until=Instant(now + COOL_DOWN) if was_confirmed else None,
    )
    if known is None:
        return made
    return replace(made, is_held=known.is_held, withheld_bp=known.withheld_bp, note=known.note)


def renew(payee: Payee, new: NewDestination) -> Payee:
    """Return the payee with the same destination, sealed anew."""
    return replace(payee, digest=new.digest, sealed=new.sealed)


def confirm(payee: Payee, now: Instant) -> Payee:
    """Return the payee with its destination confirmed; it stays so."""
    if payee.state is PayeeState.CONFIRMED:
        return payee
    return replace(payee, state=PayeeState.CONFIRMED, confirmed_at=now)


def restrict(payee: Payee, *, is_held: bool, withheld_bp: int, note: str) -> Payee:
    """Return the payee as an administrator wants it. Raises Invalid for what cannot be."""
    if not 0 <= withheld_bp < BASIS_POINTS:
        raise Invalid(
            f"{withheld_bp} basis points cannot be withheld.",
            field="withheld_bp",
            hint="2400 are 24 percent.",
        )
    if len(note) > NOTE_LENGTH:
        raise Invalid(f"A note has at most {NOTE_LENGTH} characters.", field="note", hint="Cut it.")
    return replace(payee, is_held=is_held, withheld_bp=withheld_bp, note=note.strip())


def withheld_of(payee: Payee, amount: int) -> int:
    """Return what is kept back of a payout, rounded down."""
    return portion(amount, payee.withheld_bp, BASIS_POINTS)


def find_obstacle(
    payee: Payee | None, standing: Standing, offered: Collection[Method], now: Instant
) -> Reason | None:
    """Return why nothing can be paid to somebody at all, whatever the amount."""
    if standing.is_erased:
        return Reason.ERASED
    if payee is None:
        return Reason.NO_METHOD
    obstacles = (
        (standing.is_suspended, Reason.SUSPENDED),
        (payee.is_held, Reason.HELD),
        (payee.method not in offered, Reason.METHOD_OFF),
        (payee.state is not PayeeState.CONFIRMED, Reason.UNCONFIRMED),
        (payee.is_cooling(now), Reason.COOLING_DOWN),
    )
    return next((reason for is_so, reason in obstacles if is_so), None)


def reason_not_payable(
    payee: Payee | None,
    standing: Standing,
    offered: Collection[Method],
    now: Instant,
    *,
    dollars: int | None,
) -> Reason | None:
    """Return why somebody is not paid now, None when they are.

    `dollars` is what is available in cents of USD, None when there is no rate for it.
    """
    obstacle = find_obstacle(payee, standing, offered, now)
    if obstacle is not None:
        return obstacle
    if dollars is None:
        return Reason.NO_RATE
    return Reason.BELOW_MINIMUM if dollars < MINIMUM.minor else None


def explain(reason: Reason | None, payee: Payee | None) -> str:
    """Return a reason in words, with its end where it has one; '' for none."""
    if reason is None:
        return ""
    if reason is Reason.COOLING_DOWN and payee and payee.cools_until:
        return f"{REASON_WORDS[reason]} That is over on {to_text(payee.cools_until)}."
    return REASON_WORDS[reason]


def no_payee() -> NotFound:
    """Return the error for an account without a payout method."""
    return NotFound("There is no payout method.", hint="Set one on the page of your account.")


def needs_person(is_session: bool) -> None:
    """Raise Forbidden for a token: where money goes is changed by a person alone."""
    if not is_session:
        raise Forbidden("A token does not change where money goes.", hint="Sign in to change it.")


def stale_link() -> Conflict:
    """Return the error for a link about a destination that is no longer the one."""
    return Conflict(
        "This link was used, has run out, or is about an earlier destination.",
        hint="Save the payout method again; a new link is sent.",
    )
