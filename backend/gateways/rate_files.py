"""Files of exchange rates in the forms of the European Central Bank: XML, CSV, and CSV in a ZIP.

`eurofxref-daily.xml`, `-hist.xml` and `-hist-90d.xml` nest days and currencies in `Cube` elements;
`eurofxref.csv` and `eurofxref-hist.csv` have a line a day and a column a currency. A file is taken
whole or not at all. Expat is used by itself: it knows the line, and no file of rates has a document
type, so that whatever begins one is refused before an entity could mean anything.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from backend.domain.exchange import Rate, make_rate
from backend.domain.instants import Day
from backend.domain.money import CURRENCIES
from backend.errors import Invalid

FILE_BYTES = 16 * 1024 * 1024
"""The whole history since 1999 as XML is about half of that."""
LARGEST_COUNT = 500_000
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WRITTEN_DATE = re.compile(r"([0-9]{1,2}) ([A-Za-z]{3,9}) ([0-9]{4})")
_CODE = re.compile(r"[A-Z]{3}")
_NO_RATE = frozenset({"", "N/A", "-"})
_FIRST = datetime.date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFile:
    """What a file says. `skipped` are the codes of currencies that are not known here."""

    rates: tuple[Rate, ...]
    skipped: tuple[str, ...] = ()


def read_rates(content: bytes, *, provider: str) -> RateFile:
    """Return the rates of a file. Raises Invalid naming the line that cannot be read."""
    if len(content) > FILE_BYTES:
        raise Invalid(f"The file is longer than {FILE_BYTES} bytes.", hint="Send fewer days.")
    if content.startswith(b"PK\x03\x04"):
        content = _unpack(content)
    reading = _Reading(provider=provider)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        _read_xml(content, reading)
    else:
        _read_csv(content, reading)
    if not reading.rates:
        raise Invalid(
            "The file holds no rate of a currency that is known here.",
            hint="It has to be one of the European Central Bank, or have its form.",
        )
    return RateFile(rates=tuple(reading.rates.values()), skipped=tuple(sorted(reading.skipped)))


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What was read of a file so far."""

    provider: str
    rates: dict[tuple[Day, str], Rate] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)

    def add(self, line: int, day: Day, currency: str, per_euro: str) -> None:
        """Take one rate. Raises Invalid naming the line."""
        if not _CODE.fullmatch(currency):
            raise _wrong(line, f"{currency[:20]!r} is no code of a currency")
        if currency not in CURRENCIES:
            self.skipped.add(currency)
            return
        try:
            rate = make_rate(currency=currency, day=day, per_euro=per_euro, provider=self.provider)
        except Invalid as error:
            raise _wrong(line, error.message.rstrip(".")) from error
        if (day, currency) in self.rates:
            raise _wrong(line, f"{currency} has a rate of that day already")
        if len(self.rates) >= LARGEST_COUNT:
            raise _wrong(line, f"these are more than {LARGEST_COUNT} rates")
        self.rates[day, currency] = rate


def _read_xml(content: bytes, reading: _Reading) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    day: Day | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal day
        line = parser.CurrentLineNumber
        if name.rpartition(" ")[2] != "Cube":
            return
        if "time" in attributes:
            day = _read_date(attributes["time"], line)
        elif "currency" in attributes:
            if day is None:
                raise _wrong(line, "a rate stands before its day")
            reading.add(line, day, attributes["currency"], attributes.get("rate", ""))

    def refuse(*_declaration: object) -> None:
        raise _wrong(parser.CurrentLineNumber, "a file of rates declares no document type")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _wrong(error.lineno, f"it is not well-formed XML: {error}") from error
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise Invalid(f"The file is not XML that can be read: {error}.") from error


def _read_csv(content: bytes, reading: _Reading) -> None:
    lines = _csv_lines(content)
    _number, header = next(lines, (1, []))
    if not header or header[0].lower() != "date":
        raise _wrong(1, "it has to begin with Date and then name the currencies")
    for number, cells in lines:
        if len(cells) != len(header):
            raise _wrong(number, f"it has {len(cells)} cells, and the first line {len(header)}")
        day = _read_date(cells[0], number)
        for currency, cell in zip(header[1:], cells[1:], strict=True):
            if currency and cell not in _NO_RATE:
                reading.add(number, day, currency, cell)
            elif cell not in _NO_RATE:
                raise _wrong(number, f"{cell[:20]!r} stands in a column without a currency")


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not empty with their numbers, each cell without spaces around."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong(line, "it holds bytes that are no text in UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise _wrong(reader.line_num, f"it is not CSV: {error}") from error


def _unpack(content: bytes) -> bytes:
    """Return the one CSV file of an archive, bounded whatever the archive says of its size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(names) != 1:
                raise Invalid(
                    f"The archive holds {len(names)} CSV files, and has to hold one.",
                    hint="Unpack it, and import the file that is meant.",
                )
            with archive.open(names[0]) as file:
                unpacked = file.read(FILE_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Invalid(f"The archive cannot be unpacked: {error}.") from error
    if len(unpacked) > FILE_BYTES:
        raise Invalid(f"The file in the archive is longer than {FILE_BYTES} bytes.")
    return unpacked


def _read_date(text: str, line: int) -> Day:
    """Return the day of `2026-11-20` or `20 November 2026`. Raises Invalid naming the line."""
    try:
        date = _date_of(text)
    except ValueError as error:
        raise _wrong(line, f"{text[:40]!r} is no date like 2026-11-20") from error
    return Day((date - _FIRST).days)


def _date_of(text: str) -> datetime.date:
    iso, written = _ISO_DATE.fullmatch(text), _WRITTEN_DATE.fullmatch(text)
    if iso:
        return datetime.date(int(iso[1]), int(iso[2]), int(iso[3]))
    if written:
        month = _MONTHS.index(written[2].lower()) + 1
        return datetime.date(int(written[3]), month, int(written[1]))
    raise ValueError(text)


def _wrong(line: int, reason: str) -> Invalid:
    return Invalid(
        f"Line {line} of the file: {reason}.",
        field=f"line {line}",
        hint="Nothing of the file was stored.",
    )
