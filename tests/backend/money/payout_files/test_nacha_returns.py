"""ACH returns are matched by the id that the entry was sent with, and read strictly."""

from __future__ import annotations

import pytest

from backend.domain.destinations import Method
from backend.domain.payout_files import Returned, id_in_file, match_returns
from backend.errors import Invalid
from backend.gateways.payouts import read_returns, write_file
from tests.support.payout_lines import make_order

ORDER = make_order(Method.ACH)
SENT = write_file(Method.ACH, ORDER).content.decode("ascii").splitlines()


def returned_file(*codes: str) -> str:
    """Return what the receiving banks send back: our entries, each with its addenda."""
    header, batch, *rest = SENT
    entries = [record for record in rest if record[0] == "6"]
    records = [header, batch]
    for number, (entry, code) in enumerate(zip(entries, codes, strict=False), 1):
        kind, trace = ("98", "C") if code.startswith("C") else ("99", "R")
        assert code.startswith(trace)
        records.append(f"621{entry[3:78]}1{'02100002':8}{number:07d}")
        records.append(
            f"7{kind}{code}{entry[79:94]}{'':6}02100002{'':44}{entry[79:87]}{number:07d}"
        )
    records += [record for record in rest if record[0] in "89" and record[:2] != "99"]
    assert {len(record) for record in records} == {94}
    return "\n".join(records) + "\n"


def read(text: str) -> list[Returned]:
    return read_returns(Method.ACH, text.encode())


def test_a_return_names_the_payout_its_reason_and_the_amount() -> None:
    found = read(returned_file("R03", "R99"))
    assert found == [
        Returned(
            line_id=id_in_file(Method.ACH, ORDER.lines[0].id),
            outcome="failed",
            reason="R03 No account / unable to locate account",
            amount=5_000,
            currency="USD",
        ),
        Returned(
            line_id=id_in_file(Method.ACH, ORDER.lines[1].id),
            outcome="failed",
            reason="R99",
            amount=123_456,
            currency="USD",
        ),
    ]
    ours = [line.id for line in ORDER.lines]
    assert [each.line_id for each in match_returns(Method.ACH, found, ours).found] == ours


def test_records_may_come_without_line_ends_and_with_windows_ones() -> None:
    text = returned_file("R02")
    assert read(text.replace("\n", "")) == read(text.replace("\n", "\r\n")) == read(text)
    assert len(read(text)) == 1


def test_a_notification_of_change_moves_no_money() -> None:
    assert read(returned_file("C01")) == []
    assert [each.reason[:3] for each in read(returned_file("C01", "R02"))] == ["R02"]


def test_a_file_of_ours_returns_nothing() -> None:
    assert read("\n".join(SENT)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (returned_file("R03")[:-2] + "\n", "records with 94 characters"),
        (returned_file("R03").replace("799R03", "799RXX"), "Record 4 returns no entry"),
        (returned_file("R03").replace("\n621", "\n6XX"), "Record 4 returns no entry"),
        (returned_file("R03").replace("4SITE", "4SIT\u00c9").replace("FOUR", "F\u00d6UR"), "ASCII"),
        ("101" + "x" * (10 * 2**20), "more than 10 MB"),
    ],
)
def test_what_is_no_return_file_is_refused(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        read(text)
    assert caught.value.field == "file"
