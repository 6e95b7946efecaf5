"""Anchors that links name: checked, and mended, when every text is there.

A link never leads to a place that does not exist: one whose anchor differs in letter case only gets
the right case (GitHub does that with a script), and one to a missing anchor leads to its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape, unescape
from urllib.parse import quote, unquote

from markupsafe import Markup

from generator.content.targets import decode_anchor, relative
from generator.model.document import Document
from generator.model.report import BuildWarning

# Browsers and GitHub give these a meaning without an element: the page's top, the text itself.
_ALWAYS = frozenset(("", "top", "readme", "readme-ov-file"))
_TEXT_DIRECTIVE = ":~:"
_HREF = re.compile(r' href="([^"#]*)#([^"]*)"')


def check_anchors(documents: Mapping[str, Document]) -> list[BuildWarning]:
    """Return a warning for each link to an anchor that its text does not have.

    `documents` maps repository paths to the rendered texts. A link into a text that is not among
    them is not judged. As on GitHub the letter case of an anchor does not matter.
    """
    spelt = _spellings(documents)
    return [
        BuildWarning(
            code="anchor_missing",
            message=f"#{anchor} is no heading of {target}.",
            hint="Correct the link; anchors are made from the heading's words.",
            path=path,
        )
        for path, document in sorted(documents.items())
        for target, anchor in _anchored(document)
        if target in spelt and _find(spelt[target], anchor) is None
    ]


def mend_anchors(documents: Mapping[str, Document], urls: Mapping[str, str]) -> dict[str, Document]:
    """Return the documents with every anchor spelt as it is, or left out where it is not.

    `urls` maps repository paths to the site URLs of their pages.
    """
    spelt = _spellings(documents)
    return {path: _mend(document, spelt, urls) for path, document in documents.items()}


def _mend(
    document: Document, spelt: Mapping[str, Mapping[str, str]], urls: Mapping[str, str]
) -> Document:
    wrong = [
        target
        for target, anchor in _anchored(document)
        if target in spelt and _find(spelt[target], anchor) != anchor
    ]
    if not wrong or document.path not in urls:
        return document
    own = urls[document.path]
    pages = {
        "" if target == document.path else escape(relative(own, urls[target])): target
        for target in wrong
        if target in urls
    }

    def correct(match: re.Match[str]) -> str:
        page, written = match[1], unescape(match[2])
        target = pages.get(page)
        if target is None:
            return match[0]
        found = _find(spelt[target], written)
        if found is not None:
            return match[0] if found in {"", written, unquote(written)} else _href(page, found)
        return f' href="{page}"' if page else ""

    # Only the targets of links change, from one address of the site to another.
    html = Markup(_HREF.sub(correct, document.html))  # noqa: S704
    return replace(document, html=html)


def _href(page: str, anchor: str) -> str:
    return f' href="{page}#{escape(quote(anchor, safe="-_.~!$&()*+,;=:@/?"))}"'


def _spellings(documents: Mapping[str, Document]) -> dict[str, dict[str, str]]:
    """Return each text's anchors by their folded form."""
    return {
        path: {anchor.casefold(): anchor for anchor in sorted(document.anchors, reverse=True)}
        for path, document in documents.items()
    }


def _anchored(document: Document) -> Iterator[tuple[str, str]]:
    for link in dict.fromkeys(document.links):
        target, mark, anchor = link.partition("#")
        if mark:
            yield target, anchor


def _find(anchors: Mapping[str, str], anchor: str) -> str | None:
    """Return the anchor as its text spells it; the empty text for the top, None for no such."""
    plain = anchor.partition(_TEXT_DIRECTIVE)[0]
    for form in (plain, decode_anchor(plain), unquote(plain)):
        if form in anchors.values():
            return form
        if form.casefold() in anchors:
            return anchors[form.casefold()]
    return "" if plain.casefold() in _ALWAYS else None
