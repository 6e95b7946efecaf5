"""What each payout method can pay."""

from __future__ import annotations

from backend.domain.destinations import Method

CURRENCIES_OF: dict[Method, frozenset[str]] = {
    Method.SEPA: frozenset({"EUR"}),
    Method.ACH: frozenset({"USD"}),
    # PayPal takes HUF and TWD without decimals alone, and pays BRL, CNY and MYR inside the country.
    Method.PAYPAL: frozenset((
        "AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "JPY", "MXN", "NOK",
        "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "USD",
    )),
    Method.WISE: frozenset((
        "AUD", "BGN", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR",
        "ILS", "INR", "JPY", "KES", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON",
        "SEK", "SGD", "THB", "TRY", "UAH", "USD", "VND", "ZAR",
    )),
    Method.STRIPE: frozenset((
        "AUD", "BGN", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "JPY", "MXN",
        "MYR", "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "THB", "USD",
    )),
    Method.CRYPTO: frozenset({"USD"}),
}  # fmt: skip
"""The currencies that each method pays; an address list is reckoned in dollars."""
