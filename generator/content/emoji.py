"""Emoji by the names that GitHub gives them, such as `:rocket:`."""

from __future__ import annotations

import re
from functools import cache

EMOJI = r":(?<!\w:)(?P<emoji>[a-z0-9_+\-]{1,60}):(?!\w)"
"""A name in its colons, as part of a regular expression."""

_NAME = re.compile(EMOJI)


def replace_emoji(text: str) -> str:
    """Return text with every emoji that has a name here in the name's place."""
    return _NAME.sub(lambda match: find_emoji(match[1]) or match[0], text)


def find_emoji(name: str) -> str | None:
    """Return the characters of the emoji with this name, None for what GitHub does not know."""
    return _emoji_by_name().get(name)


@cache
def _emoji_by_name() -> dict[str, str]:
    # Without types; imported here because few texts name an emoji.
    from pymdownx.gemoji_db import (  # type: ignore[import-untyped]  # noqa: PLC0415
        aliases,
        emoji,
    )

    by_name = {
        name: "".join(chr(int(code, 16)) for code in _codes(entry))
        for name, entry in emoji.items()
        if "unicode" in entry
    }
    by_name |= {alias: by_name[name] for alias, name in aliases.items() if name in by_name}
    return {name.strip(":"): characters for name, characters in by_name.items()}


def _codes(entry: dict[str, str]) -> list[str]:
    """Return code points in hexadecimal, with the selector that asks for a coloured picture."""
    return entry.get("unicode_alt", entry["unicode"]).split("-")
