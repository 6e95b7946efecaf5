"""The link map: every link and picture of a text becomes a page of the site, a copied file, or an
address at the forge; never a broken link.

`LinkMap` knows the repository and the planned pages; a `Resolver` answers for one text shown on one
page. What a file is to the site is decided by `PathIndex`, what a target says by `targets`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote, urljoin

from generator.content.forge_links import AskedPath, pinned_ref, submodule_url
from generator.content.hosted import SECTIONS, find_hosted_path
from generator.content.path_index import Found, PathIndex
from generator.content.picture_size import picture_size
from generator.content.targets import (
    Target,
    TargetKind,
    decode_anchor,
    decode_path,
    join_path,
    parse_target,
    relative,
)
from generator.model.page import Place
from generator.model.report import BuildWarning
from generator.model.repository import Repository


class LinkMap:
    """Where everything in one repository can be found on its site."""

    def __init__(
        self,
        repository: Repository,
        places: Sequence[Place],
        *,
        asset_url: Callable[[str], str],
        remote: Mapping[str, str],
        site_url: str | None = None,
    ) -> None:
        """`asset_url` maps a repository path to the URL of its copy, `remote` the absolute URL of
        a picture to that of its baked copy, both relative to the site's root. `site_url` is where
        the site will be served, if known: absolute links to it become links between pages.
        """
        self.repository = repository
        self.index = PathIndex(repository, places)
        self.asset_url = asset_url
        self.remote = remote
        self._site = parse_target(site_url) if site_url else None
        self._originals = {baked: original for original, baked in sorted(remote.items())}
        self._sizes: dict[str, tuple[int, int] | None] = {}

    def resolver(self, *, path: str, url: str) -> Resolver:
        """Return the answers for the repository's text `path`, shown on the page at `url`."""
        return Resolver(self, path=path, url=url)

    def find_own_page(self, target: Target) -> Place | None:
        """Return the page that an absolute address of the future site leads to."""
        site = self._site
        if site is None or site.host.lower() != target.host.lower():
            return None
        base = site.path.rstrip("/") + "/"
        path = target.path if target.path else "/"
        if not f"{path}/".startswith(base):
            return None
        return self.index.page_at(unquote(path[len(base) :]))

    def original(self, url: str) -> str | None:
        """Return the address that the baked picture at a site URL was fetched from."""
        return self._originals.get(url)

    def size(self, path: str) -> tuple[int, int] | None:
        """Return a listed picture's size in pixels, read once."""
        if path not in self._sizes:
            self._sizes[path] = picture_size(self.repository.files.path_of(path))
        return self._sizes[path]


class Resolver:
    """The answers for one text on one page; implements `generator.model.links.LinkResolver`."""

    def __init__(self, links: LinkMap, *, path: str, url: str) -> None:
        self._links = links
        self._path = path
        self._url = url
        self._answers: dict[str, str | None] = {}
        self._pictures: dict[str, tuple[str | None, str | None]] = {}
        self._assets: dict[str, None] = {}
        self._internal: dict[str, None] = {}
        self._warnings: list[BuildWarning] = []
        self._text: str | None = None

    @property
    def assets(self) -> Sequence[str]:
        return tuple(self._assets)

    @property
    def internal(self) -> Sequence[str]:
        return tuple(self._internal)

    @property
    def warnings(self) -> Sequence[BuildWarning]:
        return tuple(self._warnings)

    def link(self, target: str) -> str | None:
        if target not in self._answers:
            self._answers[target] = self._link(parse_target(target), target)
        return self._answers[target]

    def image(self, target: str) -> str | None:
        return self._picture(target)[0]

    def size(self, target: str) -> tuple[int, int] | None:
        path = self._picture(target)[1]
        return self._links.size(path) if path else None

    def original(self, shown: str) -> str | None:
        """Return where a picture that `image` answered with was baked from."""
        return self._links.original(unquote(urljoin(f"/{self._url}", shown.partition("#")[0]))[1:])

    def _link(self, target: Target, written: str) -> str | None:
        match target.kind:
            case TargetKind.REFUSED:
                return None
            case TargetKind.OTHER:
                return target.text
            case TargetKind.FRAGMENT:
                self._note(self._path, target.fragment)
                return self._with_fragment("", target)
            case TargetKind.WEB:
                return self._link_web(target, written)
            case TargetKind.PATH:
                return self._link_path(target, written)

    def _link_web(self, target: Target, written: str) -> str | None:
        place = self._links.find_own_page(target)
        if place is not None:
            return self._to_page(place, target)
        hosted = find_hosted_path(target, self._links.repository)
        if hosted is None or hosted.verb == "edit":
            # An address for editing is meant for editing, and a pinned commit cannot be edited.
            return target.text
        asked = AskedPath(path=hosted.path, target=target, verb=hosted.verb)
        found = self._find_at_forge(hosted.path)
        if found is None:
            if self._inside(hosted.path) is not None:
                self._warn_missing(written)
            return target.text
        return self._to(found, asked)

    def _link_path(self, target: Target, written: str) -> str | None:
        path = decode_path(target.path)
        beyond, full = self._full_path(path)
        if beyond and (leaving := self._beyond_root(target, beyond, full)):
            return leaving
        asked = AskedPath(path=full, target=target)
        found = self._find_at_forge(full) or self._find_like_a_site(path) or self._find_static(path)
        if found is not None:
            return self._to(found, asked)
        repository = self._links.repository
        if self._inside(full) is None:
            # The part being built says nothing about the rest of the repository.
            forge = repository.forge
            return forge.file_url(full, ref=pinned_ref(repository)) if forge else None
        self._warn_missing(written)
        return asked.at_living_forge(repository)

    def _full_path(self, path: str) -> tuple[int, str]:
        """Return how far `path` climbs beyond the root, and the path as the forge names it."""
        repository = self._links.repository
        document = repository.forge_path(self._path)
        folder = "" if path.startswith("/") else document.rpartition("/")[0]
        return join_path(folder, path or document.rpartition("/")[2])

    def _inside(self, full: str) -> str | None:
        """Return the forge's path as one of the part being built; None outside that part."""
        part = self._links.repository.subfolder
        if not part or full == part:
            return full if not part else ""
        return full[len(part) + 1 :] if full.startswith(f"{part}/") else None

    def _find_at_forge(self, full: str) -> Found | None:
        path = self._inside(full)
        return None if path is None else self._links.index.find(path)

    def _find_like_a_site(self, path: str) -> Found | None:
        """Return what `path` means to a site generator: the docs folder is its root, and a page
        without `index` is itself a folder. Pages only: files are found by their real path.
        """
        index, folder = self._links.index, self._path.rpartition("/")[0]
        if not path.startswith("/"):
            stem = self._path.rpartition(".")[0] or self._path
            return index.find_page(join_path(stem, path)[1])
        for _ in range(folder.count("/") + 1 if folder else 0):
            found = index.find_page(join_path(folder, path)[1])
            if found is not None:
                return found
            folder = folder.rpartition("/")[0]
        return None

    def _beyond_root(self, target: Target, beyond: int, full: str) -> str | None:
        """Return the forge's page for `../../issues` and the like, which work on the forge because
        it shows the README at `owner/name/blob/REF/`. None when the climb has no such meaning.
        """
        forge = self._links.repository.forge
        if forge is None or beyond < 2:
            return None
        if full.partition("/")[0] not in SECTIONS and self._find_at_forge(full) is not None:
            return None
        shown = forge.file_url(self._links.repository.forge_path(self._path), ref="HEAD")
        return urljoin(shown, target.text)

    def _to(self, found: Found, asked: AskedPath) -> str | None:
        repository, index = self._links.repository, self._links.index
        forge = repository.forge
        if found.place is not None and not (forge and asked.wants_source):
            return self._to_page(found.place, asked.target)
        if found.submodule:
            return submodule_url(found.submodule, found.path, forge)
        if found.is_folder:
            return asked.at_forge(repository, found.path, is_folder=True)
        if index.is_copied(found.path):
            return self._to_asset(found.path, asked.target)
        return asked.at_forge(repository, found.path)

    def _to_page(self, place: Place, target: Target) -> str:
        if place.source:
            self._note(place.source, target.fragment)
        if place.url == self._url and target.fragment:
            return self._with_fragment("", target)
        return self._with_fragment(relative(self._url, place.url), target)

    def _to_asset(self, path: str, target: Target) -> str:
        self._assets[path] = None
        return self._with_fragment(relative(self._url, self._links.asset_url(path)), target)

    def _picture(self, written: str) -> tuple[str | None, str | None]:
        """Return what the picture shows and, if it is one of the repository's, its path."""
        if written not in self._pictures:
            self._pictures[written] = self._find_picture(parse_target(written), written)
        return self._pictures[written]

    def _find_picture(self, target: Target, written: str) -> tuple[str | None, str | None]:
        if target.kind is TargetKind.WEB:
            hosted = find_hosted_path(target, self._links.repository)
            found = self._find_at_forge(hosted.path) if hosted else None
            is_missing = hosted is not None and found is None
        elif target.kind is TargetKind.PATH:
            path = decode_path(target.path)
            full = self._full_path(path)[1]
            found = self._find_at_forge(full) or self._find_static(path)
            is_missing = found is None and self._inside(full) is not None
        else:
            return None, None
        if found is not None and self._links.index.is_media(found.path):
            return self._to_asset(found.path, target), found.path
        baked = self._baked(target, written)
        if is_missing and baked is None:
            self._warn_missing(written)
        return baked, None

    def _baked(self, target: Target, written: str) -> str | None:
        remote, plain = self._links.remote, written.partition("#")[0]
        for spelled in (written, target.text, plain, target.text.partition("#")[0]):
            if spelled in remote:
                return self._with_fragment(relative(self._url, remote[spelled]), target)
        return None

    def _find_static(self, path: str) -> Found | None:
        """Return a file that a site generator would serve from its folder of static files."""
        if not path.startswith("/"):
            return None
        folder = self._path.rpartition("/")[0]
        while True:
            for static in ("", "static", "public"):
                found = self._links.index.find(join_path(folder, f"{static}/{path}")[1])
                if found is not None and not (found.place or found.is_folder or found.submodule):
                    return found
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    def _with_fragment(self, url: str, target: Target) -> str:
        if target.fragment is None:
            return url
        return f"{url}#{target.fragment.removeprefix('user-content-')}"

    def _note(self, path: str, fragment: str | None) -> None:
        anchor = decode_anchor(fragment or "")
        self._internal[f"{path}#{anchor}" if anchor else path] = None

    def _warn_missing(self, written: str) -> None:
        shown = written if len(written) <= 120 else f"{written[:119]}…"
        if any(shown in warning.message for warning in self._warnings):
            return
        self._warnings.append(
            BuildWarning(
                code="link_missing",
                message=f"{shown} is not in the repository.",
                hint="Correct the link, or add the file.",
                path=self._path,
                line=self._line_of(written),
            )
        )

    def _line_of(self, written: str) -> int | None:
        """Return the first line of the text that holds the target, when it stands there as such."""
        files = self._links.repository.files
        if self._text is None:
            self._text = files.read_text(self._path) if files.has(self._path) else ""
        place = self._text.find(written)
        return self._text.count("\n", 0, place) + 1 if place >= 0 else None
