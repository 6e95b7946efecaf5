"""Lists whose nesting is their indentation, as Org and RDoc have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

_Blocks = Callable[[list[str]], str]


@dataclass(slots=True, kw_only=True)
class Item:
    """One item as its first line tells: `tag` is `ul`, `ol` or `dl`, `lead` finished HTML.

    `lead` stands before the text: the term of a definition, or a box of a checklist. `indent` is
    the column of the mark, `offset` that of the text.
    """

    tag: str
    indent: int
    offset: int
    text: str
    lead: str = ""
    start: str = ""
    lines: list[str] = field(default_factory=list)


def read_list(
    lines: list[str], index: int, *, read_item: Callable[[str], Item | None], blocks: _Blocks
) -> tuple[str, int]:
    """Return the list that begins at `index`, and where the next block starts.

    All that is indented further than an item's mark is that item's, blank lines included.
    """
    items: list[Item] = []
    while index < len(lines):
        item = read_item(lines[index])
        if item is None or (items and not _belongs(item, items[0])):
            break
        index = _read_body(lines, index + 1, item)
        items.append(item)
    return _write(items, blocks), index


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _belongs(item: Item, first: Item) -> bool:
    return item.tag == first.tag and item.indent <= first.indent


def _read_body(lines: list[str], index: int, item: Item) -> int:
    end = index
    while end < len(lines) and (not lines[end].strip() or indent_of(lines[end]) > item.indent):
        end += 1
    body = lines[index:end]
    margin = min([item.offset, *(indent_of(line) for line in body if line.strip())])
    item.lines = [item.text, *(line[margin:] for line in body)]
    return end


def _write(items: list[Item], blocks: _Blocks) -> str:
    tag = items[0].tag
    start = f' start="{items[0].start}"' if items[0].start not in {"", "1"} else ""
    parts = [f"<{tag}{start}>\n"]
    for item in items:
        html = unwrap_paragraph(blocks(item.lines))
        if tag == "dl":
            parts.append(f"<dt>{item.lead}</dt>\n<dd>{html}</dd>\n")
        else:
            parts.append(f"<li>{item.lead}{html}</li>\n")
    return "".join([*parts, f"</{tag}>\n"])


def unwrap_paragraph(html: str) -> str:
    """Return blocks without the first paragraph's tags where it is the only one of its level."""
    if html.startswith("<p>") and html.partition("<li>")[0].count("<p>") == 1:
        return html[3:].replace("</p>\n", "", 1)
    return html
