"""Reports of PayPal and Wise, and the plain list, say what became of each payout."""

from __future__ import annotations

import pytest

from backend.domain.destinations import Method
from backend.domain.payout_files import Returned
from backend.errors import Invalid
from backend.gateways.payouts import read_returns

PAYPAL = """\
"Recipient","Amount","Currency","Customer ID","Transaction ID","Status","Reason"
"ann@example.org","50.00","USD","P1","5TX","Success",""
"bo@example.org","1,234.56","usd","P2","","Failed","Receiver is
 locked"
"cy@example.org","10.00","USD","P3","7TX","Unclaimed",""
"di@example.org","-12.00","USD","P4","8TX","RETURNED",""
"","","","","9TX","Completed",""
"""
WISE = """\
ID,Status,Direction,Created on,Source amount (after fees),Source currency,Target name,Reference
TRANSFER-1,COMPLETED,OUT,2026-11-03 10:00:00,49.50,USD,Ann,W1
TRANSFER-2,REFUNDED,OUT,2026-11-03 10:00:00,99.50,USD,Bo,W2
TRANSFER-3,CANCELLED,OUT,2026-11-03 10:00:00,10.00,USD,Cy,W3
TRANSFER-4,COMPLETED,IN,2026-11-03 10:00:00,10.00,USD,Us,W4
TRANSFER-5,COMPLETED,OUT,2026-11-03 10:00:00,10.00,USD,Di,
TRANSFER-6,PROCESSING,OUT,2026-11-03 10:00:00,10.00,USD,Ed,W6
"""
PLAIN = """\
id,status,reason,amount,currency
a1,paid,,50.00,USD
b2,Failed,'=wrong,,
c3,sent,,,
"""


def test_paypals_report_tells_paid_and_failed_and_leaves_the_open_ones() -> None:
    assert read_returns(Method.PAYPAL, PAYPAL.encode()) == [
        Returned(line_id="P1", outcome="paid", reason="Success", amount=5_000, currency="USD"),
        Returned(
            line_id="P2", outcome="failed", reason="Receiver is locked", amount=123_456,
            currency="USD",
        ),
        Returned(line_id="P4", outcome="failed", reason="RETURNED", amount=1_200, currency="USD"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("SUCCESS", "paid"), ("FAILED", "failed"), ("RETURNED", "failed"),
        ("BLOCKED", "failed"), ("REFUNDED", "failed"), ("REVERSED", "failed"),
        ("PENDING", None), ("UNCLAIMED", None), ("ONHOLD", None),
    ],
)  # fmt: skip
def test_each_status_that_paypal_documents_is_known(status: str, outcome: str | None) -> None:
    content = f"sender_item_id,transaction_status\nP1,{status}\n".encode()
    told = [returned.outcome for returned in read_returns(Method.PAYPAL, content)]
    assert told == ([outcome] if outcome else [])


def test_wises_history_tells_by_reference_and_leaves_other_business() -> None:
    assert read_returns(Method.WISE, WISE.encode()) == [
        Returned(line_id="W1", outcome="paid", reason="COMPLETED"),
        Returned(line_id="W2", outcome="failed", reason="REFUNDED"),
        Returned(line_id="W3", outcome="failed", reason="CANCELLED"),
    ]


@pytest.mark.parametrize("method", Method)
def test_every_method_takes_the_plain_list(method: Method) -> None:
    wanted = [
        Returned(line_id="a1", outcome="paid", reason="", amount=5_000, currency="USD"),
        Returned(line_id="b2", outcome="failed", reason="'=wrong"),
    ]
    assert read_returns(method, PLAIN.encode()) == wanted
    assert read_returns(method, PLAIN.encode("utf-8-sig")) == wanted
    assert read_returns(method, PLAIN.replace(",", ";").encode()) == wanted


@pytest.mark.parametrize("method", Method)
def test_a_list_without_rows_says_nothing_and_an_empty_file_is_refused(method: Method) -> None:
    assert read_returns(method, b"id,status,reason\r\n") == []
    with pytest.raises(Invalid, match="The file is empty"):
        read_returns(method, b"")


@pytest.mark.parametrize(
    ("method", "content", "words"),
    [
        (Method.PAYPAL, b"Customer ID,Status\nP1,Success\nP2,Lost\n", "Row 3 has the st.* 'Lost'"),
        (Method.PAYPAL, b"Status,Amount\nSuccess,1\n", "no column customer id"),
        (Method.PAYPAL, b"Customer ID,Amount\nP1,1\n", "no column status"),
        (
            Method.PAYPAL,
            b"Customer ID,Status,Amount,Currency\nP1,Success,1.234,USD\n",
            "Row 2: '1.234' is no amount",
        ),
        (Method.WISE, b"Status,Direction\nCOMPLETED,OUT\n", "no column reference"),
        (Method.CRYPTO, b"address,status\nx,paid\n", "no column id, status and reason"),
        (Method.CRYPTO, b"id,status,reason\na,lost,\n", "Row 2 has the status 'lost'"),
        (Method.PAYPAL, b"\x89PNG\r\n\x1a\n", "no UTF-8 text"),
        (Method.SEPA, b"%PDF-1.7\n", "no column"),
        (Method.ACH, b"id;state\n1;2\n", "no column"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_understood_is_refused_whole(
    method: Method, content: bytes, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        read_returns(method, content)
    assert caught.value.field == "file"
