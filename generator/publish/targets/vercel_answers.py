"""Vercel's answers as far as publishing reads them. Source: the types of its own SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDeployment:
    id: str
    alias: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    production: LiveDeployment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRequest:
    """The last move of the project's domains to another deployment."""

    toDeploymentId: str
    jobStatus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The repository that the project is built from, too."""

    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    id: str
    name: str
    targets: Targets | None = None
    lastAliasRequest: AliasRequest | None = None
    link: Link | None = None

    @property
    def live(self) -> LiveDeployment | None:
        return self.targets.production if self.targets else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`aliasAssigned` says whether the domains came to it; some answers give the moment instead."""

    id: str
    url: str
    readyState: str
    readySubstate: str | None = None
    alias: list[str] = field(default_factory=list)
    aliasAssigned: int | float | bool | None = None
    errorMessage: str | None = None
    meta: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDeployment:
    uid: str
    url: str
    created: int
    readyState: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployments:
    deployments: list[ListedDeployment]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTree:
    """A file or folder of a deployment; a file's `uid` is the SHA-1 of its content."""

    name: str
    uid: str | None = None
    children: list[FileTree] | None = None

    def files(self, folder: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
        """Give path and `uid` of each file."""
        path = f"{folder}{self.name}"
        if self.children is None:
            yield path, self.uid or ""
        elif depth < 64:
            for child in self.children:
                yield from child.files(f"{path}/", depth + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFiles:
    code: str = ""
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    error: MissingFiles
