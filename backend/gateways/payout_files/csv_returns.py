"""Return files that are CSV: PayPal's report, Wise's history, and a plain list of our own shape.

Sources: PayPal's documentation, "Track payout item status", for what its statuses mean; the header
of Wise's transaction history. The plain list, `id,status,reason`, serves every method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.domain.csv_files import Table, read_csv
from backend.domain.money import CURRENCIES, check_currency, parse_amount
from backend.domain.payout_files import Outcome, Returned
from backend.errors import Invalid

REASON_LENGTH = 200

Row = Mapping[str, str]

_PLAIN_COLUMNS = ("id", "status", "reason")
_PLAIN = {
    **dict.fromkeys(("paid", "succeeded", "success", "completed", "settled"), "paid"),
    **dict.fromkeys(("failed", "returned", "rejected", "cancelled", "canceled"), "failed"),
    **dict.fromkeys(("sent", "pending"), "open"),
}
_PAYPAL = {
    **dict.fromkeys(("success", "succeeded", "completed"), "paid"),
    **dict.fromkeys(("failed", "returned", "blocked", "refunded", "reversed"), "failed"),
    **dict.fromkeys(("denied", "canceled", "cancelled"), "failed"),
    # PayPal takes unclaimed money back after 30 days, and says so then.
    **dict.fromkeys(("pending", "processing", "unclaimed", "onhold", "held"), "open"),
}
_WISE = {
    **dict.fromkeys(("completed",), "paid"),
    **dict.fromkeys(("refunded", "cancelled", "failed", "bounced_back"), "failed"),
    **dict.fromkeys(("pending", "processing", "in progress", "waiting", "sent"), "open"),
}

# What PayPal's reports call our column "Customer ID", and the other columns.
_PAYPAL_IDS = ("customer id", "unique id", "sender item id", "sender_item_id", "reference id")
_PAYPAL_STATUSES = ("status", "transaction status", "transaction_status")
_PAYPAL_REASONS = ("reason", "error message", "error", "error code", "reason code")
_PAYPAL_AMOUNTS = ("amount", "gross amount", "gross")


def read_plain(content: bytes) -> list[Returned]:
    """Return the outcomes of `id,status,reason`, with `amount,currency` where they are given."""
    return _read_plain(read_csv(content))


def read_paypal_report(content: bytes) -> list[Returned]:
    """Return the outcomes of PayPal's report of a payouts file."""
    table = read_csv(content)
    if _is_plain(table):
        return _read_plain(table)
    key, status = _column(table, _PAYPAL_IDS), _column(table, _PAYPAL_STATUSES)
    reason, amount = _find(table, _PAYPAL_REASONS), _find(table, _PAYPAL_AMOUNTS)
    found = []
    for number, row in enumerate(table.rows, 2):
        outcome = _outcome(_PAYPAL, row[status], number)
        if row[key] and outcome is not None:
            why = row[reason] if reason and outcome == "failed" else ""
            paid = _amount(row, amount, number)
            found.append(_returned(row, row[key], outcome, why or row[status], paid))
    return found


def read_wise_history(content: bytes) -> list[Returned]:
    """Return the outcomes of Wise's transaction history, by its column "Reference".

    Rows of other directions and without a reference are other business. No amounts: Wise writes
    them after fees.
    """
    table = read_csv(content)
    if _is_plain(table):
        return _read_plain(table)
    key, status = _column(table, ("reference", "paymentreference")), _column(table, ("status",))
    found = []
    for number, row in enumerate(table.rows, 2):
        if not row[key] or row.get("direction", "out").lower() != "out":
            continue
        outcome = _outcome(_WISE, row[status], number)
        if outcome is not None:
            found.append(_returned(row, row[key], outcome, row[status], None))
    return found


def _is_plain(table: Table) -> bool:
    """Tell whether the table is one of our own shape, which Wise's, with ID and Status, is not."""
    return table.columns[: len(_PLAIN_COLUMNS)] == _PLAIN_COLUMNS


def _read_plain(table: Table) -> list[Returned]:
    if not _is_plain(table):
        raise _no_column("id, status and reason")
    return [
        _returned(row, row["id"], outcome, row["reason"], _amount(row, "amount", number))
        for number, row in enumerate(table.rows, 2)
        if (outcome := _outcome(_PLAIN, row["status"], number)) is not None
    ]


def _returned(
    row: Row, line_id: str, outcome: Outcome, reason: str, amount: int | None
) -> Returned:
    return Returned(
        line_id=line_id.removeprefix("'"),
        outcome=outcome,
        reason=" ".join(reason.split())[:REASON_LENGTH],
        amount=amount,
        currency=None if amount is None else check_currency(row["currency"]),
    )


def _outcome(table: Mapping[str, str], status: str, number: int) -> Outcome | None:
    """Return what a status means, None while the money is on its way."""
    meaning = table.get(status.lower())
    if meaning is None:
        raise Invalid(
            f"Row {number} has the status {status[:40]!r}, which says neither paid nor failed.",
            field="file",
            hint="Send the rows as id,status,reason with paid or failed.",
        )
    if meaning == "paid":
        return "paid"
    return "failed" if meaning == "failed" else None


def _amount(row: Row, column: str, number: int) -> int | None:
    """Return the row's amount in minor units; None without one, or without a known currency."""
    text = row.get(column, "").replace(",", "") if column else ""
    currency = row.get("currency", "").upper()
    if not text or currency not in CURRENCIES:
        return None
    try:
        return abs(parse_amount(text, currency))
    except Invalid as error:
        raise Invalid(f"Row {number}: {error.message}", field="file", hint=error.hint) from error


def _find(table: Table, names: Sequence[str]) -> str:
    """Return the first of the columns that is there, '' when none is."""
    return next((name for name in names if name in table.columns), "")


def _column(table: Table, names: Sequence[str]) -> str:
    found = _find(table, names)
    if not found:
        raise _no_column(names[0])
    return found


def _no_column(name: str) -> Invalid:
    return Invalid(
        f"The file has no column {name}.",
        field="file",
        hint="Send the report with its header, or a table id,status,reason.",
    )
