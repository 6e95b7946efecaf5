"""Single documents as pages: contributing, conduct, security; and the licence."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.model.page import Page, PageKind, Place
from generator.pages.material import Material

_TITLES = {
    "contributing/": "Contributing",
    "code-of-conduct/": "Code of conduct",
    "security/": "Security",
    "support/": "Support",
    "governance/": "Governance",
    "changelog/": "Changelog",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    html: Markup
    has_own_title: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseText:
    """One licence file as it is: `text` is plain and shown with its own line breaks."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseView:
    project: str
    name: str
    spdx: str | None
    texts: tuple[LicenseText, ...]


def make_papers(material: Material, kind: PageKind = PageKind.PAPER) -> list[Page]:
    """Return a page for each planned place of `kind` whose text is there."""
    return [
        _make_paper(material, place)
        for place in material.places
        if place.kind is kind and place.source in material.documents
    ]


def make_license(material: Material) -> list[Page]:
    """Return the licence page: its name, and every licence text in full."""
    place, fact = material.place(PageKind.LICENSE), material.insight.license
    if place is None or fact is None:
        return []
    name = material.insight.name.value
    return [
        Page(
            place=place,
            title="Licence",
            description=f"{name} is licensed under {fact.name}.",
            template="site/license.html",
            view=LicenseView(
                project=name,
                name=fact.name,
                spdx=fact.spdx,
                texts=tuple(
                    LicenseText(path=path, text=material.texts[path])
                    for path in fact.paths
                    if path in material.texts
                ),
            ),
            edit_url=material.edit_url(place.source),
        )
    ]


def _make_paper(material: Material, place: Place) -> Page:
    document = material.documents[place.source or ""]
    return Page(
        place=place,
        title=document.title or _TITLES[place.url],
        description=document.summary,
        template="site/paper.html",
        view=PaperView(html=document.html, has_own_title=document.has_own_title),
        headings=tuple(heading for heading in document.headings if heading.level in (2, 3)),
        features=document.features,
        edit_url=material.edit_url(place.source),
        modified_at=material.modified_at(place.source),
        markdown=material.texts.get(place.source or ""),
    )
