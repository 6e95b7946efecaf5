"""Money: whole minor units and an ISO 4217 currency, never a fraction and never a float.

Rates are whole basis points, 10 000 of them are all. Source: the rules, "Commission plans".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.errors import Invalid

BASIS_POINTS = 10_000
LARGEST = 2**53 - 1
"""The largest amount that is taken: what a JSON number holds exactly (RFC 8785)."""

CURRENCIES: dict[str, int] = {
    "AED": 2, "ARS": 2, "AUD": 2, "BGN": 2, "BHD": 3, "BRL": 2, "CAD": 2, "CHF": 2, "CLP": 0,
    "CNY": 2, "COP": 2, "CZK": 2, "DKK": 2, "EGP": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 2,
    "IDR": 2, "ILS": 2, "INR": 2, "ISK": 0, "JOD": 3, "JPY": 0, "KES": 2, "KRW": 0, "KWD": 3,
    "MAD": 2, "MXN": 2, "MYR": 2, "NGN": 2, "NOK": 2, "NZD": 2, "OMR": 3, "PEN": 2, "PHP": 2,
    "PKR": 2, "PLN": 2, "QAR": 2, "RON": 2, "SAR": 2, "SEK": 2, "SGD": 2, "THB": 2, "TND": 3,
    "TRY": 2, "TWD": 2, "TZS": 2, "UAH": 2, "UGX": 0, "USD": 2, "VND": 0, "XOF": 0, "ZAR": 2,
}  # fmt: skip
"""The currencies that are known, each with its decimals (ISO 4217, list one)."""

_AMOUNT = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in minor units of a currency; it may be negative."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{format_amount(self.minor, self.currency)} {self.currency}"


def check_currency(text: str, *, field: str = "currency") -> str:
    """Return the code in capitals. Raises Invalid naming `field` when it is not a known one."""
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise Invalid(
            f"{text[:20]!r} is no currency that is known here.",
            field=field,
            hint="Use an ISO 4217 code like USD, EUR or JPY.",
        )
    return code


def check_amount(minor: int, *, field: str = "amount", least: int = 0) -> int:
    """Return the amount. Raises Invalid below `least` and beyond what can be kept exactly."""
    if not least <= minor <= LARGEST:
        raise Invalid(
            f"{minor} is no amount: it has to be between {least} and {LARGEST} minor units.",
            field=field,
            hint="Amounts are whole numbers of the smallest unit, like cents.",
        )
    return minor


def format_amount(minor: int, currency: str) -> str:
    """Return the amount with the currency's decimals and a point: `29.00`, `-0.05`, `1500`."""
    decimals = CURRENCIES[currency]
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).zfill(decimals + 1)
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def parse_amount(text: str, currency: str, *, field: str = "amount") -> int:
    """Return minor units of an amount like `29`, `29.5` or `-29.00`. Raises Invalid naming `field`.

    More decimals than the currency has are refused, not rounded.
    """
    found = _AMOUNT.fullmatch(text.strip())
    decimals = CURRENCIES[currency]
    if found is None or len(found[3] or "") > decimals:
        raise Invalid(
            f"{text[:40]!r} is no amount of {currency}, which has {decimals} decimals.",
            field=field,
            hint=f"Write it like {format_amount(2_900, currency)}.",
        )
    minor = int(found[2]) * 10**decimals + int((found[3] or "").ljust(decimals, "0") or "0")
    return check_amount(-minor if found[1] else minor, field=field, least=-LARGEST)


def split(amount: int, rates_bp: Sequence[int]) -> tuple[int, ...]:
    """Return each rate's share of an amount that is not negative, by largest remainder.

    Each share is rounded down; what the sum of the rates, rounded down, lacks then goes out one
    unit each to the largest remainders, ties to the earlier rate.
    """
    parts = [divmod(amount * rate, BASIS_POINTS) for rate in rates_bp]
    missing = amount * sum(rates_bp) // BASIS_POINTS - sum(part for part, _ in parts)
    if not missing:
        return tuple(part for part, _ in parts)
    ranked = sorted(range(len(parts)), key=lambda place: -parts[place][1])
    lucky = set(ranked[:missing])
    return tuple(part + (place in lucky) for place, (part, _) in enumerate(parts))


def portion(amount: int, numerator: int, denominator: int) -> int:
    """Return `amount` × `numerator` ÷ `denominator`, rounded down; nothing of nothing."""
    return amount * numerator // denominator if denominator else 0
