"""Releases and their files, wherever they were read: the forge, git tags, a changelog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One downloadable file of a release. `digest` is `sha256:…` where the forge gives it."""

    name: str
    url: str
    size_bytes: int | None = None
    download_count: int | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published version. `body` is untrusted Markdown. Drafts never get here."""

    tag: str
    name: str
    published_at: datetime | None = None
    body: str = ""
    url: str | None = None
    is_prerelease: bool = False
    author: str | None = None
    files: tuple[ReleaseFile, ...] = ()
