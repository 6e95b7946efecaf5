"""AsciiDoc tables: cells by `|`, columns from the first line or `cols`, CSV and DSV as well."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from generator.content.formats.asciidoc_inline import Inline

_CELL = re.compile(
    r"(?:(?<=\s)|^)(?P<spec>(?:\d+(?:\.\d+)?|\.\d+)?[+*]?[<^>]?(?:\.[<^>])?[aehlmsvd]?)"
    r"(?<!\\)(?P<mark>[|!])"
)
_SPAN = re.compile(r"(\d+)?(?:\.(\d+))?([+*])")
_ALIGN = {"<": "left", "^": "center", ">": "right"}
_COLUMNS_LIMIT = 100
_REPEAT_LIMIT = 100


@dataclass(slots=True)
class _Cell:
    text: str
    style: str = ""
    align: str = ""
    colspan: int = 1
    rowspan: int = 1


def write_table(
    lines: list[str],
    mark: str,
    named: Mapping[str, str],
    *,
    inline: Inline,
    blocks: Callable[[list[str]], str],
) -> str:
    """Return a table; `blocks` renders cells that hold blocks of their own."""
    separator = named.get("separator", mark)
    form = named.get("format", {",": "csv", ":": "dsv"}.get(mark, "psv"))
    columns = _read_columns(named.get("cols", ""))
    rows = (
        _read_delimited(lines, form, separator)
        if form in {"csv", "dsv", "tsv"}
        else _read_cells(lines, separator, len(columns))
    )
    options = named.get("options", "") + named.get("opts", "")
    has_head = "header" in options or (
        len(lines) > 1 and bool(lines[0].strip()) and not lines[1].strip()
    )
    html = [
        _write_row(row, columns, inline, blocks, is_head=has_head and index == 0)
        for index, row in enumerate(rows)
    ]
    head = f"<thead>{html[0]}</thead>\n" if has_head and html else ""
    body = "".join(html[1:] if head else html)
    return f"<table>{head}<tbody>\n{body}</tbody></table>\n"


def _read_columns(cols: str) -> list[str]:
    """Return each column's letters (alignment and style): `2*,^a` gives three."""
    columns: list[str] = []
    for part in re.split(r"[,;]", cols) if cols.strip() else ():
        repeat, star, rest = part.strip().partition("*")
        count = int(repeat) if star and repeat.isdigit() else 1
        columns += [rest if star else part.strip()] * min(count, _REPEAT_LIMIT)
    return columns[:_COLUMNS_LIMIT]


def _read_delimited(lines: list[str], form: str, separator: str) -> list[list[_Cell]]:
    delimiter = {"dsv": ":", "tsv": "\t"}.get(form, ",")
    if len(separator) == 1 and separator not in "|!":
        delimiter = separator
    rows = csv.reader([line for line in lines if line.strip()], delimiter=delimiter)
    return [[_Cell(text=text.strip()) for text in row] for row in rows]


def _read_cells(lines: list[str], separator: str, width: int) -> list[list[_Cell]]:
    """Return rows of cells; without `cols` the first line with cells says how many are in one."""
    cells: list[_Cell] = []
    for line in lines:
        marks = [match for match in _CELL.finditer(line) if match["mark"] == separator]
        if not marks:
            if cells:
                cells[-1].text += "\n" + line
            continue
        if cells and line[: marks[0].start()].strip():
            cells[-1].text += "\n" + line[: marks[0].start()]
        for match, following in zip(marks, [*marks[1:], None], strict=True):
            end = following.start() if following else len(line)
            cells += _make_cells(match["spec"], line[match.end() : end])
        width = width or sum(cell.colspan for cell in cells)
    return _fill_rows(cells, max(width, 1))


def _make_cells(spec: str, text: str) -> list[_Cell]:
    span = _SPAN.match(spec)
    rest = spec[span.end() :] if span else spec
    cell = _Cell(text=text.replace("\\|", "|"), style=rest[-1:] if rest[-1:].isalpha() else "")
    cell.align = next((_ALIGN[letter] for letter in rest if letter in _ALIGN), "")
    count = 1
    if span and span[3] == "*":
        count = min(int(span[1] or 1), _REPEAT_LIMIT)
    elif span:
        cell.colspan = min(int(span[1] or 1), _COLUMNS_LIMIT)
        cell.rowspan = min(int(span[2] or 1), 1_000)
    return [cell] * count


def _fill_rows(cells: list[_Cell], width: int) -> list[list[_Cell]]:
    """Return the cells in rows of `width` columns, cells from rows above counted."""
    rows: list[list[_Cell]] = []
    row: list[_Cell] = []
    filled = 0
    reserved: dict[int, int] = {}
    for cell in cells:
        row.append(cell)
        filled += cell.colspan
        for below in range(1, cell.rowspan):
            reserved[len(rows) + below] = reserved.get(len(rows) + below, 0) + cell.colspan
        if filled >= width:
            rows.append(row)
            row = []
            filled = reserved.get(len(rows), 0)
    return [*rows, row] if row else rows


def _write_row(
    row: list[_Cell],
    columns: list[str],
    inline: Inline,
    blocks: Callable[[list[str]], str],
    *,
    is_head: bool,
) -> str:
    parts: list[str] = []
    for index, cell in enumerate(row):
        column = columns[index] if index < len(columns) else ""
        style = "" if is_head else cell.style or (column[-1:] if column[-1:].isalpha() else "")
        align = cell.align or next((_ALIGN[letter] for letter in column if letter in _ALIGN), "")
        tag = "th" if is_head or style == "h" else "td"
        parts.append(
            f"<{tag}{_cell_attributes(cell, align)}>{_content(cell, style, inline, blocks)}</{tag}>"
        )
    return f"<tr>{''.join(parts)}</tr>\n"


def _cell_attributes(cell: _Cell, align: str) -> str:
    attributes = f' align="{align}"' if align in {"center", "right"} else ""
    if cell.colspan > 1:
        attributes += f' colspan="{cell.colspan}"'
    return attributes + (f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else "")


def _content(cell: _Cell, style: str, inline: Inline, blocks: Callable[[list[str]], str]) -> str:
    if style == "a":
        return blocks(cell.text.strip().split("\n"))
    if style == "l":
        return f"<pre>{escape(cell.text.strip())}</pre>"
    paragraphs = [inline.write(part.strip()) for part in re.split(r"\n{2,}", cell.text.strip())]
    html = (
        paragraphs[0] if len(paragraphs) == 1 else "".join(f"<p>{part}</p>" for part in paragraphs)
    )
    tag = {"e": "em", "s": "strong", "m": "code"}.get(style)
    return f"<{tag}>{html}</{tag}>" if tag else html
