"""Addresses at the repository's own forge: which path they mean, and where the raw bytes are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from generator.content.targets import Target, decode_path
from generator.model.forge import Forge, ForgeKind
from generator.model.repository import Repository

_RAW_HOSTS = frozenset(("raw.githubusercontent.com", "raw.github.com"))
_LFS_HOST: Final = "media.githubusercontent.com"
# What may stand between the repository's address and the ref, by family of forge.
_VERBS = {
    ForgeKind.GITHUB: re.compile(r"(blob|raw|tree|edit)/"),
    ForgeKind.GITLAB: re.compile(r"(?:-/)?(blob|raw|tree|edit)/"),
    ForgeKind.FORGEJO: re.compile(r"(src|raw|media|_edit)/(?:branch/|tag/|commit/)?"),
    ForgeKind.BITBUCKET: re.compile(r"(src|raw)/"),
}
_SAME_VERB = {"src": "blob", "media": "raw", "_edit": "edit"}
# The first folder of a forge's own pages; GitHub users write `../../issues` in a README.
_SECTION_NAMES = """
    actions activity archive branches commit commits compare contributors discussions fork graphs
    issues labels merge_requests milestones network packages pipelines projects pull pulls pulse
    releases security stargazers subscription tags watchers wiki
"""
SECTIONS = frozenset(_SECTION_NAMES.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedPath:
    """A path of this repository, as the forge's own address names it, the ref being ours.

    `verb` is `blob`, `raw`, `tree` or `edit`; `path` is decoded and starts at the forge's root of
    the repository, whatever part of it is being built.
    """

    verb: str
    path: str


def find_hosted_path(target: Target, repository: Repository) -> HostedPath | None:
    """Return the path that a web address means in this repository at the ref being built.

    None for every other address: another host, repository or ref, and the forge's other pages.
    The letter case of host, owner and name does not matter, that of the path does.
    """
    forge = repository.forge
    if forge is None:
        return None
    found = _split_raw(target, forge) or _split_page(target, forge)
    if found is None:
        return None
    verb, rest = found
    path = _without_ref(rest, repository)
    return None if path is None else HostedPath(verb=verb, path=decode_path(path))


def media_url(forge: Forge, path: str, *, ref: str) -> str:
    """Return where the forge keeps the bytes of a file that is only a pointer in git (LFS)."""
    match forge.kind:
        case ForgeKind.GITHUB if forge.base == "https://github.com":
            return f"https://{_LFS_HOST}/media/{quote(f'{forge.slug}/{ref}/{path}')}"
        case ForgeKind.FORGEJO:
            return forge.raw_url(path, ref=ref).replace(f"{forge.url}/raw/", f"{forge.url}/media/")
        case _:
            return forge.raw_url(path, ref=ref)


def _split_raw(target: Target, forge: Forge) -> tuple[str, str] | None:
    if forge.base != "https://github.com":
        return None
    path = target.path.lstrip("/")
    if target.host == _LFS_HOST:
        path = path.removeprefix("media/")
    elif target.host not in _RAW_HOSTS:
        return None
    rest = _after(path, f"{forge.slug}/")
    return None if rest is None else ("raw", rest)


def _split_page(target: Target, forge: Forge) -> tuple[str, str] | None:
    base = urlsplit(forge.base)
    host = target.host.removeprefix("www.")
    if host != base.netloc.lower():
        return None
    rest = _after(target.path.lstrip("/"), f"{forge.slug}/")
    match = _VERBS[forge.kind].match(rest) if rest is not None else None
    if rest is None or match is None:
        return None
    return _SAME_VERB.get(match[1], match[1]), rest[match.end() :]


def _without_ref(rest: str, repository: Repository) -> str | None:
    """Return what follows the ref if it is ours; a ref may hold slashes."""
    rest = rest.removeprefix("refs/heads/").removeprefix("refs/tags/")
    refs = {repository.ref, repository.default_branch, repository.commit, "HEAD"} - {None, ""}
    if refs == {"HEAD"}:
        # Nothing told which branch this is: the two usual names can only mean this text.
        refs |= {"main", "master"}
    for ref in sorted((str(ref) for ref in refs), key=len, reverse=True):
        for spelled in (ref, quote(ref), quote(ref, safe="")):
            if rest == spelled or rest.startswith(f"{spelled}/"):
                return rest[len(spelled) + 1 :]
    return None


def _after(text: str, prefix: str) -> str | None:
    is_prefix = text[: len(prefix)].casefold() == prefix.casefold()
    return text[len(prefix) :] if is_prefix else None
