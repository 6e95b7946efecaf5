"""Tells a picture from its first bytes, whatever its name or the server says."""

from __future__ import annotations

import re

_RASTERS = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
    (b"\x00\x00\x01\x00", ".ico"),
    (b"BM", ".bmp"),
)
_BOXES = {b"avif": ".avif", b"avis": ".avif"}
# What may stand before the root of an SVG file; each piece is bounded by the next `<`.
_BEFORE_SVG = re.compile(
    rb"\s*(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL
)
_LIMIT_PROLOG_BYTES = 4096
_LIMIT_PROLOG_PARTS = 20


def find_suffix(content: bytes) -> str | None:
    """Return `.png`, `.svg`, … for a picture that browsers show, else None."""
    for mark, suffix in _RASTERS:
        if content.startswith(mark):
            return suffix
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    if content[4:8] == b"ftyp":
        return _BOXES.get(content[8:12])
    return ".svg" if _is_svg(content) else None


def _is_svg(content: bytes) -> bool:
    start = content[:_LIMIT_PROLOG_BYTES].removeprefix(b"\xef\xbb\xbf")
    for _ in range(_LIMIT_PROLOG_PARTS):
        match = _BEFORE_SVG.match(start)
        if match is None:
            break
        start = start[match.end() :]
    return re.match(rb"\s*<svg[\s>]", start) is not None
