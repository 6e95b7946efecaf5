"""Every page of the site, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.page import Page, PageKind
from generator.pages.changelog import make_changelog
from generator.pages.docs import make_docs
from generator.pages.downloads import make_downloads
from generator.pages.home import make_homes
from generator.pages.material import Material
from generator.pages.papers import make_license, make_papers
from generator.pages.people import make_contributors, make_funding


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainView:
    """The view of a page that has no content of its own: search and not found."""

    project: str


def make_pages(material: Material) -> tuple[Page, ...]:
    """Return every page in reading order."""
    return (
        *make_homes(material),
        *make_docs(material),
        *make_downloads(material),
        *make_changelog(material),
        *make_papers(material),
        *make_contributors(material),
        *make_license(material),
        *make_funding(material),
        *_make_plain(material, PageKind.SEARCH, "Search", "site/search.html"),
        *_make_plain(material, PageKind.NOT_FOUND, "Page not found", "site/not_found.html"),
    )


def _make_plain(material: Material, kind: PageKind, title: str, template: str) -> list[Page]:
    place = material.place(kind)
    if place is None:
        return []
    view = PlainView(project=material.insight.name.value)
    return [
        Page(
            place=place, title=title, description="", template=template, view=view,
            is_indexed=False,
        )
    ]  # fmt: skip
