"""Destinations from what a person typed, with every checksum verified.

Each function raises Invalid naming the field that is wrong. Sources: ISO 13616 (IBAN, by the
library schwifty), ISO 9362 (BIC), the American Bankers Association's check digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from backend.domain.accounts import EMAIL_LENGTH, read_address
from backend.domain.csv_files import is_formula
from backend.domain.destinations import (
    AccountKind,
    AchAccount,
    Destination,
    Method,
    PayPalAccount,
    SepaAccount,
    StripeAccount,
    WiseRecipient,
    field_of,
)
from backend.domain.money import check_currency
from backend.errors import Invalid
from backend.gateways.payout_files.crypto_addresses import ADDRESS_LENGTH, read_crypto
from backend.gateways.payout_files.texts import to_capitals, to_latin

SEPA_NAME_LENGTH = 70
"""EPC's rulebook of SEPA credit transfers, attribute E001: shorter than ISO 20022's 140."""
ACH_NAME_LENGTH = 22
"""NACHA's entry detail record, field 8."""
WISE_NAME_LENGTH = 100
_PAYPAL_EMAIL_LENGTH = 127

_ROUTING = re.compile(r"[0-9]{9}")
_ROUTING_WEIGHTS = (3, 7, 1) * 3
_ACH_ACCOUNT = re.compile(r"[A-Za-z0-9]{4,17}")
_STRIPE_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{8,64}")


def read_sepa(*, iban: str, name: str, bic: str | None = None) -> SepaAccount:
    """Return an account inside the SEPA zone."""
    account = read_iban(iban)
    to_latin(name, field="name", length=SEPA_NAME_LENGTH)
    return SepaAccount(
        iban=account, bic=read_bic(bic) if bic else None, name=_one_line(name), country=account[:2]
    )


def read_iban(text: str) -> str:
    """Return a SEPA country's IBAN without spaces: length and digits of the country, mod 97."""
    try:
        iban = IBAN(text[:50])
    except SchwiftyException as error:
        raise Invalid(
            f"That is no IBAN: {str(error).lower()}.",
            field="iban",
            hint="Copy it from your bank, like DE89 3704 0044 0532 0130 00.",
        ) from error
    if not iban.in_sepa_zone:
        raise Invalid(
            f"Accounts in {iban.country_code} are not reached by SEPA.",
            field="iban",
            hint="Choose another way to be paid.",
        )
    return str(iban.compact)


def read_bic(text: str) -> str:
    """Return a BIC of 8 or 11 characters in capitals."""
    try:
        return str(BIC(text[:20]).compact)
    except SchwiftyException as error:
        raise Invalid(
            f"That is no BIC: {str(error).lower()}.",
            field="bic",
            hint="Leave it out: the IBAN is enough.",
        ) from error


def read_ach(*, routing: str, account: str, kind: str, name: str) -> AchAccount:
    """Return an account in the United States."""
    number = account.replace(" ", "").replace("-", "")
    if _ACH_ACCOUNT.fullmatch(number) is None:
        raise Invalid(
            "That is no account number.", field="account", hint="It has 4 to 17 digits or letters."
        )
    if kind not in ("checking", "savings"):
        raise Invalid(
            f"{kind[:20]!r} is no kind of account.", field="kind", hint="checking or savings."
        )
    to_capitals(name, field="name", length=ACH_NAME_LENGTH)
    return AchAccount(
        routing=read_routing(routing),
        account=number.upper(),
        kind=cast(AccountKind, kind),
        name=_one_line(name),
    )


def read_routing(text: str) -> str:
    """Return an ABA routing number of nine digits whose check digit holds."""
    digits = text.replace(" ", "").replace("-", "")
    if not _has_check_digit(digits):
        raise Invalid(
            "That is no routing number, or a digit of it is wrong.",
            field="routing",
            hint="It is the first nine digits at the bottom of a check.",
        )
    return digits


def _has_check_digit(digits: str) -> bool:
    if _ROUTING.fullmatch(digits) is None or not int(digits):
        return False
    pairs = zip(digits, _ROUTING_WEIGHTS, strict=True)
    return sum(int(digit) * weight for digit, weight in pairs) % 10 == 0


def read_paypal(email: str) -> PayPalAccount:
    """Return a PayPal account."""
    return PayPalAccount(email=_read_email(email, length=_PAYPAL_EMAIL_LENGTH))


def read_wise(*, email: str, name: str, currency: str, is_business: bool = False) -> WiseRecipient:
    """Return somebody whom Wise pays in `currency`."""
    if is_formula(to_latin(name, field="name", length=WISE_NAME_LENGTH)):
        raise Invalid(
            "A name begins with a letter.", field="name", hint="Write it as your bank has it."
        )
    return WiseRecipient(
        email=_read_email(email, length=EMAIL_LENGTH),
        name=_one_line(name),
        currency=check_currency(currency),
        is_business=is_business,
    )


def read_stripe(account: str) -> StripeAccount:
    """Return a connected account of Stripe."""
    if _STRIPE_ACCOUNT.fullmatch(account.strip()) is None:
        raise Invalid(
            "That is no connected account of Stripe.", field="id", hint="It begins with acct_."
        )
    return StripeAccount(id=account.strip())


def _read_email(text: str, *, length: int) -> str:
    """Return an address that a CSV carries unchanged.

    One that begins like a formula would reach a spreadsheet as one, and quoted it would be
    somebody else's, so it is not taken.
    """
    email = read_address(text).email
    if len(email) > length or not email[0].isalnum():
        raise Invalid(
            "Payment files cannot carry that address.",
            field="email",
            hint=f"Use one of at most {length} characters that begins with a letter or digit.",
        )
    return email


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _sepa(fields: Mapping[str, str]) -> Destination:
    return read_sepa(
        iban=field_of(fields, "iban", length=50),
        bic=fields.get("bic") or None,
        name=field_of(fields, "name", length=200),
    )


def _ach(fields: Mapping[str, str]) -> Destination:
    return read_ach(
        routing=field_of(fields, "routing", length=20),
        account=field_of(fields, "account", length=40),
        kind=field_of(fields, "kind", length=10),
        name=field_of(fields, "name", length=200),
    )


def _paypal(fields: Mapping[str, str]) -> Destination:
    return read_paypal(field_of(fields, "email", length=EMAIL_LENGTH))


def _wise(fields: Mapping[str, str]) -> Destination:
    return read_wise(
        email=field_of(fields, "email", length=EMAIL_LENGTH),
        name=field_of(fields, "name", length=200),
        currency=field_of(fields, "currency", length=3),
        is_business=fields.get("is_business", "") in ("yes", "true", "on", "1"),
    )


def _stripe(fields: Mapping[str, str]) -> Destination:
    return read_stripe(field_of(fields, "id", length=80))


def _crypto(fields: Mapping[str, str]) -> Destination:
    return read_crypto(
        field_of(fields, "network", length=20), field_of(fields, "address", length=ADDRESS_LENGTH)
    )


READERS: dict[Method, Callable[[Mapping[str, str]], Destination]] = {
    Method.SEPA: _sepa,
    Method.ACH: _ach,
    Method.PAYPAL: _paypal,
    Method.WISE: _wise,
    Method.STRIPE: _stripe,
    Method.CRYPTO: _crypto,
}
"""From fields, as `fields_of` gives them, to the destination of each method."""
