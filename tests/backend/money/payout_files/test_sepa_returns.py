"""Status reports of banks are read without trust in their XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.domain.destinations import Method
from backend.domain.payout_files import Returned, match_returns
from backend.errors import Invalid
from backend.gateways.payouts import read_returns
from tests.support.payout_lines import ORDER, line_id

RETURNED = Path(__file__).parent / "returned"
STATUS = (RETURNED / "sepa-status.xml").read_bytes()
REJECTED = (RETURNED / "sepa-rejected.xml").read_bytes()


def read(content: bytes) -> list[Returned]:
    return read_returns(Method.SEPA, content)


def test_a_report_tells_settled_and_rejected_and_leaves_what_is_on_its_way() -> None:
    wanted = [
        Returned(line_id=line_id(1), outcome="paid", reason=""),
        Returned(
            line_id=line_id(2), outcome="failed", reason="AC04 Account closed", amount=123_456,
            currency="EUR",
        ),
    ]  # fmt: skip
    assert read(STATUS) == wanted
    assert read(b"\xef\xbb\xbf" + STATUS) == wanted
    assert read(STATUS.replace(b"pain.002.001.10", b"pain.002.001.03")) == wanted


def test_a_rejected_file_fails_each_of_its_lines() -> None:
    found = read(REJECTED)
    assert found == [
        Returned(line_id="", outcome="failed", reason="DU01 Duplicate message", batch=ORDER)
    ]
    ours = [line_id(1), line_id(2)]
    matched = match_returns(Method.SEPA, found, ours, order_id=ORDER)
    assert [(each.line_id, each.outcome) for each in matched.found] == [
        (ours[0], "failed"),
        (ours[1], "failed"),
    ]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("ACSC", "paid"), ("ACCC", "paid"), ("RJCT", "failed"), ("CANC", "failed"),
        ("ACSP", None), ("ACTC", None), ("ACCP", None), ("PDNG", None), ("RCVD", None),
        ("ACWC", None), ("ACWP", None), ("XXXX", None),
    ],
)  # fmt: skip
def test_each_status_is_final_or_on_its_way(status: str, outcome: str | None) -> None:
    content = STATUS.replace(b"ACSP", status.encode())
    told = [each.outcome for each in read(content) if each.line_id == line_id(3)]
    assert told == ([outcome] if outcome else [])


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY c SYSTEM "file:///etc/passwd">]>"""
ELSEWHERE = b"""<?xml version="1.0"?><!DOCTYPE d SYSTEM "http://192.0.2.1/x.dtd">"""


@pytest.mark.parametrize("prolog", [BOMB, OUTSIDE, ELSEWHERE])
def test_a_report_with_a_document_type_is_refused(prolog: bytes) -> None:
    body = STATUS.split(b"?>", 1)[1].replace(b"Account closed", b"&c;")
    if prolog is ELSEWHERE:
        body = body.replace(b"&c;", b"x")
    with pytest.raises(Invalid, match="declares a document type"):
        read(prolog + body)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<a", "no XML"),
        (b"<?xml version='1.0' encoding='x-none'?><a/>", "no XML"),
        (b"<a/>", "no payment status report"),
        (STATUS.replace(b"pain.002", b"pain.008"), "no payment status report"),
        (STATUS.replace(b"CstmrPmtStsRpt", b"BkToCstmrStmt"), "no payment status report"),
        (STATUS.replace(b'"EUR"', b'"EU"'), "the currency 'EU'"),
        (STATUS.replace(b"1234.56", b"1e9"), "'1e9' is no amount"),
        (b"<" + b"a" * (10 * 2**20), "more than 10 MB"),
        (b"<a>" * 5_000, "no XML"),
    ],
)
def test_what_is_no_report_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        read(content)
    assert caught.value.field == "file"


def test_a_report_is_bounded() -> None:
    start, rest = STATUS.split(b"<TxInfAndSts>", 1)
    transfer, end = rest.split(b"</TxInfAndSts>", 1)
    many = b"<TxInfAndSts>" + b"".join(transfer.split()) + b"</TxInfAndSts>"
    end = end[end.index(b"</OrgnlPmtInfAndSts>") :]
    with pytest.raises(Invalid, match="more than"):
        read(start + many * 100_001 + end)
    assert len(read(start + many * 10 + end)) == 10
