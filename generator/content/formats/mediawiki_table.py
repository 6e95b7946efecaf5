"""Tables of MediaWiki: `{|`, `|-`, `!`, `|`, `|}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from generator.content.formats.indented_list import unwrap_paragraph

_SPANS = re.compile(r"\b(colspan|rowspan|align)\s*=\s*[\"']?(\w{1,10})")
_ATTRIBUTES = re.compile(r"[^|\[\]{}<>]{0,500}=[^|\[\]{}<>]{0,500}\|(?!\|)")


def read_table(
    lines: list[str], index: int, *, blocks: Callable[[list[str]], str], depth: int = 0
) -> tuple[str, int]:
    """Return the table that opens at `index`, and where the next block starts."""
    rows: list[list[tuple[str, str, list[str]]]] = [[]]
    caption: list[str] = []
    end = index + 1
    while end < len(lines):
        line = lines[end].strip()
        if line.startswith("|}"):
            break
        if line.startswith("{|") and rows[-1] and depth < 5:
            start = end
            end = _skip_table(lines, start)
            rows[-1][-1][2].extend(lines[start:end])
            continue
        if line.startswith("|+"):
            caption = [line[2:]]
        elif line.startswith("|-"):
            rows.append([])
        elif line.startswith(("!", "|")):
            rows[-1] += _read_cells(line)
        elif rows[-1]:
            rows[-1][-1][2].append(lines[end])
        end += 1
    head = f"<caption>{_content(caption, blocks)}</caption>" if caption else ""
    rows = [row for row in rows if row]
    has_head = len(rows) > 1 and all(tag == "th" for tag, _, _ in rows[0])
    html = [_write_row(row, blocks) for row in rows]
    if has_head:
        head += f"<thead>{html[0]}</thead>\n"
    body = "".join(html[1:] if has_head else html)
    return f"<table>{head}<tbody>\n{body}</tbody></table>\n", end + 1


def _skip_table(lines: list[str], index: int) -> int:
    depth = 0
    for end in range(index, len(lines)):
        line = lines[end].strip()
        depth += line.startswith("{|") - line.startswith("|}")
        if not depth:
            return end + 1
    return len(lines)


def _read_cells(line: str) -> list[tuple[str, str, list[str]]]:
    """Return tag, attributes and text of each cell that one line holds."""
    tag = "th" if line[0] == "!" else "td"
    cells: list[tuple[str, str, list[str]]] = []
    for cell in re.split(r"\|\||!!" if tag == "th" else r"\|\|", line[1:]):
        match = _ATTRIBUTES.match(cell)
        spans = _SPANS.findall(match[0]) if match else []
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in spans)
        cells.append((tag, attributes, [cell[match.end() :] if match else cell]))
    return cells


def _write_row(row: list[tuple[str, str, list[str]]], blocks: Callable[[list[str]], str]) -> str:
    cells = (
        f"<{tag}{attributes}>{_content(text, blocks)}</{tag}>" for tag, attributes, text in row
    )
    return f"<tr>{''.join(cells)}</tr>\n"


def _content(lines: list[str], blocks: Callable[[list[str]], str]) -> str:
    return unwrap_paragraph(blocks([lines[0].strip(), *lines[1:]]))
