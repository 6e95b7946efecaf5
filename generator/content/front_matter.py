"""The block of metadata that may open a text: never shown, but asked for a title."""

from __future__ import annotations

import re

# YAML between lines of three hyphens, TOML between lines of three plus signs. A rule (`---`) that
# merely opens a text is told apart by what follows it: metadata begins with a key.
_OPENING = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\n(?=[\w\"'-]+[ \t]*[:=]|[ \t]*#|[ \t]*\n|\1)")
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
_LIMIT = 64 * 1024
_CLOSINGS = {"---": ("---", "..."), "+++": ("+++",)}


def split_front_matter(text: str) -> tuple[str | None, str]:
    """Return the title that the metadata names, if any, and the text without its metadata."""
    opening = _OPENING.match(text)
    if opening is None:
        return None, text
    end = _find_end(text, opening.end(), _CLOSINGS[opening[1]])
    if end is None:
        return None, text
    return _read_title(text[opening.end() : end]), text[text.find("\n", end) + 1 or len(text) :]


def _find_end(text: str, start: int, closings: tuple[str, ...]) -> int | None:
    """Return where the closing line begins, or None when there is none near enough."""
    position = start
    while position < min(len(text), start + _LIMIT):
        line_end = text.find("\n", position)
        line = text[position : line_end if line_end >= 0 else len(text)]
        if line.rstrip() in closings:
            return position
        if line_end < 0:
            return None
        position = line_end + 1
    return None


def _read_title(metadata: str) -> str | None:
    found = _TITLE.search(metadata)
    if found is None:
        return None
    value = found[1].strip()
    quote = value[0]
    if quote in "\"'":
        closing = value.find(quote, 1)
        value = value[1:closing] if closing > 0 else value[1:]
    else:
        value = value.partition(" #")[0].strip()
    return value if value not in {"", "|", ">", "|-", ">-"} else None
