"""Payouts as neutral lines, the files made of them, and what comes back about each line.

Pure values: what bytes a format wants is known in `gateways/payout_files`. A line has one id for
life; it is the idempotency key of its payment and what a return file is matched by.
Source: the rules, "Payouts".
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from backend.domain.destinations import Destination, Method
from backend.domain.instants import Day, Instant
from backend.domain.money import LARGEST, check_currency
from backend.errors import Invalid

ID_LENGTH = 35
"""The longest id of a SEPA payment (ISO 20022, Max35Text)."""

LARGEST_FILE: dict[Method, int] = {
    Method.SEPA: 10_000,
    Method.ACH: 10_000,
    Method.PAYPAL: 5_000,
    Method.WISE: 1_000,
    Method.CRYPTO: 1_000,
}
"""The most lines of one file: PayPal's and Wise's own limits, else what a bank takes readily.

A method that is missing here is paid without a file.
"""

_ID_LENGTHS = {Method.ACH: 15, Method.PAYPAL: 30, Method.WISE: 10}
_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_PLAIN_ID = re.compile(r"[A-Z0-9]+")

Outcome = Literal["paid", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutLine:
    """One payment: `amount` minor units of `currency` to `destination`."""

    id: str
    amount: int
    currency: str
    name: str
    destination: Destination
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SepaSender:
    """The account that pays a SEPA file."""

    name: str
    iban: str
    bic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AchSender:
    """The originator of a NACHA file, as its bank has set it up.

    `company_id` is what the bank gave, up to 10 characters; `entry_class` is PPD for payments to
    people and CCD for payments to companies.
    """

    routing: str
    bank_name: str
    company_name: str
    company_id: str
    entry_class: Literal["PPD", "CCD"] = "PPD"
    description: str = "PAYOUT"


Sender = SepaSender | AchSender


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    """A file that is to be written: the same order always gives the same bytes.

    `number` counts the files of one day from 0. Only SEPA and ACH have a `sender`.
    """

    id: str
    created_at: Instant
    pay_on: Day
    lines: tuple[PayoutLine, ...]
    sender: Sender | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFile:
    """A finished file. `total` is in minor units of `currency`; `sha256` is of `content`."""

    name: str
    media_type: str
    content: bytes
    lines: int
    total: int
    currency: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a return file says of one line; lines still on their way are not told.

    `line_id` is as the file has it until `match_returns`. A report about a whole file has no
    `line_id` and names the order's id in `batch`. `amount` is in minor units of `currency`.
    """

    line_id: str
    outcome: Outcome
    reason: str
    amount: int | None = None
    currency: str | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Returns with the ids of our lines, in the order of the lines, and those of nobody here."""

    found: tuple[Returned, ...]
    unknown: tuple[Returned, ...]


def refuse(line: PayoutLine, message: str, *, field: str, hint: str) -> Invalid:
    """Return the error that names the line."""
    return Invalid(f"Payout {line.id}: {message}", field=field, hint=hint)


def check_line(line: PayoutLine) -> None:
    """Raise Invalid, naming the line, for what no format could pay."""
    if not _is_id(line.id):
        raise Invalid(
            f"{line.id[:ID_LENGTH]!r} is no id of a payout.",
            field="id",
            hint=f"An id has at most {ID_LENGTH} letters, digits and inner hyphens.",
        )
    if check_currency(line.currency) != line.currency:
        raise refuse(
            line, f"{line.currency} is not in capitals.", field="currency", hint="Write USD."
        )
    if not 0 < line.amount <= LARGEST:
        raise refuse(
            line,
            f"{line.amount} is no amount to pay.",
            field="amount",
            hint="It has to be above zero.",
        )


def check_order(order: FileOrder, method: Method) -> str:
    """Return the order's one currency. Raises Invalid for what cannot be one file."""
    most = LARGEST_FILE.get(method)
    if most is None:
        raise Invalid(
            f"{method} is paid without a file.", field="method", hint="Send it as transfers."
        )
    if not _is_id(order.id):
        raise Invalid("The file has no usable id.", field="id", hint="Use a batch's id.")
    if not 0 < len(order.lines) <= most:
        raise Invalid(
            f"A file for {method} holds 1 to {most} payouts, not {len(order.lines)}.",
            field="lines",
            hint="Split the batch.",
        )
    for line in order.lines:
        check_line(line)
    _check_ids(order.lines, method)
    currencies = {line.currency for line in order.lines}
    if len(currencies) > 1:
        raise Invalid(
            f"One file has one currency, not {', '.join(sorted(currencies))}.",
            field="currency",
            hint="Make a batch of each currency.",
        )
    return currencies.pop()


def _is_id(text: str) -> bool:
    return len(text) <= ID_LENGTH and _ID.fullmatch(text) is not None


def _check_ids(lines: Sequence[PayoutLine], method: Method) -> None:
    """Refuse lines that a return file could not tell apart."""
    seen: dict[str, PayoutLine] = {}
    for line in lines:
        other = seen.setdefault(id_in_file(method, line.id), line)
        if other is not line:
            raise refuse(
                line,
                f"it has the id of payout {other.id} in this format.",
                field="id",
                hint="Put it into another batch.",
            )


def id_in_file(method: Method, line_id: str) -> str:
    """Return the id as a file of the method carries it: itself, or a digest where it is too long.

    PayPal takes 30 characters, NACHA 15 capitals, Wise 10 wherever the money goes. A digest of 10
    characters has 50 bits; `check_order` refuses the file in which two should ever meet.
    """
    length = _ID_LENGTHS.get(method, ID_LENGTH)
    if len(line_id) <= length and (method not in _ID_LENGTHS or _PLAIN_ID.fullmatch(line_id)):
        return line_id
    digest = hashlib.sha256(line_id.encode()).digest()
    return base64.b32encode(digest).decode()[:length]


def match_returns(
    method: Method, returns: Iterable[Returned], line_ids: Sequence[str], *, order_id: str = ""
) -> Matched:
    """Say which of `line_ids` were paid or failed, and which returns are about no line of these.

    A report about a whole file speaks for each line that it does not name itself. Of several
    words about one line `failed` is the last: money comes back after it was sent, never before.
    """
    ours = {id_in_file(method, line_id): line_id for line_id in line_ids}
    ours |= {line_id: line_id for line_id in line_ids}
    found: dict[str, Returned] = {}
    whole: Returned | None = None
    unknown = []
    for returned in returns:
        line_id = ours.get(returned.line_id)
        if line_id is not None:
            found[line_id] = _stronger(found.get(line_id), replace(returned, line_id=line_id))
        elif not returned.line_id and returned.batch and returned.batch == order_id:
            whole = _stronger(whole, returned)
        else:
            unknown.append(returned)
    if whole is not None:
        found = {line_id: replace(whole, line_id=line_id) for line_id in line_ids} | found
    told = tuple(found[line_id] for line_id in line_ids if line_id in found)
    return Matched(found=told, unknown=tuple(unknown))


def _stronger(before: Returned | None, now: Returned) -> Returned:
    return now if before is None or before.outcome == "paid" else before
