"""Documents as bytes for the cache, with the questions that were asked of the link map.

A stored document is good for as long as its text is the same and every question has the same
answer: a page that moved, a picture that changed or a new commit makes it stale, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from markupsafe import Markup

from generator.model.document import Document
from generator.model.links import LinkResolver
from generator.model.report import BuildWarning

Answer = str | tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    document: Document
    asked: tuple[tuple[str, str, Answer], ...]


class RecordingResolver:
    """A link resolver that notes every question and answer of the one behind it."""

    def __init__(self, links: LinkResolver) -> None:
        self._links = links
        self._asked: dict[tuple[str, str], Answer] = {}

    @property
    def asked(self) -> tuple[tuple[str, str, Answer], ...]:
        return tuple((verb, target, answer) for (verb, target), answer in self._asked.items())

    @property
    def assets(self) -> Sequence[str]:
        return self._links.assets

    @property
    def internal(self) -> Sequence[str]:
        return self._links.internal

    @property
    def warnings(self) -> Sequence[BuildWarning]:
        return self._links.warnings

    def link(self, target: str) -> str | None:
        answer = self._links.link(target)
        self._asked["link", target] = answer
        return answer

    def image(self, target: str) -> str | None:
        answer = self._links.image(target)
        self._asked["image", target] = answer
        return answer

    def size(self, target: str) -> tuple[int, int] | None:
        answer = self._links.size(target)
        self._asked["size", target] = answer
        return answer


def store_document(document: Document, links: RecordingResolver) -> bytes:
    """Return a document and what it depends on as bytes."""
    return msgspec.msgpack.encode(_Stored(document=document, asked=links.asked), enc_hook=str)


def restore_document(stored: bytes, links: LinkResolver) -> Document | None:
    """Return the stored document, or None when the link map would now answer otherwise."""
    try:
        found = msgspec.msgpack.decode(stored, type=_Stored, dec_hook=_decode)
    except msgspec.MsgspecError:
        return None
    for verb, target, answer in found.asked:
        if getattr(links, verb)(target) != answer:
            return None
    return found.document


def _decode(kind: type, value: Any) -> Any:
    if kind is Markup:
        # It was trusted HTML when it was stored, in a folder that only the user can write.
        return Markup(value)  # noqa: S704
    raise NotImplementedError(kind)
