"""What a page's trusted HTML says about itself: title, headings, sections, summary, anchors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup

from generator.content.attributes import RESERVED
from generator.model.document import Heading, Section

_HEADING = re.compile(r'<h([1-6]) id="([^"]*)"[^<>]*>(.*?)</h\1>', re.DOTALL)
# In text a `>` is escaped, so that only a tag can end like this.
_ID = re.compile(r' id="([^"<>]*)"(?=[^<>]*>)')
_TAG = re.compile(r"<[^<>]*>")
# Where a line ends for a reader: what follows must not run into it.
_ENDS = re.compile(r"</(?:p|li|t[dh]|d[td]|div|pre|summary|h[1-6]|figcaption)>|<br>")
# Controls, footnote numbers, and the source that MathML carries beside its formula.
_UNREAD = re.compile(
    r'<(?:(button|annotation)\b|(sup) class="footnote-ref"|(a) class="footnote-back")[^<>]*>'
    r".*?</(?:\1|\2|\3)>",
    re.DOTALL,
)
_UNREAD_SIGNS = ("<button", "<annotation", 'class="footnote-')
_BOUNDARY = "\0"
_PARAGRAPH = re.compile(r"<p(?: [^<>]*)?>(.*?)</p>", re.DOTALL)
_LINK = re.compile(r"<a [^<>]*>.*?</a>", re.DOTALL)
_SUMMARY_LIMIT = 300
_PARAGRAPHS_TRIED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The fields of a `Document` that follow from its HTML."""

    title: str | None
    summary: str
    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]
    anchors: frozenset[str]


def read_outline(html: Markup) -> Outline:
    """Return the outline of HTML that `trust` made."""
    text = str(html)
    found = [match for match in _HEADING.finditer(text) if not match[2].startswith(RESERVED)]
    # All texts go through one conversion: the one before the first heading, then title and section
    # in turn. A NUL can stand between them, as HTML has none.
    parts: list[str] = []
    start = 0
    for match in found:
        parts += (text[start : match.start()], match[3])
        start = match.end()
    texts = plain_text(_BOUNDARY.join((*parts, text[start:]))).split(_BOUNDARY)
    texts = [part.strip() for part in texts]
    anchors = [unescape(match[2]) for match in found]
    headings = tuple(
        Heading(level=int(match[1]), text=title, anchor=anchor)
        for match, title, anchor in zip(found, texts[1::2], anchors, strict=True)
    )
    return Outline(
        title=headings[0].text if headings and headings[0].level == 1 else None,
        summary=_find_summary(text),
        headings=headings,
        sections=_make_sections(texts, anchors),
        anchors=frozenset(map(unescape, _ID.findall(text))),
    )


def plain_text(html: str) -> str:
    """Return the text of trusted HTML on one line."""
    if "<" in html:
        if any(sign in html for sign in _UNREAD_SIGNS):
            html = _UNREAD.sub("", html)
        html = _TAG.sub("", _ENDS.sub("\n", html))
    return " ".join(unescape(html).split())


def _make_sections(texts: list[str], anchors: list[str]) -> tuple[Section, ...]:
    opening = (Section(anchor="", title="", text=texts[0]),) if texts[0] else ()
    rest = zip(anchors, texts[1::2], texts[2::2], strict=True)
    return opening + tuple(
        Section(anchor=anchor, title=title, text=text) for anchor, title, text in rest
    )


def _find_summary(html: str) -> str:
    """Return the first paragraph that says something: more of it is prose than links."""
    for number, match in enumerate(_PARAGRAPH.finditer(html)):
        if number == _PARAGRAPHS_TRIED:
            break
        prose = plain_text(_LINK.sub("", match[1]))
        if match[0].startswith('<p class="callout-title"') or len(prose) < 12:
            continue
        text = plain_text(match[1])
        if len(prose) * 2 > len(text) and any(map(str.isalpha, prose)):
            return _shorten(text)
    return ""


def _shorten(text: str) -> str:
    """Cut at a word within the limit."""
    if len(text) <= _SUMMARY_LIMIT:
        return text
    cut = text[: _SUMMARY_LIMIT - 1]
    words = cut.rpartition(" ")[0] or cut
    return words.rstrip(" ,;:.–—-") + "…"
