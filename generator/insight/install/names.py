"""Whether a package in a command is this project, however the package manager spells it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.insight.manifests.facts import ManifestFacts
from generator.model.repository import Repository

EXACT, SOURCE, PART = 0, 1, 2
"""How close a package is: the project itself, its repository, or a name that holds its name."""

_SPECIFIER = re.compile(r"(?<=.)(?:\[[^\]]*\]|[<>=!~^]=?.*|@[^/]*|;.*)$")
_SHARED_HOSTS = (
    *("github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "pypi.org", "npmjs.com"),
    *("readthedocs.io", "docs.rs", "crates.io", "pkg.go.dev", "google.com", "medium.com"),
)
_MARKS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectNames:
    """What the project is called: `plain` holds names without marks, `slug` is `owner/name`.

    `declared` are the names in the manifests, spelled as there.
    """

    plain: frozenset[str]
    declared: frozenset[str]
    slug: str
    hosts: frozenset[str]

    def closeness(self, package: str) -> int | None:
        """Return EXACT, SOURCE or PART; None when the package is something else."""
        folded = package.casefold().strip("'\"")
        bare = _SPECIFIER.sub("", folded)
        if bare in self.declared or any(
            bare.startswith(f"{name}/") for name in self.declared if "/" in name
        ):
            return EXACT
        if "://" in folded or folded.startswith("git@"):
            return SOURCE if self.slug and f"/{self.slug}" in folded.replace(":", "/") else None
        if self.slug and re.search(rf"(?:^|/){re.escape(self.slug)}(?:[/:.@]|$)", folded):
            return EXACT
        return self._closeness_of_name(bare)

    def _closeness_of_name(self, bare: str) -> int | None:
        """Compare the last part (`app-shells/starship`, `nixpkgs#bat`), then each word of it."""
        untagged = bare.partition(":")[0] if "/" in bare else bare
        last = re.split(r"[/#]", untagged)[-1]
        if plain(last) in self.plain or plain(bare) in self.plain:
            return EXACT
        segments = re.split(r"[.:]", last)
        if len(segments) > 1 and any(plain(part) in self.plain for part in segments):
            return EXACT
        words = [word for word in re.split(r"[-_.+]", last) if word]
        return PART if any(len(word) > 2 and word in self.plain for word in words) else None

    def owns_script(self, url: str) -> bool:
        """Whether a script's address names the project or stands on its own host."""
        _, path = _split_address(url)
        words = {plain(word) for word in re.split(r"[/?=&#]", path)}
        return self.hosts_script(url) or any(len(word) > 1 and word in self.plain for word in words)

    def hosts_script(self, url: str) -> bool:
        """Whether a script lies with the project itself: its host, or its repository."""
        host, path = _split_address(url)
        labels = {plain(label) for label in host.split(".")[:-1]}
        is_own_host = any(host == own or host.endswith(f".{own}") for own in self.hosts)
        is_in_repository = bool(self.slug) and self.slug in path
        return is_own_host or is_in_repository or bool(labels & self.plain)


def _split_address(url: str) -> tuple[str, str]:
    host, _, path = url.casefold().partition("://")[2].partition("/")
    return host.removeprefix("www."), path


def plain(text: str) -> str:
    """Return the letters and digits of a name, folded."""
    return _MARKS.sub("", text.casefold())


def name_project(repository: Repository, manifests: Iterable[ManifestFacts]) -> ProjectNames:
    """Collect what the project is called, from its own manifests and the repository."""
    own = tuple(manifests)
    declared = {facts.package.casefold() for facts in own if facts.package}
    declared |= {facts.name.value.casefold() for facts in own if facts.name}
    programs = {program for facts in own for program in facts.executables[:3]}
    names = {repository.name, *declared, *programs, *(name.rpartition("/")[2] for name in declared)}
    for affix in (".js", "-cli", "-rs", "-py", "python-", "node-", "go-", "rust-"):
        bare = repository.name.casefold()
        names.add(bare.removesuffix(affix) if affix[0] in ".-" else bare.removeprefix(affix))
    slug = repository.forge.slug.casefold() if repository.forge else ""
    return ProjectNames(
        plain=frozenset(filter(None, map(plain, names))),
        declared=frozenset(declared),
        slug=slug,
        hosts=_own_hosts(repository, own),
    )


def _own_hosts(repository: Repository, manifests: Iterable[ManifestFacts]) -> frozenset[str]:
    """The hosts of the project's homepages, without those that many projects share."""
    pages = [facts.homepage.value for facts in manifests if facts.homepage]
    if repository.facts and repository.facts.homepage:
        pages.append(repository.facts.homepage)
    hosts = {page.partition("://")[2].partition("/")[0].casefold() for page in pages}
    return frozenset(
        host.removeprefix("www.") for host in hosts if host and not host.endswith(_SHARED_HOSTS)
    )
