"""AsciiDoc's lists of every kind, nested by their markers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from generator.content.formats.asciidoc_block import (
    BLOCK_ATTRIBUTES,
    DELIMITER,
    FENCE,
    Reader,
    ends_paragraph,
    skip_blank,
)

_ITEM = re.compile(
    r"\s*(?:(?P<bullet>\*{1,8}|-|•)|(?P<number>\.{1,8}|\d{1,9}\.|[a-zA-Z]\.)|(?P<callout><(?:\d+|\.)>))"
    r"\s+(?P<text>\S.*)$"
)
_TERM = re.compile(r"\s*(?P<term>\S.{0,500}?)(?P<mark>:{2,4}|;;)(?:\s+(?P<text>.*))?$")
_CHECK = re.compile(r"\[([ xX*])\]\s+")


@dataclass(slots=True)
class _Item:
    """One item of any list: `level` is its marker's place, `body` its finished HTML."""

    tag: str
    marker: str
    text: str
    term: str = ""
    body: list[str] = field(default_factory=list)


def is_item(line: str) -> bool:
    return _read_item(line) is not None


def read_list(reader: Reader, lines: list[str], index: int) -> tuple[str, int]:
    """Return a list with all lists in it; which of them an item opens, its marker says."""
    items: list[_Item] = []
    while index < len(lines):
        item = _read_item(lines[index])
        if item is None:
            break
        index = _read_item_text(lines, index + 1, item)
        index = _read_attached(reader, lines, index, item)
        items.append(item)
        following = skip_blank(lines, index)
        if following >= len(lines) or _read_item(lines[following]) is None:
            break
        index = following
    return _write_list(reader, items), index


def _read_item_text(lines: list[str], index: int, item: _Item) -> int:
    if item.tag == "dl" and not item.text:
        index = skip_blank(lines, index, limit=1)
        if index < len(lines) and _starts_block(lines[index]):
            return index
    words = [item.text] if item.text else []
    while index < len(lines) and lines[index].strip() and lines[index] != "+":
        if _read_item(lines[index]) or ends_paragraph(lines[index]):
            break
        words.append(lines[index].strip())
        index += 1
    item.text = "\n".join(words)
    return index


def _starts_block(line: str) -> bool:
    return bool(DELIMITER.match(line) or BLOCK_ATTRIBUTES.match(line) or _read_item(line))


def _read_attached(reader: Reader, lines: list[str], index: int, item: _Item) -> int:
    while index < len(lines):
        is_joined = lines[index] == "+"
        literal = skip_blank(lines, index)
        if is_joined:
            html, index = reader.block(lines, index + 1)
        elif (
            index < literal < len(lines)
            and lines[literal][0] in " \t"
            and _read_item(lines[literal]) is None
        ):
            html, index = reader.block(lines, literal)
        elif _starts_listing(lines, index):
            html, index = reader.block(lines, index)
        else:
            break
        item.body.append(html)
    return index


def _write_list(reader: Reader, items: list[_Item]) -> str:
    """Write items as nested lists: a marker not yet open opens a list in the item before."""
    parts: list[str] = []
    open_lists: list[_Item] = []
    for item in items:
        markers = [opened.marker for opened in open_lists]
        if item.marker in markers:
            while open_lists[-1].marker != item.marker:
                parts.append(_close(open_lists.pop()))
            parts.append("</dd>\n" if item.tag == "dl" else "</li>\n")
        else:
            open_lists.append(item)
            parts.append(f"<{item.tag}>\n")
        parts.append(_write_item(reader, item))
    parts += [_close(item) for item in reversed(open_lists)]
    return "".join(parts)


def _write_item(reader: Reader, item: _Item) -> str:
    body = "".join(item.body)
    if item.tag == "dl":
        text = f"<p>{reader.inline.write(item.text)}</p>" if item.text else ""
        return f"<dt>{reader.inline.write(item.term)}</dt>\n<dd>{text}{body}"
    check = _CHECK.match(item.text)
    box = ""
    if check:
        checked = "" if check[1] == " " else " checked"
        label = "Done" if checked else "To do"
        box = reader.pieces.add(f'<input type="checkbox" aria-label="{label}" disabled{checked}> ')
        item.text = item.text[check.end() :]
    return f"<li>{box}{reader.inline.write(item.text)}{body}"


def _close(item: _Item) -> str:
    return "</dd>\n</dl>\n" if item.tag == "dl" else f"</li>\n</{item.tag}>\n"


def _starts_listing(lines: list[str], index: int) -> bool:
    """Tell whether a listing follows without `+`, which authors forget and Asciidoctor allows."""
    return index < len(lines) and bool(FENCE.match(lines[index]))


def _read_item(line: str) -> _Item | None:
    match = _ITEM.match(line)
    if match:
        marker = match["bullet"] or match["number"] or "<>"
        if match["number"] and not marker.startswith("."):
            marker = "1."
        return _Item(tag="ul" if match["bullet"] else "ol", marker=marker, text=match["text"])
    term = _TERM.match(line)
    if term and not line.startswith(("image:", "//")):
        return _Item(tag="dl", marker=term["mark"], text=term["text"] or "", term=term["term"])
    return None
