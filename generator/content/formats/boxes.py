"""The five kinds of callout, under the names that other formats give them."""

from __future__ import annotations

from html import escape

from generator.content.pieces import Pieces

_KINDS = {
    "note": "note",
    "info": "note",
    "seealso": "note",
    "tip": "tip",
    "hint": "tip",
    "important": "important",
    "warning": "warning",
    "attention": "warning",
    "caution": "caution",
    "danger": "caution",
    "error": "caution",
}


def is_callout(name: str) -> bool:
    return name.lower() in _KINDS


def callout(name: str, content: str, *, pieces: Pieces, title: str = "") -> str:
    """Return `content` (HTML) as a callout; `title` is plain, and the name's word if empty."""
    kind = _KINDS.get(name.lower(), "note")
    word = "See also" if name.lower() == "seealso" else name.capitalize()
    box = pieces.add_attributes(class_=f"callout callout-{kind}", role="note")
    head = pieces.add_attributes(class_="callout-title")
    return f'<div class="{box}"><p class="{head}">{escape(title or word)}</p>{content}</div>\n'
