"""Texts become documents: from the cache where nothing changed, else rendered on every core."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from generator.cache import Cache
from generator.content.linkmap import LinkMap
from generator.content.stored import RecordingResolver, restore_document, store_document
from generator.model.document import Document
from generator.model.forge import Forge
from generator.model.output import digest_of
from generator.workers import map_forked


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One text to render: its repository path, its source, and the page that will show it."""

    path: str
    text: str
    url: str


def read_documents(
    readings: Sequence[Reading],
    *,
    links: LinkMap,
    forge: Forge | None,
    cache: Cache | None,
    processes: int | None = None,
) -> list[Document]:
    """Return the rendered documents, in the order of `readings`."""
    keys = [_key(reading, forge) for reading in readings]
    known = cache.get_many(keys) if cache else {}
    documents: list[Document | None] = []
    for reading, key in zip(readings, keys, strict=True):
        stored = known.get(key)
        resolver = links.resolver(path=reading.path, url=reading.url)
        documents.append(restore_document(stored, resolver) if stored else None)
    missing = [index for index, document in enumerate(documents) if document is None]
    rendered = map_forked(
        lambda index: _render(readings[index], links, forge), missing, processes=processes
    )
    for index, (document, _) in zip(missing, rendered, strict=True):
        documents[index] = document
    if cache:
        fresh = zip(missing, rendered, strict=True)
        cache.put_many({keys[index]: stored for index, (_, stored) in fresh})
    return [document for document in documents if document is not None]


def _render(reading: Reading, links: LinkMap, forge: Forge | None) -> tuple[Document, bytes]:
    from generator.content.document import read_document  # noqa: PLC0415  80 ms, and none if cached

    resolver = RecordingResolver(links.resolver(path=reading.path, url=reading.url))
    document = read_document(reading.path, reading.text, links=resolver, forge=forge)
    return document, store_document(document, resolver)


def _key(reading: Reading, forge: Forge | None) -> bytes:
    parts = (_engine_stamp(), reading.path, reading.url, forge and forge.url, reading.text)
    return digest_of(msgspec.msgpack.encode(parts)).encode()


@cache
def _engine_stamp() -> str:
    """Return a digest of our rendering code and of the versions of installed libraries."""
    own = sorted((Path(__file__).parents[1] / "content").rglob("*.py"))
    files = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in own]
    return digest_of(msgspec.msgpack.encode((files, sorted(_installed()))))


def _installed() -> Iterable[str]:
    """Yield the names of installed distributions with their versions: `nh3-0.3.0.dist-info`."""
    library = Path(msgspec.__file__).parents[1]
    return (path.name for path in library.glob("*.dist-info"))
