"""The stored list of a release's files, and what was read of such lists lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from backend.actions.context import Context
from backend.domain.hosting_rules import (
    HeaderRule,
    RedirectRule,
    parse_headers,
    parse_redirects,
)
from backend.domain.releases import ReleaseFile, ReleaseFiles
from backend.errors import Unavailable
from backend.gateways.blobs import Blobs
from backend.gateways.packing import pack
from generator.model.serving import is_compressible

REMEMBERED_FILES = 200_000
"""Entries of lists in memory, of all sites together: some 60 MB."""

MAX_RULES_BYTES = 128 * 1024
"""A longer `_headers` or `_redirects` is not looked at."""


def blobs_of(context: Context, tenant: str, site: str) -> Blobs:
    """Return the files of a site."""
    return Blobs(context.settings.releases_dir, tenant, site)


def store_manifest(blobs: Blobs, files: ReleaseFiles) -> str:
    """Store the list of a release's files and return its digest."""
    return blobs.put(msgspec.json.encode(dict(sorted(files.items()))))


def read_manifest(blobs: Blobs, digest: str) -> dict[str, ReleaseFile]:
    """Return a stored list. Raises Unavailable when it is gone from the disk."""
    try:
        return msgspec.json.decode(blobs.read(digest), type=dict[str, ReleaseFile])
    except msgspec.MsgspecError as error:
        raise Unavailable("The list of the site's files cannot be read.") from error


def pack_files(blobs: Blobs, files: ReleaseFiles) -> dict[str, ReleaseFile]:
    """Return the files with the sizes of their compressed forms, which are stored."""
    packed = {}
    for path, file in files.items():
        br, gz = pack(blobs, file.digest, file.size) if is_compressible(path) else (0, 0)
        packed[path] = ReleaseFile(digest=file.digest, size=file.size, br=br, gz=gz)
    return packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What serving needs of a release: its files by path, and the rules that it brings."""

    files: Mapping[str, ReleaseFile]
    headers: tuple[HeaderRule, ...]
    redirects: tuple[RedirectRule, ...]


class Manifests:
    """Listings by site and digest, the last used ones in memory. Safe for threads."""

    def __init__(self, context: Context, *, limit: int = REMEMBERED_FILES) -> None:
        self._context = context
        self._limit = limit
        self._known: OrderedDict[tuple[str, str], Listing] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def recall(self, site: str, digest: str) -> Listing | None:
        """Return a listing if it is in memory; it never changes under its digest."""
        with self._lock:
            found = self._known.get((site, digest))
            if found is not None:
                self._known.move_to_end((site, digest))
            return found

    def read(self, tenant: str, site: str, digest: str) -> Listing:
        """Read a listing. Raises Unavailable when it is gone from the disk."""
        blobs = blobs_of(self._context, tenant, site)
        files = read_manifest(blobs, digest)
        listing = Listing(
            files=files,
            headers=parse_headers(_rules(blobs, files.get("_headers"))),
            redirects=parse_redirects(_rules(blobs, files.get("_redirects"))),
        )
        with self._lock:
            if (site, digest) not in self._known:
                self._known[site, digest] = listing
                self._held += len(files)
            while self._held > self._limit and len(self._known) > 1:
                _key, old = self._known.popitem(last=False)
                self._held -= len(old.files)
        return listing


def _rules(blobs: Blobs, file: ReleaseFile | None) -> str:
    if file is None or file.size > MAX_RULES_BYTES:
        return ""
    return blobs.read(file.digest).decode("utf-8", "replace")
