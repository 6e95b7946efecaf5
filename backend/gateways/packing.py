"""Compressed forms of hosted files, made once for each content."""

from __future__ import annotations

import gzip

import brotli

from backend.gateways.blobs import Blobs, Encoding

LARGEST_BYTES = 8 * 1024 * 1024
"""What is larger is served as it is."""
SMALLEST_BYTES = 256
_BROTLI_QUALITY, _GZIP_LEVEL = 9, 9
"""The last steps of Brotli's quality cost ten times the time for a few percent."""


def pack(blobs: Blobs, digest: str, size: int) -> tuple[int, int]:
    """Store the Brotli and gzip forms of a file and return their sizes, 0 for one that saves
    nothing.
    """
    if not SMALLEST_BYTES <= size <= LARGEST_BYTES:
        return 0, 0
    known = blobs.size(digest, "br"), blobs.size(digest, "gz")
    if known[0] and known[1]:
        return known[0], known[1]
    content = blobs.read(digest)
    packed = brotli.compress(content, quality=_BROTLI_QUALITY)
    zipped = gzip.compress(content, _GZIP_LEVEL, mtime=0)
    return _keep(blobs, digest, "br", packed, size), _keep(blobs, digest, "gz", zipped, size)


def _keep(blobs: Blobs, digest: str, encoding: Encoding, packed: bytes, size: int) -> int:
    if len(packed) >= size:
        return 0
    blobs.put_as(digest, encoding, packed)
    return len(packed)
