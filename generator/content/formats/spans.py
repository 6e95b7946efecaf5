"""Finished HTML inside unfinished text: what is done is put aside until the rest is done."""

from __future__ import annotations

import re

_TOKEN = re.compile("\x01(\\d+)\x02")
_MARKS = {1: None, 2: None}
_DEPTH_LIMIT = 20


class Spans:
    """The pieces of HTML put aside while one text is read."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def keep(self, html: str) -> str:
        """Put `html` aside and return the token for it, which no markup touches."""
        self._kept.append(html)
        return f"\x01{len(self._kept) - 1}\x02"

    def restore(self, text: str) -> str:
        """Return `text` with the kept HTML back in its places, tokens inside it too."""
        for _ in range(_DEPTH_LIMIT):
            if "\x01" not in text:
                return text
            text = _TOKEN.sub(lambda match: self._kept[int(match[1])], text)
        return clean(text)


def clean(text: str) -> str:
    """Return `text` without the characters that tokens are made of."""
    return text.translate(_MARKS)
