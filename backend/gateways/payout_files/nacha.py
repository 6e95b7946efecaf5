"""ACH credits as a NACHA file, by the library achkit: one batch of PPD or CCD entries.

The library fills the records, the hash totals and the block of ten; we see to it that nothing in
them had to be cut or replaced. Source: the Nacha Operating Rules, appendix three.
"""

from __future__ import annotations

import re

from achkit import AchError, AchFile

from backend.domain.destinations import AchAccount, Method
from backend.domain.instants import date_of, to_datetime
from backend.domain.payout_files import (
    AchSender,
    FileOrder,
    PayoutFile,
    PayoutLine,
    id_in_file,
    refuse,
)
from backend.errors import Invalid
from backend.gateways.payout_files.accounts import ACH_NAME_LENGTH, read_ach, read_routing
from backend.gateways.payout_files.orders import destination_of, of_line, seal
from backend.gateways.payout_files.texts import to_capitals

LARGEST_ENTRY = 9_999_999_999
"""Cents of one entry: ten digits; a batch has twelve."""
LARGEST_BATCH = 999_999_999_999

_COMPANY_ID = re.compile(r"[A-Z0-9]{1,10}")
# The file id modifier: files of one sender on one day are told apart by it.
_MODIFIERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def write_nacha(order: FileOrder) -> PayoutFile:
    """Return the file of 94-character records. Raises Invalid for other money than US dollars."""
    sender = _check_sender(order)
    entries = [check_entry(line) for line in order.lines]
    try:
        text = _render(order, sender, entries)
    except AchError as error:
        raise Invalid(
            f"The file cannot be written: {error}.", field="lines", hint="Check the batch."
        ) from error
    return seal(order, text.encode("ascii"), ending="ach", media_type="text/plain")


def _check_sender(order: FileOrder) -> AchSender:
    sender = order.sender
    if not isinstance(sender, AchSender) or not _COMPANY_ID.fullmatch(sender.company_id):
        raise Invalid(
            "An ACH file needs its originator with the company id that the bank gave.",
            field="sender",
            hint="Set the originator; its company id has at most 10 capitals or digits.",
        )
    if order.number >= len(_MODIFIERS):
        raise Invalid(
            f"One day has at most {len(_MODIFIERS)} ACH files.",
            field="number",
            hint="Send the rest tomorrow.",
        )
    if sum(line.amount for line in order.lines) > LARGEST_BATCH:
        raise Invalid(
            "An ACH batch holds less than ten thousand million dollars.",
            field="amount",
            hint="Split the batch.",
        )
    return sender


def check_entry(line: PayoutLine) -> tuple[PayoutLine, AchAccount, str]:
    """Return the line with its account and name as checked. Raises Invalid naming the line."""
    account = destination_of(line, AchAccount)
    if line.currency != "USD":
        raise refuse(
            line,
            f"ACH pays US dollars, not {line.currency}.",
            field="currency",
            hint="Change the amount into dollars first.",
        )
    if line.amount > LARGEST_ENTRY:
        raise refuse(
            line,
            "ACH pays at most 99999999.99 dollars at once.",
            field="amount",
            hint="Pay it in parts.",
        )
    try:
        checked = read_ach(
            routing=account.routing, account=account.account, kind=account.kind, name=account.name
        )
        return line, checked, to_capitals(account.name, field="name", length=ACH_NAME_LENGTH)
    except Invalid as error:
        raise of_line(line, error) from error


def _render(
    order: FileOrder, sender: AchSender, entries: list[tuple[PayoutLine, AchAccount, str]]
) -> str:
    company = to_capitals(sender.company_name, field="sender", length=16)
    file = AchFile.create(
        origin_dfi=read_routing(sender.routing),
        company_id=sender.company_id,
        destination_name=to_capitals(sender.bank_name, field="sender", length=23),
        origin_name=company,
        file_id_modifier=_MODIFIERS[order.number],
        creation_date=to_datetime(order.created_at),
    )
    batch = file.batch(
        sec=sender.entry_class,
        description=to_capitals(sender.description, field="sender", length=10),
        effective_date=date_of(order.pay_on).isoformat(),
        company_name=company,
        company_id=sender.company_id,
    )
    for line, account, name in entries:
        batch.credit(
            name,
            account.routing,
            account.account,
            line.amount,
            account.kind,
            id_number=id_in_file(Method.ACH, line.id),
        )
    return str(file.render())
