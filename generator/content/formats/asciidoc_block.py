"""What AsciiDoc's block readers share: the attributes above a block, and where one begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from generator.content.formats.asciidoc_inline import Inline
from generator.content.pieces import Pieces

DELIMITER = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|\"\"|[|,:!]={3,})$")
FENCE = re.compile(r"(`{3,})\s*([^`]*)$")
BLOCK_ATTRIBUTES = re.compile(r"\[(?!\[)([^\]\n]{0,1000})\]$")
MACRO = re.compile(r"(image|video|audio|toc|stem)::([^\[\]]{0,2000})\[(.*)\]$")
_VERBATIM_STYLES = frozenset({"source", "listing", "literal", "mermaid"})


@dataclass(slots=True)
class Block:
    """What stands above a block: its title, anchor, style (`source`, `quote`) and attributes."""

    title: str = ""
    identity: str = ""
    style: str = ""
    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    @property
    def is_verbatim(self) -> bool:
        return self.style in _VERBATIM_STYLES

    @property
    def is_collapsible(self) -> bool:
        options = [*self.positional, self.named.get("options", ""), self.named.get("opts", "")]
        return any("collapsible" in option for option in options)

    def take_title(self) -> str:
        """Return the title, which is then not shown above the block."""
        title, self.title = self.title, ""
        return title


class Reader(Protocol):
    """The document as the readers of its parts see it."""

    inline: Inline
    pieces: Pieces

    def blocks(self, lines: list[str]) -> str:
        """Return the HTML of lines, block by block."""
        ...

    def block(self, lines: list[str], index: int) -> tuple[str, int]:
        """Return one block from `index` on, and where the next one starts."""
        ...


def ends_paragraph(line: str) -> bool:
    """Tell whether a paragraph ends before this line, though no blank line stands there."""
    return line == "+" or any(
        pattern.match(line) for pattern in (DELIMITER, FENCE, BLOCK_ATTRIBUTES, MACRO)
    )


def skip_blank(lines: list[str], index: int, *, limit: int = 1_000_000) -> int:
    """Return the index of the next line with text, at most `limit` lines on."""
    stop = min(len(lines), index + limit)
    while index < stop and not lines[index].strip():
        index += 1
    return index
