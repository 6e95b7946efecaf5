"""PayPal's payouts file: CSV without a header, one row a payment.

Columns: e-mail, amount, currency, our id, a note, the wallet. Source: PayPal's documentation,
"Payouts, use the web UI" (at most 5 000 rows, one currency a file).
"""

from __future__ import annotations

from backend.domain.csv_files import is_formula, write_csv
from backend.domain.destinations import Method, PayPalAccount
from backend.domain.money import CURRENCIES, format_amount
from backend.domain.payout_files import FileOrder, PayoutFile, PayoutLine, id_in_file, refuse
from backend.errors import Invalid
from backend.gateways.payout_files.accounts import read_paypal
from backend.gateways.payout_files.orders import destination_of, of_line, seal

NOTE_LENGTH = 400

_CURRENCIES = frozenset(
    {
        *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
        *("JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"),
    }
)
# PayPal takes no decimals of these, ISO 4217 has two.
_WHOLE_ONLY = frozenset({"HUF", "TWD"})


def write_paypal(order: FileOrder) -> PayoutFile:
    """Return the CSV file that PayPal's Payouts page takes."""
    rows = [row_of(line) for line in order.lines]
    return seal(order, write_csv((), rows), ending="csv", media_type="text/csv")


def row_of(line: PayoutLine) -> tuple[str, ...]:
    """Return the line's cells. Raises Invalid naming the line."""
    account = destination_of(line, PayPalAccount)
    try:
        read_paypal(account.email)
    except Invalid as error:
        raise of_line(line, error) from error
    if len(line.purpose) > NOTE_LENGTH or is_formula(line.purpose) or "\n" in line.purpose:
        raise refuse(
            line,
            f"its purpose is not one line of at most {NOTE_LENGTH} characters.",
            field="purpose",
            hint="Write it shorter, beginning with a letter.",
        )
    return (
        account.email,
        _amount(line),
        line.currency,
        id_in_file(Method.PAYPAL, line.id),
        line.purpose,
        "PAYPAL",
    )


def _amount(line: PayoutLine) -> str:
    if line.currency not in _CURRENCIES:
        raise refuse(
            line,
            f"PayPal pays no {line.currency}.",
            field="currency",
            hint="Choose another currency or method.",
        )
    if line.currency not in _WHOLE_ONLY:
        return format_amount(line.amount, line.currency)
    whole, rest = divmod(line.amount, 10 ** CURRENCIES[line.currency])
    if rest:
        raise refuse(
            line,
            f"PayPal pays {line.currency} in whole units.",
            field="amount",
            hint="Round it before the batch is made.",
        )
    return str(whole)
