"""Hosted sites: releases, what one may hold, and the names that sites are served under.

A release never changes; which one is live is a single value beside the site.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from backend.domain.instants import DAY, Instant
from backend.domain.tiers import TERMS, Tier
from backend.errors import Invalid, LimitReached, ReleaseRefused

MAX_FILES = 20_000
MAX_PATH = 500
MAX_FILE_LIST_BYTES = 8 * 1024 * 1024
"""How long the list of a release's files may be as JSON."""
MAX_NAME = 40
MAX_PREVIEW = 20
"""Of a host name's label of 63 characters: preview, two hyphens and name fit."""
KEPT_RELEASES = 20
KEPT_PREVIEWS = 20
KEPT_UNFINISHED = 5
PREVIEWS_KEPT = 30 * DAY
UNFINISHED_KEPT = DAY
"""How long a release may take from its plan to its end, and files stay that nothing refers to."""

RESERVED_NAMES = frozenset(
    {
        "abuse", "account", "accounts", "admin", "administrator", "api", "app", "assets", "auth",
        "autoconfig", "autodiscover", "billing", "blog", "cdn", "dashboard", "dns", "docs", "ftp",
        "help", "host", "hostmaster", "imap", "local", "localhost", "login", "mail", "mx", "ns",
        "ns1", "ns2", "pop", "postmaster", "preview", "root", "security", "showcase", "sign-in",
        "sign-up", "smtp", "ssl", "static", "status", "support", "webmaster", "widget", "wpad",
        "www", "xn",
    }
)  # fmt: skip
"""Names that mean something to mail, browsers, certificate authorities or this service."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PREVIEW = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NOT_IN_PATHS = re.compile(r"[\x00-\x1f\x7f\\]")


class ReleaseOrigin(StrEnum):
    """How a release came here: sent by a client, or built by the service."""

    UPLOAD = "upload"
    BUILD = "build"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version of a site. `digest` names exactly its files with exactly their contents.

    `manifest` is the digest of the stored list of its files, `preview` the name of the preview
    that it is instead of the site, `awaited_bytes` what was still to be sent when it was planned.
    """

    id: str
    site: str
    digest: str
    made_at: Instant
    is_live: bool
    origin: ReleaseOrigin
    files: int
    bytes: int
    manifest: str
    preview: str | None = None
    is_finished: bool = True
    awaited_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """A hosted site: the name it is served under, its live release, the bytes it stores."""

    tenant: str
    site: str
    name: str
    live: str | None
    stored_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """A file of a release: SHA-256 as hexadecimal digits and size; the sizes of its compressed
    forms, 0 where there is none.
    """

    digest: str
    size: int
    br: int = 0
    gz: int = 0


ReleaseFiles = Mapping[str, ReleaseFile]
"""The files of a release by path."""


def check_files(files: ReleaseFiles, *, limit_bytes: int) -> None:
    """Raise ReleaseRefused unless a release may hold these files."""
    if "index.html" not in files:
        raise ReleaseRefused("The release has no index.html.")
    if len(files) > MAX_FILES:
        raise ReleaseRefused(f"The release has more than {MAX_FILES} files.")
    for path, file in files.items():
        if not _is_plain(path):
            raise ReleaseRefused(f"{path[:100]!r} is not the path of a file.")
        if not _DIGEST.fullmatch(file.digest) or file.size < 0:
            raise ReleaseRefused(f"{path[:100]!r} has no SHA-256 digest and size.")
    sizes: dict[str, int] = {}
    for path, file in files.items():
        if sizes.setdefault(file.digest, file.size) != file.size:
            raise ReleaseRefused(f"{path[:100]!r} has two sizes for one digest.")
    total = sum(file.size for file in files.values())
    if total > limit_bytes:
        raise ReleaseRefused(
            f"The release holds {total} bytes; {limit_bytes} are allowed.",
            hint="Make pictures smaller, or leave large downloads to another host.",
        )


def check_storage(tier: Tier, stored: int, added: int) -> None:
    """Raise LimitReached when an owner who stores `stored` bytes can store no `added` more."""
    room = TERMS[tier].storage_bytes
    if added and stored + added > room:
        raise LimitReached(
            f"The {tier} tier stores {room:,} bytes; with this release you would store"
            f" {stored + added:,}.",
            hint="What is published keeps working. Remove a site, or change the tier.",
        )


def choose_outdated(known: Sequence[Release], now: Instant) -> frozenset[str]:
    """Return the ids of those that nobody can want back, of a site's releases, newest first."""
    unfinished = [one for one in known if not one.is_finished]
    outdated = {one.id for one in unfinished if one.made_at < now - UNFINISHED_KEPT}
    outdated.update(one.id for one in unfinished[KEPT_UNFINISHED:])
    finished = [one for one in known if one.is_finished]
    whole = [one for one in finished if one.preview is None]
    outdated.update(one.id for one in whole[KEPT_RELEASES:] if not one.is_live)
    shown: set[str] = set()
    for one in finished:
        if one.preview is None:
            continue
        is_old = one.made_at < now - PREVIEWS_KEPT or len(shown) >= KEPT_PREVIEWS
        if one.preview in shown or is_old:
            outdated.add(one.id)
        shown.add(one.preview)
    return frozenset(outdated)


def digest_of(files: ReleaseFiles) -> str:
    """Return the name of exactly these files with exactly these contents."""
    lines = (f"{file.digest} {path}\n" for path, file in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def check_preview(name: str) -> str:
    """Return the name of a preview. Raises Invalid when it cannot be part of a host name."""
    if not _PREVIEW.fullmatch(name) or len(name) > MAX_PREVIEW or name == "xn":
        raise Invalid(
            f"{name[:MAX_PREVIEW]!r} cannot name a preview.",
            field="preview",
            hint=f"Use up to {MAX_PREVIEW} of a-z, 0-9 and single hyphens between them.",
        )
    return name


def candidate_names(title: str, repository: str | None, rest: str) -> Iterator[str]:
    """Give names for a site in the order of preference; the last one ends in `rest`, which nobody
    else has.
    """
    from_repository = urlsplit(repository).path.rpartition("/")[2] if repository else ""
    base = _slug(from_repository) or _slug(title) or "site"
    if base not in RESERVED_NAMES:
        yield base
    room = MAX_NAME - len(rest) - 1
    yield from (f"{base[: MAX_NAME - 2].rstrip('-')}-{number}" for number in range(2, 6))
    yield f"{base[:room].rstrip('-')}-{rest}"


def host_label(name: str, preview: str | None) -> str:
    """Return the first label of the host that serves a site or a preview of it."""
    return name if preview is None else f"{preview}--{name}"


def split_label(label: str) -> tuple[str, str | None]:
    """Return the name and the preview of such a label; names hold no two hyphens together."""
    preview, separator, name = label.partition("--")
    return (name, preview) if separator else (label, None)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_NAME].strip("-")


def _is_plain(path: str) -> bool:
    if not path or len(path) > MAX_PATH or _NOT_IN_PATHS.search(path):
        return False
    return not any(part in {"", ".", ".."} for part in path.split("/"))
