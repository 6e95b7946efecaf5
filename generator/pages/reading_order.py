"""The order in which the docs are read: as an index page lists them, else by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from generator.model.document import Document
from generator.model.page import Place

# One link in an index is a mention; two are an order.
_LEAST_LINKS = 2
_NUMBERED = re.compile(r"\d+[-_. ]")
# Where pages stand that the index does not name: after those it names.
_UNNAMED = 1_000_000

_Key = tuple[int, int, str]


def sort_docs(places: Sequence[Place], documents: Mapping[str, Document]) -> tuple[Place, ...]:
    """Order the docs pages: a folder's own page first, then what is below it.

    Within a folder the links of its own page, or of the nearest one above that names two of its
    entries, say the order; what they leave out follows, files before folders, by name. Numbers in
    names count as numbers (`2-setup` before `10-faq`), and a folder of numbered names keeps them.
    """
    order = _Order(places, documents)
    return tuple(sorted(places, key=lambda place: order.key(place.url)))


def parents_of(url: str) -> list[str]:
    """Return the addresses above a page: `docs/a/b/` → `docs/`, `docs/a/`."""
    parts = url.rstrip("/").split("/")
    return ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]


class _Order:
    """What is known about the tree while its pages are sorted. A step is an address on the way."""

    def __init__(self, places: Sequence[Place], documents: Mapping[str, Document]) -> None:
        self._entries: dict[str, dict[str, None]] = _gather(place.url for place in places)
        urls = {place.source: place.url for place in places}
        self._named = {
            place.url: _gather(urls[path] for path in _targets(documents, place) if path in urls)
            for place in places
            if place.url in self._entries
        }
        self._ranks = {folder: self._rank(folder) for folder in self._entries}

    def key(self, url: str) -> tuple[tuple[_Key, ...], ...]:
        """Return the sort key: one part for each level below `docs/`."""
        return tuple(self._step_key(above, step) for above, step in _steps(url))

    def _step_key(self, above: str, step: str) -> tuple[_Key, ...]:
        rank = self._ranks[above].get(step, _UNNAMED)
        return ((rank, int(step in self._entries), ""), *_natural(_name(step)))

    def _rank(self, folder: str) -> dict[str, int]:
        """Return the place of each of a folder's entries in the list that orders them."""
        entries = self._entries[folder]
        if any(_NUMBERED.match(_name(entry)) for entry in entries):
            return {}
        for index in (folder, *reversed(parents_of(folder))):
            found = self._named.get(index, {}).get(folder, {})
            if len(found) >= _LEAST_LINKS:
                return {entry: rank for rank, entry in enumerate(found)}
        return {}


def _gather(urls: Iterable[str]) -> dict[str, dict[str, None]]:
    """Return the entries of each folder on the way to `urls`, in the order of their first."""
    found: dict[str, dict[str, None]] = {}
    for url in urls:
        for above, step in _steps(url):
            found.setdefault(above, {})[step] = None
    return found


def _steps(url: str) -> Iterable[tuple[str, str]]:
    """Yield each folder above a page with the entry in it that leads to the page."""
    return pairwise([*parents_of(url), url])


def _targets(documents: Mapping[str, Document], place: Place) -> list[str]:
    document = documents.get(place.source or "")
    return [link.partition("#")[0] for link in document.links] if document else []


def _name(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _natural(text: str) -> tuple[_Key, ...]:
    return tuple(
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
        for piece in re.split(r"(\d{1,9})", text)
        if piece
    )
