"""The forge's address of what the site itself does not show, pinned to the commit built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from generator.content.hosted import media_url
from generator.content.path_index import is_text
from generator.content.targets import Target, TargetKind, parse_target
from generator.model.forge import Forge, ForgeKind, parse_forge
from generator.model.repository import Repository

_LINES = re.compile(r"L\d+(C\d+)?(-L?\d+(C\d+)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPath:
    """A question about a path of the repository, as the forge names it, and the link's frills.

    `verb` is `blob`, `raw`, `tree` or `edit` where the author wrote an absolute address.
    """

    path: str
    target: Target
    verb: str = ""

    @property
    def wants_source(self) -> bool:
        """Whether the author points at lines or at plain text, which only the forge shows."""
        return "plain=1" in self.target.query or bool(_LINES.fullmatch(self.target.fragment or ""))

    @property
    def wants_raw(self) -> bool:
        return self.verb == "raw" or "raw=true" in self.target.query.lower()

    def at_forge(self, repository: Repository, path: str, *, is_folder: bool = False) -> str | None:
        """Return the pinned address of `path`, a path of the part being built; None if no forge."""
        forge, full, ref = repository.forge, repository.forge_path(path), pinned_ref(repository)
        if forge is None:
            return None
        if is_folder:
            return self._with_fragment(forge.folder_url(full, ref=ref))
        if path in repository.lfs_pointers:
            return media_url(forge, full, ref=ref)
        return self._file_url(forge, full, ref=ref)

    def at_living_forge(self, repository: Repository) -> str | None:
        """Return the address on the branch for what this commit lacks: it may come back there."""
        forge, ref = repository.forge, repository.ref or repository.default_branch or "HEAD"
        if forge is None:
            return None
        if self.target.path.endswith("/"):
            return self._with_fragment(forge.folder_url(self.path, ref=ref))
        return self._file_url(forge, self.path, ref=ref)

    def _file_url(self, forge: Forge, path: str, *, ref: str) -> str:
        if self.wants_raw:
            return forge.raw_url(path, ref=ref)
        url = forge.file_url(path, ref=ref)
        if self.wants_source and forge.kind is ForgeKind.GITHUB and is_text(path):
            url += "?plain=1"
        return self._with_fragment(url)

    def _with_fragment(self, url: str) -> str:
        return url if self.target.fragment is None else f"{url}#{self.target.fragment}"


def pinned_ref(repository: Repository) -> str:
    """Return what links at the forge are pinned to, so that they show what the site tells of."""
    return repository.commit or repository.ref or repository.default_branch or "HEAD"


def submodule_url(url: str, rest: str, forge: Forge | None) -> str | None:
    """Return the web page of a submodule, or of `rest` inside it."""
    if url.startswith(("./", "../")) and forge is not None:
        url = urljoin(f"{forge.url}/", url)
    other = parse_forge(url, kinds={urlsplit(forge.base).netloc: forge.kind} if forge else None)
    if other is not None:
        return other.folder_url(rest, ref="HEAD") if rest else other.url
    target = parse_target(url)
    return target.text.removesuffix(".git") if target.kind is TargetKind.WEB else None
