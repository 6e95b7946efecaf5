"""The anchors that GitHub gives to headings.

Source: npm `github-slugger` 2, whose regular expression removes all but letters, marks, decimal
digits, letter numbers, connectors, hyphens and spaces (as Unicode names these classes).
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import category

_KEPT = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "Pc"))
# Symbols that Unicode also calls alphabetic: letters in circles, squares and boxes.
_ENCLOSED = (
    range(0x24B6, 0x24EA),
    range(0x1F130, 0x1F14A),
    range(0x1F150, 0x1F16A),
    range(0x1F170, 0x1F18A),
)
_ASCII_REMOVED = re.compile(r"[^a-z0-9_\- ]")


class Slugger:
    """Gives anchors to the headings of one text; a repeated one gets a number."""

    def __init__(self) -> None:
        self._occurrences: dict[str, int] = {}

    def slug(self, text: str) -> str:
        """Return the anchor of the next heading: its plain text, neither trimmed nor collapsed."""
        original = unique = slug(text)
        while unique in self._occurrences:
            self._occurrences[original] += 1
            unique = f"{original}-{self._occurrences[original]}"
        self._occurrences[unique] = 0
        return unique


def slug(text: str) -> str:
    """Return the anchor of a heading that is alone in its text; empty when nothing remains."""
    lower = text.lower()
    if lower.isascii():
        return _ASCII_REMOVED.sub("", lower).replace(" ", "-")
    return "".join([character for character in lower if _is_kept(character)]).replace(" ", "-")


@cache
def _is_kept(character: str) -> bool:
    return (
        character in "- "
        or category(character) in _KEPT
        or any(ord(character) in block for block in _ENCLOSED)
    )
