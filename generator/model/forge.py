"""A forge (the web service that hosts a repository) and the URLs it gives to things."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit


class ForgeKind(StrEnum):
    """The families of forges whose URL shapes we know."""

    GITHUB = "github"
    GITLAB = "gitlab"
    FORGEJO = "forgejo"
    BITBUCKET = "bitbucket"


_KIND_BY_HOST = {
    "github.com": ForgeKind.GITHUB,
    "gitlab.com": ForgeKind.GITLAB,
    "codeberg.org": ForgeKind.FORGEJO,
    "gitea.com": ForgeKind.FORGEJO,
    "bitbucket.org": ForgeKind.BITBUCKET,
}

# scp-like (git@host:owner/name.git) beside the ordinary URL forms that git accepts.
_SCP_URL = re.compile(r"^(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """One repository at one forge.

    `owner` may hold slashes (GitLab groups). `base` is scheme and host, without a final slash.
    """

    kind: ForgeKind
    base: str
    owner: str
    name: str

    @property
    def slug(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def url(self) -> str:
        return f"{self.base}/{self.slug}"

    def file_url(self, path: str, *, ref: str, lines: str = "") -> str:
        """Return the page of a file at `ref` (a commit where known); `lines` like `L3-L9`."""
        return self._at("blob", path, ref) + (f"#{lines}" if lines else "")

    def folder_url(self, path: str, *, ref: str) -> str:
        return self._at("tree", path, ref)

    def raw_url(self, path: str, *, ref: str) -> str:
        return self._at("raw", path, ref)

    def edit_url(self, path: str, *, branch: str) -> str:
        return self._at("edit", path, branch)

    def commit_url(self, sha: str) -> str:
        match self.kind:
            case ForgeKind.GITLAB:
                return f"{self.url}/-/commit/{sha}"
            case ForgeKind.BITBUCKET:
                return f"{self.url}/commits/{sha}"
            case _:
                return f"{self.url}/commit/{sha}"

    def compare_url(self, old: str, new: str) -> str:
        return f"{self._pages}/compare/{quote(old)}...{quote(new)}"

    def issue_url(self, number: int | str) -> str:
        return f"{self._pages}/issues/{number}"

    def issues_url(self) -> str:
        return f"{self._pages}/issues"

    def releases_url(self) -> str:
        match self.kind:
            case ForgeKind.GITLAB:
                return f"{self.url}/-/releases"
            case ForgeKind.BITBUCKET:
                return f"{self.url}/downloads"
            case _:
                return f"{self.url}/releases"

    def release_url(self, tag: str) -> str:
        match self.kind:
            case ForgeKind.GITLAB:
                return f"{self.url}/-/releases/{quote(tag)}"
            case ForgeKind.BITBUCKET:
                return f"{self.url}/src/{quote(tag)}"
            case _:
                return f"{self.url}/releases/tag/{quote(tag)}"

    def user_url(self, login: str) -> str:
        return f"{self.base}/{quote(login)}"

    @property
    def _pages(self) -> str:
        """Where the repository's own pages begin: GitLab sets them apart from subgroups."""
        return f"{self.url}/-" if self.kind is ForgeKind.GITLAB else self.url

    def _at(self, verb: str, path: str, ref: str) -> str:
        tail = f"{quote(ref)}/{quote(path)}".rstrip("/")
        match self.kind:
            case ForgeKind.GITLAB:
                return f"{self._pages}/{verb}/{tail}"
            case ForgeKind.FORGEJO:
                if verb == "edit":
                    return f"{self.url}/_edit/{tail}"
                place = "raw" if verb == "raw" else "src"
                unit = "commit" if _is_sha(ref) else "branch"
                return f"{self.url}/{place}/{unit}/{tail}"
            case ForgeKind.BITBUCKET:
                suffix = "?mode=edit" if verb == "edit" else ""
                return f"{self.url}/{'raw' if verb == 'raw' else 'src'}/{tail}{suffix}"
            case _:
                return f"{self.url}/{verb}/{tail}"


def parse_forge(url: str, *, kinds: dict[str, ForgeKind] | None = None) -> Forge | None:
    """Return the forge that a remote's URL names, or None when its family is not known.

    Accepts https, ssh and scp-like forms, with or without `.git`. `kinds` adds hosts
    (GitHub Enterprise, self-hosted GitLab or Forgejo) to the well-known ones.
    """
    host, path, scheme = _split_remote(url.strip())
    kind = {**_KIND_BY_HOST, **(kinds or {})}.get(host)
    parts = [part for part in path.removesuffix("/").removesuffix(".git").split("/") if part]
    if kind is None or len(parts) < 2:
        return None
    if kind is not ForgeKind.GITLAB:
        parts = parts[:2]
        parts[1] = parts[1].removesuffix(".git")
    base = f"{scheme}://{host}"
    return Forge(kind=kind, base=base, owner="/".join(parts[:-1]), name=parts[-1])


def _split_remote(url: str) -> tuple[str, str, str]:
    """Return host (with a non-default web port), path and web scheme of a remote's URL."""
    if "://" not in url:
        match = _SCP_URL.match(url)
        return (match[1].lower(), match[2], "https") if match else ("", "", "https")
    split = urlsplit(url)
    host = (split.hostname or "").lower()
    if split.scheme in {"http", "https"} and split.port:
        host = f"{host}:{split.port}"
    return host, split.path, "http" if split.scheme == "http" else "https"


def _is_sha(ref: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}", ref) is not None
