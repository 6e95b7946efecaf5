"""What a bank says of a SEPA file: ISO 20022 `pain.002.001.10`, and its other versions.

Nothing outside the file is read and no entity expanded: a document with a type declaration is
refused. Source: ISO 20022, external code set "payment transaction status".
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from backend.domain.csv_files import LARGEST_CONTENT
from backend.domain.destinations import Method
from backend.domain.money import CURRENCIES, parse_amount
from backend.domain.payout_files import LARGEST_FILE, Outcome, Returned
from backend.errors import Invalid
from backend.gateways.payout_files.csv_returns import REASON_LENGTH, read_plain

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001."
MOST_TRANSFERS = 10 * LARGEST_FILE[Method.SEPA]

# Settled on the debtor's or the creditor's account; every other status is of money on its way.
_PAID = frozenset({"ACSC", "ACCC"})
_FAILED = frozenset({"RJCT", "CANC"})


def read_sepa_returns(content: bytes) -> list[Returned]:
    """Return the outcomes that the report names, transfer by transfer or for the whole file."""
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return read_plain(content)
    root = _parse(content)
    report = _child(root, "CstmrPmtStsRpt")
    if report is None or not _is_report(root):
        raise _unreadable("The file is no payment status report (pain.002).")
    original = _child(report, "OrgnlGrpInfAndSts")
    found = _whole(original, _text(original, "OrgnlMsgId"), "GrpSts")
    for block in _children(report, "OrgnlPmtInfAndSts"):
        found += _whole(block, _text(block, "OrgnlPmtInfId"), "PmtInfSts")
        found += _transfers(block)
        if len(found) > MOST_TRANSFERS:
            raise _unreadable(f"The report has more than {MOST_TRANSFERS} transfers.")
    return found


def _parse(content: bytes) -> etree._Element:
    if len(content) > LARGEST_CONTENT:
        raise _unreadable(f"The file has more than {LARGEST_CONTENT // 2**20} MB.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable("The file is no XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unreadable("The file declares a document type, which no status report does.")
    return root


def _is_report(root: etree._Element) -> bool:
    return etree.QName(root).localname == "Document" and (
        etree.QName(root).namespace or ""
    ).startswith(NAMESPACE)


def _whole(part: etree._Element | None, batch: str, status: str) -> list[Returned]:
    """Return what is said of all transfers at once; `batch` is the id of our order."""
    outcome = _outcome(_text(part, status))
    if part is None or outcome is None:
        return []
    return [Returned(line_id="", outcome=outcome, reason=_reason(part), batch=batch)]


def _transfers(block: etree._Element) -> list[Returned]:
    found = []
    for transfer in _children(block, "TxInfAndSts"):
        outcome = _outcome(_text(transfer, "TxSts"))
        if outcome is not None:
            amount, currency = _amount(transfer)
            found.append(
                Returned(
                    line_id=_text(transfer, "OrgnlEndToEndId"),
                    outcome=outcome,
                    reason=_reason(transfer),
                    amount=amount,
                    currency=currency,
                )
            )
    return found


def _outcome(status: str) -> Outcome | None:
    if status in _PAID:
        return "paid"
    return "failed" if status in _FAILED else None


def _reason(part: etree._Element) -> str:
    """Return the code and the words of the first reason, like `AC04 Account closed`."""
    info = _child(part, "StsRsnInf")
    reason = _child(info, "Rsn")
    words = [_text(reason, "Cd") or _text(reason, "Prtry"), _text(info, "AddtlInf")]
    return " ".join(" ".join(words).split())[:REASON_LENGTH]


def _amount(transfer: etree._Element) -> tuple[int | None, str | None]:
    original = _child(_child(transfer, "OrgnlTxRef"), "Amt")
    instructed = _child(original, "InstdAmt")
    if instructed is None:
        return None, None
    currency = str(instructed.get("Ccy") or "")
    if currency not in CURRENCIES:
        raise _unreadable(f"The report names the currency {currency[:3]!r}.")
    return parse_amount(instructed.text or "", currency, field="file"), currency


def _children(parent: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if parent is not None:
        for child in parent:
            if etree.QName(child).localname == name:
                yield child


def _child(parent: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(parent, name), None)


def _text(parent: etree._Element | None, name: str) -> str:
    child = _child(parent, name)
    return "" if child is None else (child.text or "").strip()


def _unreadable(message: str) -> Invalid:
    return Invalid(message, field="file", hint="Send the file as the bank gave it.")
