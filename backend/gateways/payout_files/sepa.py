"""SEPA credit transfers as ISO 20022 `pain.001.001.09`.

Structure: EPC132-08, "SEPA Credit Transfer Customer-to-PSP Implementation Guidelines": euros
alone, one payment block, fees shared, letters of the basic Latin set. No postal addresses: a
structured one would need a town, and inside the zone none is asked for.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from backend.domain.destinations import SepaAccount
from backend.domain.instants import date_of, to_text
from backend.domain.money import format_amount
from backend.domain.payout_files import FileOrder, PayoutFile, PayoutLine, SepaSender, refuse
from backend.errors import Invalid
from backend.gateways.payout_files.accounts import (
    SEPA_NAME_LENGTH,
    read_bic,
    read_iban,
    read_sepa,
)
from backend.gateways.payout_files.orders import destination_of, of_line, seal
from backend.gateways.payout_files.texts import to_latin

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
PURPOSE_LENGTH = 140
LARGEST_CENTS = 99_999_999_999
"""999 999 999.99 euros (EPC132-08, attribute AT-T002)."""


def write_sepa(order: FileOrder) -> PayoutFile:
    """Return the XML file. Raises Invalid for other currencies and for what the rules forbid."""
    sender = _check_sender(order)
    default: Any = {None: NAMESPACE}  # lxml's stubs know no default namespace
    root = etree.Element(_tag("Document"), nsmap=default)
    message = _add(root, "CstmrCdtTrfInitn")
    _add_header(message, order, sender)
    _add_payment(message, order, sender)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return seal(order, content, ending="xml", media_type="application/xml")


def _check_sender(order: FileOrder) -> SepaSender:
    if not isinstance(order.sender, SepaSender):
        raise Invalid(
            "A SEPA file needs the account that pays.",
            field="sender",
            hint="Set the service's own IBAN.",
        )
    return order.sender


def _add_header(message: etree._Element, order: FileOrder, sender: SepaSender) -> None:
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", order.id)
    _add(header, "CreDtTm", to_text(order.created_at))
    _add_sums(header, order)
    _add_path(header, "InitgPty/Nm", to_latin(sender.name, field="sender", length=70))


def _add_sums(parent: etree._Element, order: FileOrder) -> None:
    _add(parent, "NbOfTxs", str(len(order.lines)))
    _add(parent, "CtrlSum", format_amount(sum(line.amount for line in order.lines), "EUR"))


def _add_payment(message: etree._Element, order: FileOrder, sender: SepaSender) -> None:
    payment = _add(message, "PmtInf")
    _add(payment, "PmtInfId", order.id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "true")
    _add_sums(payment, order)
    _add_path(payment, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add_path(payment, "ReqdExctnDt/Dt", date_of(order.pay_on).isoformat())
    _add_path(payment, "Dbtr/Nm", to_latin(sender.name, field="sender", length=70))
    _add_path(payment, "DbtrAcct/Id/IBAN", read_iban(sender.iban))
    if sender.bic:
        _add_path(payment, "DbtrAgt/FinInstnId/BICFI", read_bic(sender.bic))
    else:
        _add_path(payment, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    _add(payment, "ChrgBr", "SLEV")
    for line in order.lines:
        _add_transfer(payment, line)


def _add_transfer(payment: etree._Element, line: PayoutLine) -> None:
    account, name, purpose = check_transfer(line)
    transfer = _add(payment, "CdtTrfTxInf")
    _add_path(transfer, "PmtId/EndToEndId", line.id)
    amount = _add_path(transfer, "Amt/InstdAmt", format_amount(line.amount, "EUR"))
    amount.set("Ccy", "EUR")
    if account.bic:
        _add_path(transfer, "CdtrAgt/FinInstnId/BICFI", account.bic)
    _add_path(transfer, "Cdtr/Nm", name)
    _add_path(transfer, "CdtrAcct/Id/IBAN", account.iban)
    if purpose:
        _add_path(transfer, "RmtInf/Ustrd", purpose)


def check_transfer(line: PayoutLine) -> tuple[SepaAccount, str, str]:
    """Return the account, the name and the purpose in the letters of the format.

    Raises Invalid naming the line.
    """
    account = destination_of(line, SepaAccount)
    if line.currency != "EUR":
        raise refuse(
            line,
            f"SEPA pays euros, not {line.currency}.",
            field="currency",
            hint="Change the amount into euros first.",
        )
    if line.amount > LARGEST_CENTS:
        raise refuse(
            line,
            "SEPA pays at most 999999999.99 euros at once.",
            field="amount",
            hint="Pay it in parts.",
        )
    try:
        checked = read_sepa(iban=account.iban, bic=account.bic, name=account.name)
        name = to_latin(account.name, field="name", length=SEPA_NAME_LENGTH)
        purpose = line.purpose and to_latin(line.purpose, field="purpose", length=PURPOSE_LENGTH)
    except Invalid as error:
        raise of_line(line, error) from error
    return checked, name, purpose


def _add_path(parent: etree._Element, path: str, text: str) -> etree._Element:
    """Add nested elements, the text in the innermost, and return that."""
    *outer, last = path.split("/")
    for name in outer:
        parent = _add(parent, name)
    return _add(parent, last, text)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, _tag(name))
    child.text = text
    return child


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
