"""Anchors that links name and no text has: checked when every text is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from generator.content.targets import decode_anchor
from generator.model.document import Document
from generator.model.report import BuildWarning

# Browsers and GitHub give these a meaning without an element: the page's top, the text itself.
_ALWAYS = frozenset(("", "top", "readme", "readme-ov-file"))
_TEXT_DIRECTIVE = ":~:"


def check_anchors(documents: Mapping[str, Document]) -> list[BuildWarning]:
    """Return a warning for each link to an anchor that its text does not have.

    `documents` maps repository paths to the rendered texts. A link into a text that is not among
    them is not judged. As on GitHub the letter case of an anchor does not matter.
    """
    folded = {
        path: frozenset(anchor.casefold() for anchor in document.anchors)
        for path, document in documents.items()
    }
    return [
        BuildWarning(
            code="anchor_missing",
            message=f"#{anchor} is no heading of {target}.",
            hint="Correct the link; anchors are made from the heading's words.",
            path=path,
        )
        for path, document in sorted(documents.items())
        for target, anchor in _anchored(document)
        if target in folded and not _has(folded[target], anchor)
    ]


def _anchored(document: Document) -> Iterator[tuple[str, str]]:
    for link in dict.fromkeys(document.links):
        target, mark, anchor = link.partition("#")
        if mark:
            yield target, anchor


def _has(anchors: frozenset[str], anchor: str) -> bool:
    plain = anchor.partition(_TEXT_DIRECTIVE)[0]
    wanted = {plain.casefold(), decode_anchor(plain).casefold(), unquote(plain).casefold()}
    return not wanted.isdisjoint(anchors | _ALWAYS)
