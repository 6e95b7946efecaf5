"""Plain text as a page: paragraphs that wrap, and what is drawn with spaces kept as it stands.

Nothing is guessed beyond that: no emphasis, no lists, since a text without markup meant none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from generator.content.pieces import Pieces

# A block of more text than this is a log or data, and stays as it is.
_PROSE_LIMIT = 400_000
RICH_LIMIT = 600_000
"""A longer text of a format with markup is data too, and shown as it is."""

_TITLE_LENGTH = 80

_URL = re.compile(r"\bhttps?://[^\s<>\"'`|{}\\^]{1,2000}")
_TRAILING = ".,;:!?)]"
_UNDERLINE = re.compile(r"([=\-~*#_])\1{2,}\s*")
_DRAWN = re.compile(r"\S {3,}\S|\t|[|+][-=|+]|[-=]{3,}[|+]|[│┌└├─═╔]|[._/\\|]{4,}|[*#=]{5,}")
_ITEM = re.compile(r"\s*(?:[-*+•o]|\(?\d{1,3}[.)])\s+\S")


def to_html(text: str, path: str, pieces: Pieces) -> str:  # noqa: ARG001  one signature for all
    """Return untrusted HTML; the first line is the title when it looks like one."""
    blocks = [block.rstrip() for block in _split_blocks(text)]
    if not blocks:
        return ""
    if len(text) > _PROSE_LIMIT:
        return _preformatted(text)
    title, rest = _split_title(blocks[0])
    body = ([rest] if rest else []) + blocks[1:]
    head = f"<h1>{escape(title)}</h1>\n" if title else ""
    return head + "".join(_write_block(block) for block in _join_drawn(body))


def _split_blocks(text: str) -> Iterator[str]:
    """Yield runs of lines between blank ones; indentation of the first line is kept."""
    lines: list[str] = []
    for line in text.expandtabs(8).split("\n"):
        if line.strip():
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _split_title(block: str) -> tuple[str, str]:
    """Return a title and what follows it; an empty title if the first line reads like prose."""
    first, _, rest = block.partition("\n")
    title = first.strip().strip("=-*# ")
    second, _, after = rest.partition("\n")
    if title and _UNDERLINE.fullmatch(second.strip()):
        return title, after
    is_title = (
        0 < len(title) <= _TITLE_LENGTH
        and not rest
        and not title.endswith((".", ",", ";", ":", "?"))
        and not _URL.search(title)
        and not _ITEM.match(first)
        and any(character.isalpha() for character in title)
    )
    return (title, "") if is_title else ("", block)


def _join_drawn(blocks: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield blocks and whether each is drawn; neighbours that are drawn become one.

    A lone short line between two of them belongs to them, such as a label amid code.
    """
    kinds = [_is_drawn(block) for block in blocks]
    for index in range(1, len(blocks) - 1):
        if kinds[index - 1] and kinds[index + 1] and _is_label(blocks[index]):
            kinds[index] = True
    for is_drawn, run in groupby(zip(blocks, kinds, strict=True), key=lambda pair: pair[1]):
        texts = [block for block, _ in run]
        yield from [("\n\n".join(texts), True)] if is_drawn else ((text, False) for text in texts)


def _is_label(block: str) -> bool:
    return len(block) < 40 and "\n" not in block and not block.endswith((".", "!", "?"))


def _is_drawn(block: str) -> bool:
    """Tell tables, art, code and lists from prose: by columns, indentation and line drawing."""
    lines = block.split("\n")
    if all(line.startswith("  ") for line in lines) and len(lines) > 1:
        return True
    if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1].strip()):
        lines = lines[2:] or ["x"]
    odd = sum(bool(_DRAWN.search(line[:400])) for line in lines)
    items = sum(bool(_ITEM.match(line)) for line in lines)
    short = sum(len(line.strip()) < 40 for line in lines)
    return odd * 4 >= len(lines) or items > 1 or (len(lines) > 2 and short == len(lines))


def _write_block(block_and_kind: tuple[str, bool]) -> str:
    block, is_drawn = block_and_kind
    head, block = _split_heading(block)
    if not block:
        return head
    if is_drawn:
        return head + _preformatted(block)
    if _UNDERLINE.fullmatch(block.strip()):
        return head + "<hr>\n"
    return f"{head}<p>{link_urls(' '.join(block.split()))}</p>\n"


def _split_heading(block: str) -> tuple[str, str]:
    """Return the heading that an underlined first line makes, and the lines below it."""
    title, _, rest = block.partition("\n")
    underline, _, after = rest.partition("\n")
    if len(title) > _TITLE_LENGTH or not _UNDERLINE.fullmatch(underline.strip()):
        return "", block
    return f"<h2>{escape(title.strip())}</h2>\n", after


def _preformatted(text: str) -> str:
    return f"<pre>{link_urls(text)}</pre>\n"


def link_urls(text: str) -> str:
    """Return plain text as HTML whose web addresses are links, closing punctuation left out."""
    parts: list[str] = []
    end = 0
    for match in _URL.finditer(text):
        url = match[0]
        while url and url[-1] in _TRAILING and not (url[-1] == ")" and "(" in url):
            url = url[:-1]
        shown = escape(url)
        parts += [escape(text[end : match.start()], quote=False), f'<a href="{shown}">{shown}</a>']
        end = match.start() + len(url)
    return "".join([*parts, escape(text[end:], quote=False)])
