"""Raster pictures of the repository: their size, and a small copy of their pixels."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from generator.model.files import FileTree

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS_LIMIT = 25_000_000

T = TypeVar("T")


def read_size(files: FileTree, path: str) -> tuple[int, int] | None:
    """Return width and height from the header, None for what is no picture or too large."""
    return _read(files, path, lambda image: image.size)


def read_pixels(files: FileTree, path: str) -> bytes:
    """Return the RGBA bytes of a copy of 64 × 64, empty for what is no picture or too large."""
    return _read(files, path, _shrink) or b""


def _shrink(image: Image) -> bytes:
    image.draft("RGB", (128, 128))
    return image.convert("RGBA").resize((64, 64), 4).tobytes()


def _read(files: FileTree, path: str, take: Callable[[Image], T]) -> T | None:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  # 40 ms, only with a raster

    refused = (
        OSError,
        ValueError,
        SyntaxError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    )
    try:
        with warnings.catch_warnings():
            # Opening reads the header alone; what is too large is refused just below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(files.path_of(path)) as image:
                return take(image) if image.width * image.height <= PIXELS_LIMIT else None
    except refused:
        return None
