"""Files are the same bytes for the same order, hold each payout once, and refuse the rest whole."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest

from backend.domain.destinations import Method, PayPalAccount, WiseRecipient
from backend.domain.payout_files import (
    LARGEST_FILE,
    FileOrder,
    PayoutLine,
    check_order,
    id_in_file,
)
from backend.errors import Invalid
from backend.gateways.destinations import read_destination
from backend.gateways.payouts import check_payable, write_file
from tests.support.payout_lines import FIELDS, WITH_FILES, line_id, make_line, make_order

EXPECTED = Path(__file__).parent / "expected"
ENDINGS = {Method.SEPA: "xml", Method.ACH: "ach"}


@pytest.mark.parametrize("method", WITH_FILES)
def test_a_file_is_byte_for_byte_what_it_was(method: Method) -> None:
    ending = ENDINGS.get(method, "csv")
    order = make_order(method)
    file = write_file(method, order)
    assert file.content == (EXPECTED / f"{method}.{ending}").read_bytes()
    assert file == write_file(method, order)
    assert file.name == f"payout-{order.id}.{ending}"
    assert file.sha256 == hashlib.sha256(file.content).hexdigest()
    assert (file.lines, file.total) == (2, 128_456)
    assert file.currency == order.lines[0].currency


@pytest.mark.parametrize("method", WITH_FILES)
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5_000}, "amount"),
        ({"amount": 2**53}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "usd"}, "currency"),
        ({"id": ""}, "id"),
        ({"id": "=1+1"}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "x" * 36}, "id"),
    ],
)
def test_a_line_that_cannot_be_paid_stops_the_file(
    method: Method, changed: dict[str, str | int], field: str
) -> None:
    wrong = replace(make_line(method, 2), **changed)
    with pytest.raises(Invalid) as caught:
        write_file(method, make_order(method, make_line(method, 1), wrong))
    assert caught.value.field == field
    with pytest.raises(Invalid):
        check_payable(method, wrong)


@pytest.mark.parametrize("method", WITH_FILES)
def test_a_line_to_another_method_is_named(method: Method) -> None:
    other = Method.PAYPAL if method is not Method.PAYPAL else Method.CRYPTO
    destination = read_destination(other, FIELDS[other])
    wrong = make_line(method, 2, destination=destination)
    with pytest.raises(Invalid, match=f"Payout {wrong.id}: its destination"):
        write_file(method, make_order(method, make_line(method, 1), wrong))
    check_payable(method, make_line(method, 1))


@pytest.mark.parametrize("method", WITH_FILES)
def test_a_file_holds_each_payout_once(method: Method) -> None:
    with pytest.raises(Invalid, match="has the id of payout"):
        write_file(method, make_order(method, make_line(method, 1), make_line(method, 1)))


@pytest.mark.parametrize("method", [Method.PAYPAL, Method.WISE, Method.CRYPTO])
def test_a_file_has_one_currency(method: Method) -> None:
    lines = (make_line(method, 1), make_line(method, 2, currency="EUR"))
    with pytest.raises(Invalid, match="not EUR, USD"):
        write_file(method, make_order(method, *lines))


@pytest.mark.parametrize(
    ("method", "most"),
    [
        (Method.SEPA, 10_000),
        (Method.ACH, 10_000),
        (Method.PAYPAL, 5_000),
        (Method.WISE, 1_000),
        (Method.CRYPTO, 1_000),
    ],
)
def test_a_file_has_the_lines_that_its_reader_takes(method: Method, most: int) -> None:
    assert LARGEST_FILE[method] == most
    line = make_line(method, 1)
    lines = tuple(replace(line, id=line_id(number)) for number in range(most + 1))
    check_order(make_order(method, *lines[:most]), method)
    with pytest.raises(Invalid, match=f"1 to {most} payouts, not {most + 1}"):
        check_order(make_order(method, *lines), method)
    with pytest.raises(Invalid, match="not 0"):
        check_order(replace(make_order(method), lines=()), method)


def test_stripe_is_paid_without_a_file() -> None:
    line = make_line(Method.STRIPE)
    check_payable(Method.STRIPE, line)
    with pytest.raises(Invalid, match="without a file"):
        write_file(Method.STRIPE, make_order(Method.STRIPE, line))


def test_an_order_needs_an_id_that_formats_carry() -> None:
    with pytest.raises(Invalid, match="no usable id"):
        write_file(Method.PAYPAL, replace(make_order(Method.PAYPAL), id="../x"))


@pytest.mark.parametrize(
    ("method", "length"),
    [(Method.SEPA, 35), (Method.CRYPTO, 35), (Method.PAYPAL, 30), (Method.ACH, 15),
     (Method.WISE, 10)],
)  # fmt: skip
def test_ids_that_fit_stay_and_others_become_digests(method: Method, length: int) -> None:
    fitting, long = "P" * length, "p" * 35
    assert id_in_file(method, fitting) == fitting
    assert len(id_in_file(method, long)) == length
    assert id_in_file(method, long) == id_in_file(method, long)
    found = {id_in_file(method, line_id(number)) for number in range(1_000)}
    assert len(found) == 1_000
    assert all(len(each) <= length and each.isalnum() for each in found)


def rows(order: FileOrder, method: Method) -> list[list[str]]:
    text = write_file(method, order).content.decode("ascii")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_paypal_has_no_header_and_six_columns() -> None:
    line = make_line(Method.PAYPAL, 7, amount=1_234_500, currency="JPY")
    assert rows(make_order(Method.PAYPAL, line), Method.PAYPAL) == [
        [
            "ann@example.org",
            "1234500",
            "JPY",
            id_in_file(Method.PAYPAL, line.id),
            "Commission October 2026",
            "PAYPAL",
        ]
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "KWD"}, "currency"),
        ({"currency": "HUF", "amount": 5_050}, "amount"),
        ({"purpose": "x" * 401}, "purpose"),
        ({"purpose": "=1+1"}, "purpose"),
        ({"purpose": "a\nb"}, "purpose"),
        ({"destination": PayPalAccount(email="=cmd@example.org")}, "email"),
        ({"destination": PayPalAccount(email=f"{'x' * 60}@{'y' * 60}.{'z' * 10}")}, "email"),
    ],
)
def test_paypal_refuses_what_it_would_pay_wrongly(changed: dict[str, object], field: str) -> None:
    line: PayoutLine = replace(make_line(Method.PAYPAL), **changed)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match=f"Payout {line.id}: ") as caught:
        write_file(Method.PAYPAL, make_order(Method.PAYPAL, line))
    assert caught.value.field == field


def test_paypal_pays_whole_forints() -> None:
    line = make_line(Method.PAYPAL, amount=5_000_000, currency="HUF")
    assert rows(make_order(Method.PAYPAL, line), Method.PAYPAL)[0][1] == "50000"


@pytest.mark.parametrize(
    ("currency", "fixed"), [("USD", "target"), ("PLN", "source"), ("JPY", "source")]
)
def test_wise_fixes_the_side_that_the_amount_is_of(currency: str, fixed: str) -> None:
    recipient = WiseRecipient(
        email="lu@example.org", name="Łukasz Żółw", currency=currency, is_business=True
    )
    header, row = rows(
        make_order(Method.WISE, make_line(Method.WISE, destination=recipient)), Method.WISE
    )
    cells = dict(zip(header, row, strict=True))
    assert cells["amountCurrency"] == fixed
    assert (cells["sourceCurrency"], cells["targetCurrency"]) == ("USD", currency)
    assert (cells["name"], cells["receiverType"]) == ("Lukasz Zolw", "INSTITUTION")
    assert cells["amount"] == "50.00"


@pytest.mark.parametrize(
    ("name", "written"),
    [("=1+1", ".1+1"), ("@Ann", ".Ann"), ("\uff1dAnn", ".Ann"), ("\tAnn", "Ann")],
)
def test_a_hostile_name_is_no_formula_for_wise(name: str, written: str) -> None:
    recipient = WiseRecipient(email="lu@example.org", name=name, currency="USD", is_business=False)
    line = make_line(Method.WISE, destination=recipient)
    _, row = rows(make_order(Method.WISE, line), Method.WISE)
    assert row[0] == written


@pytest.mark.parametrize("name", ["+Ann", "-Ann", "\uff0bAnn", "–Ann"])
def test_a_name_that_would_have_to_be_quoted_is_refused_by_wise(name: str) -> None:
    recipient = WiseRecipient(email="lu@example.org", name=name, currency="USD", is_business=False)
    line = make_line(Method.WISE, destination=recipient)
    with pytest.raises(Invalid, match=f"Payout {line.id}: A name begins with a letter"):
        write_file(Method.WISE, make_order(Method.WISE, line))
