"""Wise's batch file for recipients by e-mail, who give Wise their bank details themselves.

In the recipient's own currency they get exactly the amount and the fee is ours ("target"); into
another one the amount is what we give, and Wise changes it ("source"). Source: Wise's help, "How
do I fill in my batch template?" (at most 1 000 rows).
"""

from __future__ import annotations

from backend.domain.csv_files import write_csv
from backend.domain.destinations import Method, WiseRecipient
from backend.domain.money import format_amount
from backend.domain.payout_files import FileOrder, PayoutFile, PayoutLine, id_in_file
from backend.errors import Invalid
from backend.gateways.payout_files.accounts import WISE_NAME_LENGTH, read_wise
from backend.gateways.payout_files.orders import destination_of, of_line, seal
from backend.gateways.payout_files.texts import to_latin

COLUMNS = (
    "name",
    "recipientEmail",
    "paymentReference",
    "receiverType",
    "amountCurrency",
    "amount",
    "sourceCurrency",
    "targetCurrency",
)


def write_wise(order: FileOrder) -> PayoutFile:
    """Return the CSV file that Wise's batch payments take."""
    rows = [row_of(line) for line in order.lines]
    return seal(order, write_csv(COLUMNS, rows), ending="csv", media_type="text/csv")


def row_of(line: PayoutLine) -> tuple[str, ...]:
    """Return the line's cells. Raises Invalid naming the line."""
    recipient = destination_of(line, WiseRecipient)
    try:
        read_wise(email=recipient.email, name=recipient.name, currency=recipient.currency)
        name = to_latin(recipient.name, field="name", length=WISE_NAME_LENGTH)
    except Invalid as error:
        raise of_line(line, error) from error
    return (
        name,
        recipient.email,
        id_in_file(Method.WISE, line.id),
        "INSTITUTION" if recipient.is_business else "PERSON",
        "target" if recipient.currency == line.currency else "source",
        format_amount(line.amount, line.currency),
        line.currency,
        recipient.currency,
    )
