"""A list of addresses for whoever pays in coins, each checksum verified once more.

Amounts are in the batch's currency: which coin, and at which rate, is decided where it is sent.
"""

from __future__ import annotations

from backend.domain.csv_files import write_csv
from backend.domain.destinations import CryptoAddress
from backend.domain.money import format_amount
from backend.domain.payout_files import FileOrder, PayoutFile, PayoutLine
from backend.errors import Invalid
from backend.gateways.payout_files.crypto_addresses import read_crypto
from backend.gateways.payout_files.orders import destination_of, of_line, seal

COLUMNS = ("id", "network", "address", "amount", "currency")


def write_crypto(order: FileOrder) -> PayoutFile:
    """Return the CSV list, sorted by nothing: the order's own sequence."""
    rows = [row_of(line) for line in order.lines]
    return seal(order, write_csv(COLUMNS, rows), ending="csv", media_type="text/csv")


def row_of(line: PayoutLine) -> tuple[str, ...]:
    """Return the line's cells. Raises Invalid naming the line."""
    destination = destination_of(line, CryptoAddress)
    try:
        checked = read_crypto(destination.network, destination.address)
    except Invalid as error:
        raise of_line(line, error) from error
    amount = format_amount(line.amount, line.currency)
    return line.id, checked.network, checked.address, amount, line.currency
