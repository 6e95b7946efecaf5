"""The stored list of a release's files, and what was read of such lists lately."""

from __future__ import annotations

import threading
from collections import OrderedDict

import msgspec

from backend.actions.context import Context
from backend.domain.releases import ReleaseFile, ReleaseFiles
from backend.errors import Unavailable
from backend.gateways.blobs import Blobs
from backend.gateways.packing import pack
from generator.model.serving import is_compressible

REMEMBERED_FILES = 200_000
"""Entries of lists in memory, of all sites together: some 60 MB."""


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


class Manifests:
    """Lists of files by site and digest, the last used ones in memory. Safe for threads."""

    def __init__(self, context: Context, *, limit: int = REMEMBERED_FILES) -> None:
        self._context = context
        self._limit = limit
        self._known: OrderedDict[tuple[str, str], dict[str, ReleaseFile]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def get(self, tenant: str, site: str, digest: str) -> dict[str, ReleaseFile]:
        """Return a list; it never changes under its digest."""
        key = (site, digest)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        files = read_manifest(blobs_of(self._context, tenant, site), digest)
        with self._lock:
            if key not in self._known:
                self._known[key] = files
                self._held += len(files)
            while self._held > self._limit and len(self._known) > 1:
                self._held -= len(self._known.popitem(last=False)[1])
        return files
