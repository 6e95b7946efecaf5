"""The size of a picture in pixels, so that a page does not jump when the picture arrives."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

_RASTER_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "ICO", "AVIF")
# An SVG's root element stands within the first pages of the file or the size is not worth a search.
_SVG_HEAD_BYTES = 64 * 1024
_SVG_ROOT = re.compile(rb"<(?:[\w-]{1,20}:)?svg\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"\b(width|height|viewBox)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*([a-z%]*)\s*", re.IGNORECASE)
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
}
_SIDE_LIMIT = 100_000


def picture_size(file: Path) -> tuple[int, int] | None:
    """Return width and height as a browser shows the picture, or None; never raises."""
    try:
        size = _svg_size(file) if file.suffix.lower() == ".svg" else _raster_size(file)
    except Exception:
        # Decoders raise anything at all on hostile files.
        return None
    is_sane = size is not None and all(0 < side <= _SIDE_LIMIT for side in size)
    return size if is_sane else None


def _raster_size(file: Path) -> tuple[int, int]:
    from PIL import Image  # noqa: PLC0415 - 40 ms, only for texts with pictures

    with warnings.catch_warnings():
        # A picture too large to decode safely still has a size; nothing is decoded here.
        warnings.simplefilter("ignore")
        with Image.open(file, formats=_RASTER_FORMATS) as image:
            width, height = image.size
            is_turned = image.format == "JPEG" and image.getexif().get(0x0112, 1) >= 5
    return (height, width) if is_turned else (width, height)


def _svg_size(file: Path) -> tuple[int, int] | None:
    with file.open("rb") as stream:
        root = _SVG_ROOT.search(stream.read(_SVG_HEAD_BYTES))
    if root is None:
        return None
    found = {
        match[1].decode("ascii"): (match[2] or match[3] or b"").decode("ascii", "replace")
        for match in _ATTRIBUTE.finditer(root[1])
    }
    width, height = _pixels(found.get("width", "")), _pixels(found.get("height", ""))
    box = [float(part) for part in found.get("viewBox", "").replace(",", " ").split()]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        ratio = box[2] / box[3]
        if width is None:
            width = height * ratio if height else box[2]
        height = height or width / ratio
    return (round(width), round(height)) if width and height else None


def _pixels(length: str) -> float | None:
    match = _LENGTH.fullmatch(length)
    factor = _PIXELS.get(match[2].lower()) if match else None
    return float(match[1]) * factor if match and factor else None
