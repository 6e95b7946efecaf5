"""Every attribute of a repository's HTML passes here, on its way through the sanitiser.

Links and pictures get their answer from the link map. What needs the whole tag to be decided (an
anchor that may be taken, an alignment that becomes a class) is signed for `tags`, which sees whole
tags later; the signature begins with the text's digest, so that no text holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from generator.content.allowed import SCHEMES
from generator.content.pieces import Pieces
from generator.model.links import LinkResolver

# Browsers ignore these in a scheme, so a check must.
_IGNORED = re.compile(r"[\x00-\x20\x7f-\x9f]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_DESCRIPTOR = re.compile(r"[0-9.]{1,10}[wx]")
_PIXELS = re.compile(r"(\d{1,5})(?:\.\d+)?\s*(?:px)?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3})(?:\.\d+)?\s*%")
_LONGEST_SRCSET = 10_000

RESERVED = "Site-"
"""How the page's own ids begin; no text may have such an id."""


class AttributeFilter:
    """Decides on single attributes of one text."""

    def __init__(self, *, links: LinkResolver, pieces: Pieces) -> None:
        self._links = links
        self._pieces = pieces
        self.sign = f"{pieces.mark}="
        """How a value begins that `tags` must look at."""
        self.sizes: dict[str, tuple[int, int]] = {}
        """Width and height by the address of a picture, where known."""
        self._deciders: dict[str, Callable[[str, str], str | None]] = {
            "align": self._word,
            "cite": self._cite,
            "class": self._class,
            "height": self._length,
            "href": self._link,
            "id": self._anchor,
            "name": self._anchor,
            "poster": self._source,
            "src": self._source,
            "srcset": self._candidates,
            "valign": self._word,
            "width": self._length,
        }

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        """Return the attribute's new value, or None to drop it. nh3 calls this once for each."""
        decide = self._deciders.get(name)
        if decide is None:
            return value if self._pieces.mark not in value else None
        if self._pieces.mark in value and name != "class":
            return None
        return decide(tag, value)

    def _class(self, _tag: str, value: str) -> str | None:
        return value if self._pieces.is_attributes(value) else None

    def _cite(self, _tag: str, source: str) -> str | None:
        return self._safe(source)

    def _link(self, _tag: str, target: str) -> str | None:
        return self._safe(self._links.link(target))

    def _source(self, tag: str, source: str) -> str | None:
        return self._picture(source) if tag == "img" else self._safe(self._links.image(source))

    def _picture(self, source: str) -> str:
        shown = self._safe(self._links.image(source))
        if shown is None:
            return f"{self.sign}{self._safe(self._links.link(source)) or ''}"
        size = self._links.size(source)
        if size is not None:
            self.sizes[shown] = size
        return shown

    def _candidates(self, _tag: str, srcset: str) -> str | None:
        shown = []
        for source, descriptor in _split_srcset(srcset[:_LONGEST_SRCSET]):
            address = self._safe(self._links.image(source)) if _is_safe(source) else None
            if address is not None:
                shown.append(f"{address} {descriptor}".rstrip())
        return ", ".join(shown) or None

    def _anchor(self, _tag: str, value: str) -> str | None:
        if not value or value.startswith(RESERVED) or any(map(str.isspace, value)):
            return None
        return self.sign + value

    def _word(self, _tag: str, value: str) -> str | None:
        word = value.strip().lower()
        return self.sign + word if word.isalpha() and word.isascii() and len(word) < 9 else None

    def _length(self, tag: str, value: str) -> str | None:
        pixels = _PIXELS.fullmatch(value.strip())
        if pixels is not None:
            return pixels[1] if tag not in {"td", "th"} else None
        percent = _PERCENT.fullmatch(value.strip())
        return f"{self.sign}{percent[1]}" if percent is not None else None

    def _safe(self, address: str | None) -> str | None:
        """Guard against an answer that a hostile file name turned into another scheme."""
        if address is None or self._pieces.mark in address or not _is_safe(address):
            return None
        return address


def _split_srcset(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield each picture with its descriptor (`2x`, `640w`), as the HTML standard splits them."""
    source = ""
    for word in srcset.split():
        if not source:
            source = word
        else:
            descriptor, comma, source_after = word.partition(",")
            yield source, descriptor if _DESCRIPTOR.fullmatch(descriptor) else ""
            source = source_after if comma else ""
        if source.endswith(","):
            yield source.rstrip(","), ""
            source = ""
    if source:
        yield source, ""


def _is_safe(address: str) -> bool:
    scheme = _SCHEME.match(_IGNORED.sub("", address))
    return scheme is None or scheme[1].lower() in SCHEMES
