"""What a target of publishing can do: plan, apply, give back what it serves; some keep releases.

A target is made for one run and may remember between `plan` and `apply` what it learnt. Nothing
outside changes before `apply`; an `apply` that breaks off leaves what was published before whole,
and the next run finishes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from generator.publish.bundle import Bundle, SiteFile

Report = Callable[[str], None]
"""Takes a line of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where to publish, as a person wrote it, with what goes beside it.

    `address` is `--to` without its kind: `bucket/prefix` of `s3://bucket/prefix`, the project of
    `netlify:project`, '' of `github-pages`. `url` is where people will reach the site, if known;
    `preview` names a preview instead of the site itself. Targets take credentials from `environ`
    or from their tool's own login, never from an address.
    """

    kind: str
    address: str
    environ: Mapping[str, str]
    url: str | None = None
    preview: str | None = None
    keep_history: bool = False
    branch: str | None = None
    service_url: str | None = None
    """The service of the configuration, and the site's key there."""
    site_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an `apply` would do. `upload` is in the order of sending; `url` is where the site will
    be, when that is known before.

    `present` counts the files of the site that is there now; None means that nobody can know.
    """

    title: str
    upload: tuple[SiteFile, ...]
    delete: tuple[str, ...] = ()
    unchanged: int = 0
    present: int | None = None
    url: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def bytes_to_send(self) -> int:
        return sum(file.size for file in self.upload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What an `apply` did. `release` names it where the target keeps releases; `is_guarded` says
    that a login stands before `url`, so that nobody can check what is served there.
    """

    url: str | None = None
    release: str | None = None
    sent: int = 0
    deleted: int = 0
    notes: tuple[str, ...] = ()
    is_guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the target answers for a file now; `headers` by lower-case name, None where a target
    has none (a folder).
    """

    content: bytes
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version of the site that a target keeps; `made_at` in RFC 3339."""

    id: str
    made_at: str
    is_live: bool
    url: str | None = None
    note: str = ""


class Target(Protocol):
    """A place for one site. All methods raise the branches of PublishError."""

    def plan(self, bundle: Bundle) -> Plan:
        """Ask what is there and return what is to be done. Changes nothing."""

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        """Do what was planned."""

    def fetch(self, published: Published, path: str) -> Served | None:
        """Return the file at `path` as it is served now; None when it is not there, or when this
        target gives no way to see it.
        """


@runtime_checkable
class KeepsReleases(Protocol):
    """What a target offers beside, when it keeps earlier versions."""

    def list_releases(self) -> list[Release]:
        """Return the releases, the newest first."""

    def roll_back(self, release: str) -> Published:
        """Make an earlier release the live one."""
