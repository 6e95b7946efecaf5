"""Versions as a reader sees them: changelog sections and forge releases, merged by version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from generator.model.insight import Download, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the project, newest first in every list.

    `name` has no leading `v`; `anchor` is its id on the changelog page; `html` the trusted notes,
    empty when nothing was written; `tag` and `url` only where the forge or git knows them.
    """

    name: str
    anchor: str
    html: Markup
    date: date | None = None
    tag: str | None = None
    url: str | None = None
    compare_url: str | None = None
    is_prerelease: bool = False
    is_unreleased: bool = False
    downloads: tuple[Download, ...] = ()
    origins: tuple[Origin, ...] = ()
