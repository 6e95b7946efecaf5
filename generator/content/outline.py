"""What a page's trusted HTML says about itself: title, headings, sections, summary, anchors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup

from generator.content.attributes import RESERVED
from generator.model.document import Heading, Section

_HEADING = re.compile(r'<h([1-6]) id="([^"]*)"[^<>]*>(.*?)</h\1>', re.DOTALL)
_ID = re.compile(r'<[a-z][^<>]*? id="([^"]*)"')
_TAG = re.compile(r"<[^<>]*>")
# Where a line ends for a reader: text on both sides must not run together.
_BREAK = re.compile(r"</?(?:p|div|li|[uod]l|d[td]|t[drh]|table|h[1-6]|pre|figure|br|hr)\b[^<>]*>")
# Controls, footnote numbers, and the source that MathML carries beside its formula.
_UNREAD = re.compile(
    r'<(?:(button|annotation)\b|(sup) class="footnote-ref"|(a) class="footnote-back")[^<>]*>'
    r".*?</(?:\1|\2|\3)>",
    re.DOTALL,
)
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
    headings: list[Heading] = []
    sections: list[Section] = []
    start, current = 0, None
    for match in _HEADING.finditer(text):
        heading = Heading(level=int(match[1]), text=plain_text(match[3]), anchor=unescape(match[2]))
        if heading.anchor.startswith(RESERVED):
            continue
        _add_section(sections, current, text[start : match.start()])
        headings.append(heading)
        start, current = match.end(), heading
    _add_section(sections, current, text[start:])
    return Outline(
        title=headings[0].text if headings and headings[0].level == 1 else None,
        summary=_find_summary(text),
        headings=tuple(headings),
        sections=tuple(sections),
        anchors=frozenset(map(unescape, _ID.findall(text))),
    )


def plain_text(html: str) -> str:
    """Return the text of trusted HTML on one line."""
    if "<" in html:
        html = _TAG.sub("", _BREAK.sub("\n", _UNREAD.sub("", html)))
    return " ".join(unescape(html).split())


def _add_section(sections: list[Section], heading: Heading | None, html: str) -> None:
    text = plain_text(html)
    if heading is not None:
        sections.append(Section(anchor=heading.anchor, title=heading.text, text=text))
    elif text:
        sections.append(Section(anchor="", title="", text=text))


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
