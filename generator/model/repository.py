"""A repository as the source stage found it: files on disk, git's facts, the forge's facts.

Absent means unknown: None, or an empty tuple where that kind of fact was not asked for.
Zero is a fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from generator.model.files import FileTree
from generator.model.forge import Forge
from generator.model.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """One person who committed. `login` and `avatar` only where the forge told."""

    name: str
    commits: int
    login: str | None = None
    url: str | None = None
    avatar_url: str | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A git tag with the time of its commit (aware), None where history does not tell."""

    name: str
    commit: str
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What git itself knows. A shallow clone gives `is_complete=False` and no counts or first date.

    `changed_at` maps a path to its last commit's time; empty where history is not complete.
    """

    is_complete: bool
    head_date: datetime | None = None
    first_date: datetime | None = None
    commit_count: int | None = None
    contributors: tuple[Contributor, ...] = ()
    tags: tuple[Tag, ...] = ()
    changed_at: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeFacts:
    """What only the forge knows about the repository. `languages` maps a name to bytes of code."""

    description: str | None = None
    homepage: str | None = None
    topics: tuple[str, ...] = ()
    stars: int | None = None
    forks: int | None = None
    open_issues: int | None = None
    license_spdx: str | None = None
    languages: dict[str, int] = field(default_factory=dict)
    contributors: tuple[Contributor, ...] = ()
    is_archived: bool = False
    is_fork: bool = False
    has_discussions: bool = False
    funding: tuple[tuple[str, str], ...] = ()
    """Pairs of platform and URL, as the forge lists them."""
    health_percent: int | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The one value that the source stage hands on.

    `ref` is the branch or tag asked for, or the default branch (from HEAD or the API, never
    guessed); `commit` the full sha, None without git. `subfolder` is the part asked for by
    `…/tree/REF/DIR`; `files` are then relative to it, and forge URLs need it in front.
    """

    name: str
    files: FileTree
    forge: Forge | None = None
    ref: str | None = None
    default_branch: str | None = None
    commit: str | None = None
    subfolder: str = ""
    history: History | None = None
    facts: ForgeFacts | None = None
    releases: tuple[Release, ...] = ()
    submodules: dict[str, str] = field(default_factory=dict)
    """Path → URL of each submodule, from `.gitmodules`."""
    lfs_pointers: frozenset[str] = frozenset()
    """Files that are only a pointer here; they are linked at the forge, never copied."""

    def forge_path(self, path: str) -> str:
        """Return `path` as the forge names it (with the subfolder in front)."""
        return f"{self.subfolder}/{path}" if self.subfolder and path else path or self.subfolder
