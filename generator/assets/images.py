"""Pictures and other media of the repository, copied into the site under names made from content.

A name depends on nothing but the file, so forked workers may ask for addresses and the parent
writes the files afterwards. Whatever a document calls an image, only media leave here: anything
else gets a suffix that no server hands out as a page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from generator.assets.vectors import clean_svg
from generator.model.files import FileTree
from generator.model.output import OutputFile, digest_of, hashed_name
from generator.model.report import BuildWarning

FOLDER = "assets/media"
LARGE_BYTES = 5 * 1024 * 1024

_MEDIA = """
    .apng .avif .bmp .cur .flac .gif .heic .ico .jfif .jpeg .jpg .jxl .m4a .m4v .mov .mp3 .mp4 .oga
    .ogg .ogv .opus .png .svg .tif .tiff .wav .webm .webp
"""
_SUFFIXES = frozenset(_MEDIA.split())
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"\x00\x00\x01\x00", ".ico"),
    (b"\x1aE\xdf\xa3", ".webm"),
)
_SVG_START = re.compile(rb"\s*(?:<\?xml|<!--|<!DOCTYPE\s+svg|<svg|<[\w.-]+:svg)", re.IGNORECASE)
_UNSAFE = re.compile(r"[^a-z0-9]+")
_STEM_LIMIT = 48


class ImageStore:
    """The media of one repository and of the remote pictures baked into its site."""

    def __init__(self, files: FileTree) -> None:
        self._files = files
        self._urls: dict[str, str] = {}
        self._remote: dict[str, tuple[str, bytes]] = {}

    def url(self, path: str) -> str:
        """Return the address of a listed file, relative to the site's root.

        Reads the file once. Raises KeyError for a path the repository does not list.
        """
        known = self._urls.get(path)
        if known is None:
            known, _ = _name(path, self._files.read_bytes(path))
            self._urls[path] = known
        return known

    def digest(self, path: str) -> str:
        """Return the content hash of a listed file as it lies in the repository (32 hex digits)."""
        return digest_of(self._files.read_bytes(path))

    def add_remote(self, url: str, content: bytes) -> str:
        """Keep a picture that was fetched from `url`; return its address like `url` does."""
        path = unquote(urlsplit(url).path)
        address, cleaned = _name(PurePosixPath(path).name or "picture", content)
        self._remote[url] = (address, cleaned)
        return address

    def paths(self, used: Iterable[str] = ()) -> dict[str, str]:
        """Return address → repository path of everything asked for here, and of `used`.

        `used` is what workers asked for (`Document.assets`); unknown paths in it are passed over.
        """
        asked = {path for path in used if self._files.has(path)} | set(self._urls)
        return {self.url(path): path for path in sorted(asked)}

    def files(self, used: Iterable[str] = ()) -> Iterator[OutputFile]:
        """Yield the files of `paths(used)` and the remote pictures one by one, each name once."""
        remote = dict(self._remote.values())
        local = self.paths(used)
        for address in sorted({*local, *remote}):
            if address in remote:
                yield OutputFile(path=address, content=remote[address])
            else:
                path = local[address]
                yield OutputFile(path=address, content=_name(path, self._files.read_bytes(path))[1])

    def warnings(self, used: Iterable[str] = ()) -> list[BuildWarning]:
        """Return a warning for each large file of `paths(used)`."""
        return [
            BuildWarning(
                code="image_large",
                message=f"{path} has {self._files.sizes[path] / 1024 / 1024:.1f} MB; "
                "every visitor of its page downloads it.",
                hint="Make it smaller, or show a still picture that links to it.",
                path=path,
            )
            for path in sorted(self.paths(used).values())
            if self._files.sizes[path] > LARGE_BYTES
        ]


def _name(path: str, raw: bytes) -> tuple[str, bytes]:
    """Return the address and the bytes under it; an SVG is cleaned first."""
    pure = PurePosixPath(path)
    suffix = _suffix(pure.suffix.lower(), raw)
    content = clean_svg(raw) if suffix == ".svg" else raw
    return hashed_name(f"{FOLDER}/{_slug(pure.stem)}{suffix}", content), content


def _suffix(written: str, raw: bytes) -> str:
    """Return a media suffix: the one written if it is one, else what the content looks like."""
    if written in _SUFFIXES:
        return written
    head = raw[:512]
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head[4:8] == b"ftyp":
        return ".avif" if head[8:11] == b"avi" else ".mp4"
    is_svg = _SVG_START.match(head.removeprefix(b"\xef\xbb\xbf")) and b"<svg" in raw[:4096]
    return ".svg" if is_svg else ".bin"


def _slug(stem: str) -> str:
    """Return the stem as lower-case ASCII that needs no escaping in a URL."""
    folded = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return _UNSAFE.sub("-", folded)[:_STEM_LIMIT].strip("-") or "picture"
