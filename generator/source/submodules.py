"""Submodules from `.gitmodules`, and Git LFS pointers: what is named here but lies elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from generator.model.files import FileTree
from generator.model.forge import Forge

_LINE = re.compile(r"\s*(path|url)\s*=\s*(.*?)\s*", re.IGNORECASE)
_LIMIT_BYTES = 1 << 20
_LIMIT_COUNT = 1000

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer is smaller than 1024 bytes.
_POINTER_START = b"version https://git-lfs.github.com/spec/v1"
_POINTER_BYTES = range(100, 1024)
_MEDIA = (
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp", ".psd"),
    *(".mp4", ".webm", ".mov", ".mp3", ".wav", ".pdf", ".zip", ".gz", ".ttf", ".woff2"),
)


def read_submodules(files: FileTree, forge: Forge | None) -> dict[str, str]:
    """Return path → URL of each submodule; a relative URL is resolved against the forge's."""
    if not files.has(".gitmodules") or files.sizes[".gitmodules"] > _LIMIT_BYTES:
        return {}
    found: dict[str, str] = {}
    section: dict[str, str] = {}
    for line in [*files.read_text(".gitmodules").split("\n"), "["]:
        if line.lstrip().startswith("["):
            if "path" in section and "url" in section and len(found) < _LIMIT_COUNT:
                found[section["path"]] = _resolve(section["url"], forge)
            section = {}
        elif match := _LINE.fullmatch(line):
            section[match[1].lower()] = match[2].strip('"')
    return dict(sorted((path, url) for path, url in found.items() if url))


def _resolve(url: str, forge: Forge | None) -> str:
    if not url.startswith(("./", "../")):
        return url
    return "" if forge is None else urljoin(f"{forge.url}/", url)


def find_lfs_pointers(files: FileTree) -> frozenset[str]:
    """Return the files that hold an LFS pointer instead of their content.

    Reads only small files, and without a `filter=lfs` attribute only those named like media.
    """
    has_lfs = any(
        "filter=lfs" in files.read_text(path)
        for path, size in files.sizes.items()
        if path.rpartition("/")[2] == ".gitattributes" and size < _LIMIT_BYTES
    )
    return frozenset(
        path
        for path, size in files.sizes.items()
        if size in _POINTER_BYTES
        and (has_lfs or path.lower().endswith(_MEDIA))
        and _is_pointer(files, path)
    )


def _is_pointer(files: FileTree, path: str) -> bool:
    try:
        with files.path_of(path).open("rb") as file:
            return file.read(len(_POINTER_START)) == _POINTER_START
    except OSError:
        return False
