"""A text of the repository after rendering: trusted HTML and what was learnt on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from generator.model.report import BuildWarning


class Feature(StrEnum):
    """What a document needs from the page that shows it."""

    MERMAID = "mermaid"
    MATH = "math"
    CODE = "code"
    TABS = "tabs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading with the anchor GitHub would give it. `text` is plain."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading's own text (up to the next heading), plain, for search and twins."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One rendered file. `html` holds the whole text, its first `h1` included.

    `title` is the plain text of the first heading if that is an `h1`, else None; `summary` the
    plain text of the first real paragraph (no badges, no images), at most 300 characters.
    `assets` are repository paths the HTML shows, `anchors` every id in it, and `links` the
    site-internal targets as `path#anchor` of the repository, kept for checking.
    """

    path: str
    html: Markup
    title: str | None = None
    summary: str = ""
    headings: tuple[Heading, ...] = ()
    sections: tuple[Section, ...] = ()
    assets: tuple[str, ...] = ()
    anchors: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    features: frozenset[Feature] = frozenset()
    warnings: tuple[BuildWarning, ...] = ()

    @property
    def has_own_title(self) -> bool:
        """Say whether `html` begins with an `h1`: a title may also come from front matter."""
        return bool(self.headings) and self.headings[0].level == 1
