"""What the repository is: facts, each with the place it was read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from generator.model.release import ReleaseFile

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a fact was read: a file of the repository (with its line), `git`, or the forge."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[T]):
    """A value and its origin. A fact that is not known does not exist (None in its field)."""

    value: T
    origin: Origin


class ProjectKind(StrEnum):
    """What sort of thing the repository holds; decides the order of the home page's parts."""

    TOOL = "tool"
    LIBRARY = "library"
    APPLICATION = "application"
    DOCUMENTS = "documents"
    PROFILE = "profile"
    PROJECT = "project"


class Platform(StrEnum):
    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    FREEBSD = "freebsd"
    ANDROID = "android"
    IOS = "ios"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallMethod:
    """One way to get the project. `commands` are shell lines without prompts.

    `tool` is stable and lower case (`pip`, `uv`, `pipx`, `npm`, `pnpm`, `yarn`, `bun`, `cargo`,
    `go`, `brew`, `gem`, `composer`, `docker`, `script`, …); `label` is what the tab says.
    """

    tool: str
    label: str
    commands: tuple[str, ...]
    origin: Origin
    platforms: tuple[Platform, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A file that only speaks about a download: `checksum`, `signature`, `sbom`, `attestation`."""

    role: str
    file: ReleaseFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A release file that a person would want, with what its name says about it.

    `architecture` is one of `x86_64`, `aarch64`, `armv7`, `i686`, `universal`, … or None.
    `form` is `installer`, `package`, `archive`, `binary`, `image`, `wheel` or `source`.
    """

    file: ReleaseFile
    platform: Platform | None
    architecture: str | None
    form: str
    label: str
    system: str = ""
    """A system that is no `Platform`, by its name (`OpenBSD`); `platform` is then None."""
    variant: str = ""
    """What tells two files of one platform apart, such as `musl`, `gnu`, `portable`."""
    companions: tuple[Companion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseFact:
    """`spdx` is an expression (`MIT OR Apache-2.0`), None when the text is not one we recognise."""

    name: str
    spdx: str | None
    paths: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageShare:
    """A programming language with its part of the code, in tenths of a per cent, rounded."""

    name: str
    permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingLink:
    """One way to give money, from FUNDING.yml or the forge."""

    platform: str
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Where the well-known documents are; None when the repository has none.

    `translations` maps a language tag (`zh-CN`) to a README; `docs` is the folder of the docs tree.
    """

    readme: str | None = None
    translations: tuple[tuple[str, str], ...] = ()
    docs: str | None = None
    changelog: str | None = None
    contributing: str | None = None
    conduct: str | None = None
    security: str | None = None
    support: str | None = None
    governance: str | None = None
    licenses: tuple[str, ...] = ()
    funding: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """Everything the pages may say about the project, and why."""

    kind: Fact[ProjectKind]
    name: Fact[str]
    papers: Papers
    pitch: Fact[str] | None = None
    version: Fact[str] | None = None
    homepage: Fact[str] | None = None
    license: LicenseFact | None = None
    logo: Fact[str] | None = None
    """A repository path of a square-ish picture that stands for the project."""
    accent: Fact[str] | None = None
    """A colour `#rrggbb` taken from the logo or the settings."""
    install: tuple[InstallMethod, ...] = ()
    languages: tuple[LanguageShare, ...] = ()
    topics: tuple[str, ...] = ()
    funding: tuple[FundingLink, ...] = ()
