"""Headings get the anchors they have on GitHub, whatever format they were written in."""

from __future__ import annotations

import re
from html import escape, unescape

from generator.content.emoji import replace_emoji
from generator.content.pieces import Pieces
from generator.content.slugs import Slugger

HEADING = re.compile(r"<h([1-6])((?: [^<>]*)?)>(.*?)</h\1>", re.DOTALL)
_OWN = re.compile(r' (?:id|name)="([^"]*)"')
_TAG = re.compile(r"<[^<>]*>")


def add_anchors(html: str, *, pieces: Pieces) -> tuple[str, set[str]]:
    """Return sanitised HTML with an id and a permalink at each heading, and those ids.

    An id or name that the author gave to a heading stays as a second anchor inside it.
    """
    slugger = Slugger()
    in_link = _LinkDepth(html)
    anchors: set[str] = set()

    def add(match: re.Match[str]) -> str:
        level, attributes, content = match.groups()
        text = unescape(_TAG.sub("", pieces.show_sources(content)))
        anchor = slugger.slug(text)
        if not anchor:
            return match[0]
        anchors.add(anchor)
        marks = "".join(f'<a id="{own}"></a>' for own in dict.fromkeys(_OWN.findall(attributes)))
        rest = _OWN.sub("", attributes)
        label = escape(replace_emoji(" ".join(text.split())))
        name = escape(anchor)
        is_linked = in_link(match.start())
        link = (
            ""
            if is_linked
            else f'<a class="anchor" href="#{name}" aria-label="Permalink: {label}"></a>'
        )
        return f'<h{level} id="{name}"{rest}>{marks}{content}{link}</h{level}>'

    return HEADING.sub(add, html), anchors


class _LinkDepth:
    """Tells whether a place of sanitised HTML lies inside a link; asked from front to back."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._read_to = 0
        self._open = 0

    def __call__(self, place: int) -> bool:
        self._open += self._html.count("<a ", self._read_to, place)
        self._open -= self._html.count("</a>", self._read_to, place)
        self._read_to = place
        return self._open > 0
