"""A page before it is rendered: its address, its place in the site, and its view."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from generator.model.document import Feature, Heading


class PageKind(StrEnum):
    """The kinds of page a site can have; `pages/` has one file for each."""

    HOME = "home"
    DOC = "doc"
    CHANGELOG = "changelog"
    RELEASE = "release"
    DOWNLOADS = "downloads"
    CONTRIBUTORS = "contributors"
    LICENSE = "license"
    PAPER = "paper"
    """Contributing, code of conduct, security, support, governance: one document, one page."""
    FUNDING = "funding"
    SEARCH = "search"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A planned page, known before any text is rendered, so that links can find it.

    `url` is relative to the site's root and ends with `/` (`docs/start/`); the home page is the
    empty text, and `404.html` is the one file with a name. `source` is the repository path whose
    links lead here; `language` is a tag like `de` for a translation, else empty for the site's own.
    """

    url: str
    kind: PageKind
    source: str | None = None
    language: str = ""

    @property
    def file(self) -> str:
        """The path of the page's file in the output folder."""
        return self.url if self.url.endswith(".html") else f"{self.url}index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link between pages of the site: `url` is relative to the site's root, as in `Place`."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page ready for its template. `view` is the dataclass its template expects as `view`.

    `modified_at` is an ISO date where git knows it; `markdown` is the twin served as `index.md`.
    """

    place: Place
    title: str
    description: str
    template: str
    view: object
    headings: tuple[Heading, ...] = ()
    breadcrumbs: tuple[Link, ...] = ()
    features: frozenset[Feature] = frozenset()
    edit_url: str | None = None
    modified_at: str | None = None
    markdown: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()
    """Pairs of language tag and site URL, the page itself included, for `hreflang`."""
    is_indexed: bool = True
