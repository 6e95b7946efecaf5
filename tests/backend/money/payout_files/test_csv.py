"""Tables that leave the service run nothing in a spreadsheet and lose nothing of their data."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.csv_files import Table, csv_cell, read_csv, write_csv
from backend.errors import Invalid

RISKY = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("first", RISKY)
def test_a_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(first: str) -> None:
    text = f'{first}HYPERLINK("https://example.org";"x")'
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-5, 0, True, None, "-5", "-12.50", "12", "", "Ann = Bo", "'=1"])
def test_numbers_and_plain_texts_stay_what_they_are(value: str | int | None) -> None:
    assert csv_cell(value) == value


@pytest.mark.parametrize("text", ["+1", "-1+1", "-", "-1e5", "--1", "-1.", "=1", "-5\n", "-٣"])
def test_what_only_looks_like_a_number_is_quoted(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


def test_a_table_is_utf_8_without_a_mark_and_with_crlf() -> None:
    assert write_csv(("name", "sum"), [("Zoë", -5), ("=1+1", "-0.50")]) == (
        "name,sum\r\nZoë,-5\r\n'=1+1,-0.50\r\n".encode()
    )


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_no_cell_of_any_table_is_a_formula(rows: list[list[str]]) -> None:
    written = write_csv(("a", "b"), rows).decode()
    cells = list(csv.reader(io.StringIO(written, newline="")))[1:]
    for row, before in zip(cells, rows, strict=True):
        for cell, text in zip(row, before, strict=True):
            shown = text.encode("utf-8", "replace").decode()
            assert cell.removeprefix("'") == shown.removeprefix("'")
            assert not cell.startswith(tuple(RISKY)) or cell.lstrip("-").replace(".", "").isdigit()


def test_a_table_is_read_with_marks_semicolons_and_blank_rows() -> None:
    content = "\ufeffID; Transaction  Status\r\n a1 ;Success\r\n;\r\n\r\nb2;\r\n".encode()
    assert read_csv(content) == Table(
        columns=("id", "transaction status"),
        rows=(
            {"id": "a1", "transaction status": "Success"},
            {"id": "b2", "transaction status": ""},
        ),
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "no UTF-8"),
        (b"a,b\n\0,1\n", "zero bytes"),
        (b"a,b\n1\n", "Row 2 has 1 cells, the header 2"),
        (b"a,A\n", "two columns of one name"),
        (b'a,b\n"1,2\n', "no CSV"),
        (b"a,b\n1," + b"x" * 10_001 + b"\n", "too long"),
        (b"a\n" + b"1\n" * 50_001, "more than 50000 rows"),
        (b"a," * 101 + b"\n", "too long"),
        (b"", "empty"),
        (b"\r\n,,\r\n", "empty"),
        (b"x" * (10 * 2**20 + 1), "more than 10 MB"),
    ],
)
def test_a_table_that_cannot_be_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        read_csv(content)
    assert caught.value.field == "file"
