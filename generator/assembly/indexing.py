"""The search index of one site: each page's words counted once, then merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from generator.assets.search import (
    PackedEntry,
    SearchEntry,
    SearchSection,
    merge_search,
    pack_entry,
)
from generator.cache import Cache
from generator.model.document import Document
from generator.model.output import OutputFile, digest_of
from generator.model.page import Page, PageKind
from generator.pages.material import Material
from generator.workers import map_forked

# Raise it when entries are packed in another way.
_EDITION = 1
# What the search says a result is.
_KIND_LABELS = {
    PageKind.HOME: "Home",
    PageKind.DOC: "Docs",
    PageKind.CHANGELOG: "Changelog",
    PageKind.DOWNLOADS: "Downloads",
    PageKind.CONTRIBUTORS: "People",
    PageKind.LICENSE: "Licence",
    PageKind.PAPER: "Project",
    PageKind.FUNDING: "Sponsor",
}


def make_search_files(
    material: Material, pages: Sequence[Page], *, cache: Cache | None, processes: int | None
) -> tuple[OutputFile, ...]:
    """Return the index; counting words costs most, so what was counted before is kept."""
    entries = list(_entries(material, pages))
    keys = [_key(entry) for entry in entries]
    stored = cache.get_many(keys) if cache else {}
    missing = [index for index, key in enumerate(keys) if key not in stored]
    packed = map_forked(lambda index: pack_entry(entries[index]), missing, processes=processes)
    fresh = {keys[index]: found for index, found in zip(missing, packed, strict=True)}
    if cache:
        cache.put_many({key: msgspec.msgpack.encode(found) for key, found in fresh.items()})
    known = {key: msgspec.msgpack.decode(raw, type=PackedEntry) for key, raw in stored.items()}
    return merge_search([fresh.get(key) or known[key] for key in keys])


def _entries(material: Material, pages: Sequence[Page]) -> Iterator[SearchEntry]:
    for page in pages:
        if page.is_indexed:
            document = material.documents.get(page.place.source or "")
            yield SearchEntry(
                url=page.place.url,
                title=page.title,
                kind=_KIND_LABELS.get(page.place.kind, ""),
                sections=_sections(document) if document else (),
            )


def _sections(document: Document) -> tuple[SearchSection, ...]:
    return tuple(
        SearchSection(anchor=section.anchor, title=section.title, text=section.text)
        for section in document.sections
    )


def _key(entry: SearchEntry) -> bytes:
    return digest_of(msgspec.msgpack.encode(("search", _EDITION, entry))).encode()
