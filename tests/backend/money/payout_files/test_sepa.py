"""SEPA files are valid by ISO's own schema, add up, and hold nothing that a bank would refuse."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from backend.domain.destinations import Method, SepaAccount
from backend.domain.money import format_amount
from backend.domain.payout_files import FileOrder, PayoutLine, SepaSender
from backend.errors import Invalid
from backend.gateways.payouts import write_file
from tests.support.payout_lines import AT, ORDER, SENDERS, line_id, make_line, make_order

NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
ACCOUNT = SepaAccount(iban="DE89370400440532013000", bic=None, name="Ann", country="DE")


@cache
def schema() -> etree.XMLSchema:
    """Return ISO 20022's own schema, as the package sepaxml ships it."""
    path = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def read(order: FileOrder) -> etree._Element:
    """Return the document of an order, valid by the schema."""
    document = etree.fromstring(write_file(Method.SEPA, order).content)
    schema().assertValid(document)
    return document


def texts(document: etree._Element, path: str) -> list[str]:
    steps = "/".join(f"p:{step}" for step in path.split("/"))
    found = document.iterfind(f".//{steps}", NAMES)
    return [element.text or "" for element in found]


def test_a_file_is_valid_and_says_what_was_ordered() -> None:
    order = make_order(Method.SEPA)
    document = read(order)
    assert texts(document, "GrpHdr/MsgId") == texts(document, "PmtInf/PmtInfId") == [ORDER]
    assert texts(document, "CreDtTm") == ["2026-11-02T12:00:00Z"]
    assert texts(document, "ReqdExctnDt/Dt") == ["2026-11-03"]
    assert texts(document, "NbOfTxs") == ["2", "2"]
    assert texts(document, "CtrlSum") == ["1284.56", "1284.56"]
    assert texts(document, "EndToEndId") == [line.id for line in order.lines]
    assert texts(document, "InstdAmt") == ["50.00", "1234.56"]
    assert texts(document, "SvcLvl/Cd") == ["SEPA"]
    assert texts(document, "ChrgBr") == ["SLEV"]
    assert texts(document, "DbtrAgt/FinInstnId/BICFI") == ["ABNANL2A"]
    assert texts(document, "Cdtr/Nm") == ["Jorg Muller + Sohne"] * 2


def test_a_bic_is_written_where_it_is_known() -> None:
    line = make_line(Method.SEPA, destination=replace(ACCOUNT, bic="COBADEFFXXX"))
    order = replace(
        make_order(Method.SEPA, line),
        sender=SepaSender(name="Fourside", iban="NL91ABNA0417164300"),
    )
    document = read(order)
    assert texts(document, "CdtrAgt/FinInstnId/BICFI") == ["COBADEFFXXX"]
    assert texts(document, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]


def test_a_payout_without_a_purpose_has_no_remittance() -> None:
    order = make_order(Method.SEPA, replace(make_line(Method.SEPA), purpose=""))
    assert texts(read(order), "RmtInf/Ustrd") == []


@settings(max_examples=40)
@given(
    names=st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=4),
    purpose=st.text(max_size=60),
    amounts=st.lists(st.integers(1, 99_999_999_999), min_size=4, max_size=4),
)
def test_any_names_make_a_valid_file_or_none(
    names: list[str], purpose: str, amounts: list[int]
) -> None:
    lines = tuple(
        PayoutLine(
            id=line_id(number),
            amount=amounts[number],
            currency="EUR",
            name="Ann",
            destination=replace(ACCOUNT, name=name),
            purpose=purpose,
        )
        for number, name in enumerate(names)
    )
    order = FileOrder(
        id=ORDER, created_at=AT, pay_on=make_order(Method.SEPA).pay_on, lines=lines,
        sender=SENDERS[Method.SEPA],
    )  # fmt: skip
    try:
        document = read(order)
    except Invalid as error:
        assert error.message.startswith("Payout ")
        return
    total = format_amount(sum(amounts[: len(names)]), "EUR")
    assert texts(document, "CtrlSum") == [total, total]
    assert len(texts(document, "Cdtr/Nm")) == len(names)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "USD"}, "currency"),
        ({"amount": 100_000_000_000}, "amount"),
        ({"purpose": "x" * 141}, "purpose"),
        ({"destination": replace(ACCOUNT, iban="DE89370400440532013001")}, "iban"),
        ({"destination": replace(ACCOUNT, bic="COBADEF")}, "bic"),
        ({"destination": replace(ACCOUNT, name="x" * 71)}, "name"),
        ({"destination": replace(ACCOUNT, name="\U0001f600")}, "name"),
    ],
)
def test_a_transfer_that_the_rules_forbid_is_named(changed: dict[str, object], field: str) -> None:
    line: PayoutLine = replace(make_line(Method.SEPA, 3), **changed)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match=f"Payout {line.id}: ") as caught:
        write_file(Method.SEPA, make_order(Method.SEPA, line))
    assert caught.value.field == field


def test_the_paying_account_is_checked_too() -> None:
    wrong = SepaSender(name="Fourside", iban="NL91ABNA0417164301")
    with pytest.raises(Invalid, match="no IBAN"):
        write_file(Method.SEPA, replace(make_order(Method.SEPA), sender=wrong))
    with pytest.raises(Invalid, match="needs the account that pays"):
        write_file(Method.SEPA, replace(make_order(Method.SEPA), sender=None))
