"""NACHA files add up, by hand at the places that the format gives, and in achkit's validator."""

from __future__ import annotations

from dataclasses import replace

import achkit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.destinations import AchAccount, Method
from backend.domain.payout_files import AchSender, FileOrder, PayoutLine, id_in_file
from backend.errors import Invalid
from backend.gateways.payouts import write_file
from tests.support.payout_lines import SENDERS, line_id, make_line, make_order

ACCOUNT = AchAccount(routing="021000021", account="123456789", kind="checking", name="Ann")
ROUTINGS = ("021000021", "121000248", "011401533", "322271627")
SENDER = SENDERS[Method.ACH]


def write(order: FileOrder) -> str:
    return write_file(Method.ACH, order).content.decode("ascii")


def check(text: str, lines: tuple[PayoutLine, ...]) -> None:
    """Check a file's frame and sums by hand, and by the library's validator."""
    records = text.splitlines()
    assert {len(record) for record in records} == {94}
    assert len(records) % 10 == 0
    entries = [record for record in records if record[0] == "6"]
    file_control = next(record for record in records if record[0] == "9")
    hashed = sum(int(entry[3:11]) for entry in entries) % 10**10
    assert int(file_control[21:31]) == hashed
    assert int(file_control[31:43]) == 0
    assert int(file_control[43:55]) == sum(line.amount for line in lines)
    assert int(file_control[7:13]) == len(records) // 10
    assert achkit.validate(text) == {"ok": True, "errors": []}


def test_every_field_stands_where_the_format_says() -> None:
    order = make_order(Method.ACH)
    text = write(order)
    check(text, order.lines)
    header, about, *entries, batch_end, file_end = (
        line for line in text.splitlines() if line != "9" * 94
    )
    assert (header[:3], header[3:13].strip()) == ("101", "121000248")
    assert (header[23:29], header[29:33]) == ("261102", "1200")
    assert (about[:4], about[40:50], about[50:53], about[69:75]) == (
        "5220", "1234567890", "PPD", "261103",
    )  # fmt: skip
    assert [int(entry[29:39]) for entry in entries] == [5_000, 123_456]
    assert [entry[3:12] for entry in entries] == ["021000021"] * 2
    assert (batch_end[:4], int(batch_end[32:44])) == ("8220", 128_456)
    assert int(file_end[21:31]) == 2 * 2_100_002


def test_entries_carry_ids_names_and_kinds() -> None:
    savings = make_line(Method.ACH, 2, destination=replace(ACCOUNT, kind="savings"))
    order = make_order(Method.ACH, make_line(Method.ACH, 1), savings)
    entries = achkit.parse(write(order))["batches"][0]["entries"]
    assert [entry["txn_code"] for entry in entries] == [22, 32]
    assert [entry["id_number"] for entry in entries] == [
        id_in_file(Method.ACH, line.id) for line in order.lines
    ]
    assert [entry["name"] for entry in entries] == ["ZOE O'BRIEN", "ANN"]
    assert [entry["trace_number"] for entry in entries] == ["121000240000001", "121000240000002"]
    assert entries[0]["account"] == "123456789"


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=25),
            st.integers(1, 9_999_999_999),
            st.sampled_from(ROUTINGS),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_any_names_make_a_file_that_adds_up_or_none(found: list[tuple[str, int, str]]) -> None:
    lines = tuple(
        replace(
            make_line(Method.ACH, amount=amount, destination=ACCOUNT),
            id=line_id(number),
            destination=replace(ACCOUNT, name=name, routing=routing),
        )
        for number, (name, amount, routing) in enumerate(found)
    )
    try:
        text = write(make_order(Method.ACH, *lines))
    except Invalid as error:
        assert error.message.startswith("Payout ")
        return
    check(text, lines)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"amount": 10_000_000_000}, "amount"),
        ({"destination": replace(ACCOUNT, routing="021000022")}, "routing"),
        ({"destination": replace(ACCOUNT, account="12")}, "account"),
        ({"destination": replace(ACCOUNT, name="x" * 23)}, "name"),
    ],
)
def test_an_entry_that_the_rules_forbid_is_named(changed: dict[str, object], field: str) -> None:
    line: PayoutLine = replace(make_line(Method.ACH, 3), **changed)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match=f"Payout {line.id}: ") as caught:
        write_file(Method.ACH, make_order(Method.ACH, line))
    assert caught.value.field == field


@pytest.mark.parametrize(
    "changed",
    [
        {"company_id": ""},
        {"company_id": "12345678901"},
        {"routing": "121000249"},
        {"company_name": "x" * 17},
        {"description": "x" * 11},
    ],
)
def test_the_originator_is_checked_too(changed: dict[str, str]) -> None:
    assert isinstance(SENDER, AchSender)
    with pytest.raises(Invalid):
        write(replace(make_order(Method.ACH), sender=replace(SENDER, **changed)))


def test_files_of_one_day_are_told_apart() -> None:
    assert write(make_order(Method.ACH, number=0))[33] == "A"
    assert write(make_order(Method.ACH, number=35))[33] == "9"
    with pytest.raises(Invalid, match="at most 36 ACH files"):
        write(make_order(Method.ACH, number=36))


def test_companies_are_paid_as_ccd() -> None:
    assert isinstance(SENDER, AchSender)
    order = replace(make_order(Method.ACH), sender=replace(SENDER, entry_class="CCD"))
    assert achkit.parse(write(order))["batches"][0]["sec"] == "CCD"
