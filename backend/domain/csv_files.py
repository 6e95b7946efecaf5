"""CSV that is safe to open in a spreadsheet: every table that leaves the service goes through here.

UTF-8 without a byte-order mark, lines end with CR LF (RFC 4180): programs that read our files
choke on a mark, and spreadsheets ask for the encoding or find it. A text that a spreadsheet would
run as a formula begins with an apostrophe. Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from backend.errors import Invalid

Cell = str | int | bool | None

# The wide forms are what spreadsheets in Japanese or Chinese take for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,6})?")

LARGEST_CONTENT = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 100
LONGEST_CELL = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A CSV that was read: the names of its columns in lower case, and each row by them."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet might run the text; a plain number is none."""
    return text.startswith(_FORMULA) and _NUMBER.fullmatch(text) is None


def csv_cell(value: Cell) -> Cell:
    """Return the value as it may stand in a cell: formulas quoted, numbers still numbers."""
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table that a person may open; an empty `header` writes none."""
    lines = csv_lines(rows if not header else chain([header], rows))
    return "".join(lines).encode("utf-8", "replace")


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the line of each row, the header first, for tables too long to hold."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def read_csv(content: bytes) -> Table:
    """Return the table that somebody sent, which has a header.

    Takes commas, semicolons or tabs, with or without a byte-order mark; cells are trimmed and
    empty rows left out. Raises Invalid, naming the row, for what cannot be read.
    """
    if len(content) > LARGEST_CONTENT:
        raise _unreadable(f"The file has more than {LARGEST_CONTENT // 2**20} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("The file is no UTF-8 text.") from None
    if "\0" in text:
        raise _unreadable("The file holds zero bytes.")
    return _read_rows(text)


def _read_rows(text: str) -> Table:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    found: list[dict[str, str]] = []
    try:
        for number, cells in enumerate(reader, 1):
            if number > MOST_ROWS + 1:
                raise _unreadable(f"The file has more than {MOST_ROWS} rows.")
            if not any(cell.strip() for cell in cells):
                continue
            _check_row(number, cells, names)
            if names:
                found.append(dict(zip(names, _trimmed(cells), strict=True)))
            else:
                names = _read_names(cells)
    except csv.Error as error:
        raise _unreadable(f"Row {reader.line_num} is no CSV: {error}.") from error
    if not names:
        raise _unreadable("The file is empty.")
    return Table(columns=tuple(names), rows=tuple(found))


def _check_row(number: int, cells: Sequence[str], names: Sequence[str]) -> None:
    if names and len(cells) != len(names):
        raise _unreadable(f"Row {number} has {len(cells)} cells, the header {len(names)}.")
    if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
        raise _unreadable(f"Row {number} is too long.")


def _read_names(cells: Sequence[str]) -> list[str]:
    names = [" ".join(cell.lower().split()) for cell in cells]
    if len(set(names)) != len(names):
        raise _unreadable("The file has two columns of one name.")
    return names


def _trimmed(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _unreadable(message: str) -> Invalid:
    return Invalid(message, field="file", hint="Send the file as you got it, saved as CSV.")
