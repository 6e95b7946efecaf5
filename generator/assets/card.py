"""What a social card says, and the key under which a drawn one may be kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

# Raise it when a design changes.
_EDITION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CardColours:
    """`#rrggbb` each: the theme's own, with the project's accent."""

    background: str
    text: str
    muted: str
    line: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What one card says. An empty text is left out, and so is one that no font can write.

    `title` is the page's, empty on the home page; `facts` are a few words each, such as `v2.1` and
    `MIT`; `host` is where the site is served; `theme` chooses the design.
    """

    project: str
    title: str
    text: str
    theme: str
    colours: CardColours
    facts: tuple[str, ...] = ()
    host: str = ""
    logo: bytes | None = None


def card_key(card: Card) -> bytes:
    """Return the key under which a drawn card may be kept: equal for equal cards."""
    digest = hashlib.blake2b(digest_size=20)
    colours = card.colours
    parts = (
        str(_EDITION), card.project, card.title, card.text, card.theme, *card.facts, card.host,
        colours.background, colours.text, colours.muted, colours.line, colours.accent,
    )  # fmt: skip
    for part in (*(part.encode("utf-8", "surrogatepass") for part in parts), card.logo or b""):
        digest.update(len(part).to_bytes(4, "big") + part)
    return b"card:" + digest.digest()
