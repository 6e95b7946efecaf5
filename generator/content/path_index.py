"""What a path of the repository is to the site: a page, a file that is copied, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from generator.model.page import Place
from generator.model.repository import Repository

# Beyond this a CDN may refuse the file, and a reader on a phone did not ask for it.
COPY_LIMIT_BYTES = 25 * 1024 * 1024

_MEDIA_SUFFIXES = """
    .apng .avif .bmp .gif .ico .jfif .jpeg .jpg .png .svg .webp
    .m4v .mov .mp4 .ogv .webm .flac .m4a .mp3 .oga .ogg .opus .wav
"""
_MEDIA = frozenset(_MEDIA_SUFFIXES.split())
# What people take home rather than read in a browser; copied where no forge can serve it.
_DOWNLOAD_SUFFIXES = """
    .7z .bz2 .csv .doc .docx .epub .gz .odp .ods .odt .pdf .ppt .pptx .rtf .tar .tgz .tsv .xls
    .xlsx .xz .zip .zst
"""
_DOWNLOADS = frozenset(_DOWNLOAD_SUFFIXES.split())
_TEXTS = (
    *(".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc", ".org"),
    *(".textile", ".rdoc", ".mediawiki", ".wiki", ".txt"),
)
_INDEX_STEMS = ("readme", "index", "_index")
_HTML = (".html", ".htm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What stands at a path. `path` is as the repository spells it.

    With `submodule` (its URL) `path` is what follows inside the submodule.
    """

    path: str
    place: Place | None = None
    is_folder: bool = False
    submodule: str = ""


class PathIndex:
    """The repository's paths and the planned pages, looked up the ways authors write them."""

    def __init__(self, repository: Repository, places: Sequence[Place]) -> None:
        self._repository = repository
        self._by_url: dict[str, Place] = {}
        self._by_source: dict[str, Place] = {}
        self._by_stem: dict[str, Place] = {}
        self._folders = {folder.casefold(): folder for folder in repository.files.folders}
        for place in places:
            self._by_url.setdefault(place.url, place)
            if place.source:
                self._add_source(place.source, place)

    def page_at(self, url: str) -> Place | None:
        """Return the page at an address relative to the site's root, however it is written."""
        plain = url.removesuffix("index.html")
        for spelled in (plain, f"{plain.rstrip('/')}/" if plain else "", plain.removesuffix("/")):
            if spelled in self._by_url:
                return self._by_url[spelled]
        return None

    def find(self, path: str) -> Found | None:
        """Return what a normalised path without a final slash means, or None if nothing.

        In this order: the page or file itself, a folder (its own text first), a page named
        without its suffix or with that of its HTML, another letter case, a submodule.
        """
        files = self._repository.files
        if path in self._by_source and files.has(path):
            return Found(path=path, place=self._by_source[path])
        if files.has(path):
            return Found(path=path, place=self._by_source.get(path))
        return self.find_page(path) or self._find_folder(path) or self._find_other(path)

    def find_page(self, path: str) -> Found | None:
        """Return the page that a path means, also without its suffix or as a folder's own text."""
        folded = path.casefold()
        place = self._by_source.get(path) or self._by_source.get(folded) or self._page_of(folded)
        if place is None:
            for stem in _stems(folded):
                place = place or self._page_of(stem)
        return Found(path=place.source or path, place=place) if place else None

    def is_media(self, path: str) -> bool:
        """Whether a picture, sound or film may be copied into the site."""
        return self._suffix(path) in _MEDIA and self._may_copy(path)

    def is_copied(self, path: str) -> bool:
        """Whether a link to the file leads to a copy of it; else it leads to the forge."""
        is_download = self._repository.forge is None and self._suffix(path) in _DOWNLOADS
        return self.is_media(path) or (is_download and self._may_copy(path))

    def _add_source(self, source: str, place: Place) -> None:
        self._by_source.setdefault(source, place)
        self._by_source.setdefault(source.casefold(), place)
        pure = PurePosixPath(source.casefold())
        if pure.suffix in _TEXTS:
            self._by_stem.setdefault(str(pure.with_suffix("")), place)

    def _page_of(self, folded: str) -> Place | None:
        """Return the page of a path without suffix: a folder's own text, or `foo.md` for `foo`."""
        if not folded:
            return self._by_url.get("")
        for stem in _INDEX_STEMS:
            place = self._by_stem.get(f"{folded}/{stem}")
            if place is not None:
                return place
        return self._by_stem.get(folded)

    def _find_folder(self, path: str) -> Found | None:
        folder = self._folders.get(path.casefold())
        return None if folder is None else Found(path=folder, is_folder=True)

    def _find_other(self, path: str) -> Found | None:
        spelled = self._repository.files.find(path)
        if spelled is not None:
            return Found(path=spelled, place=self._by_source.get(spelled))
        for root, url in sorted(self._repository.submodules.items()):
            if path == root or path.startswith(f"{root}/"):
                return Found(path=path[len(root) + 1 :], submodule=url)
        return None

    def _may_copy(self, path: str) -> bool:
        size = self._repository.files.sizes.get(path)
        is_pointer = path in self._repository.lfs_pointers
        return size is not None and size <= COPY_LIMIT_BYTES and not is_pointer

    def _suffix(self, path: str) -> str:
        return PurePosixPath(path).suffix.lower()


def is_text(path: str) -> bool:
    """Whether the forge shows the file rendered rather than line by line."""
    return PurePosixPath(path).suffix.lower() in _TEXTS


def _stems(folded: str) -> Iterator[str]:
    """Yield what a built page's address is without its suffix."""
    for suffix in _HTML:
        stem = folded.removesuffix(suffix)
        if stem != folded:
            yield stem
            folder, _, name = stem.rpartition("/")
            if name == "index":
                yield folder
