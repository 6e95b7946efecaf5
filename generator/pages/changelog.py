"""The changelog: every version newest first, over as many pages as its length asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.model.changelog import Version
from generator.model.document import Feature, Heading
from generator.model.page import Link, Page, PageKind, Place
from generator.pages.material import Material
from generator.pages.papers import make_papers

# A page of notes ends after the version that passes this many characters of HTML.
_PAGE_CHARACTERS = 120_000
_PAGE_VERSIONS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangelogView:
    """`index` names every version of this page; `older` and `newer` lead to the next pages."""

    project: str
    versions: tuple[Version, ...]
    number: int
    total: int
    newer: Link | None
    older: Link | None
    source_url: str | None


def make_changelog(material: Material) -> list[Page]:
    """Return the changelog's pages; one that names no versions is shown as the text it is."""
    first = material.place(PageKind.CHANGELOG)
    if first is None:
        return []
    if not material.versions:
        return make_papers(material, PageKind.CHANGELOG)
    chunks = _chunks(material.versions)
    return [_make_page(material, first, chunks, index) for index in range(len(chunks))]


def _make_page(
    material: Material, first: Place, chunks: Sequence[tuple[Version, ...]], index: int
) -> Page:
    versions = chunks[index]
    number, total = index + 1, len(chunks)
    name = material.insight.name.value
    forge = material.repository.forge
    return Page(
        place=first if index == 0 else Place(url=_url(number), kind=PageKind.CHANGELOG),
        title="Changelog" if index == 0 else f"Changelog, page {number}",
        description=f"What changed in {name}, version by version.",
        template="site/changelog.html",
        view=ChangelogView(
            project=name,
            versions=versions,
            number=number,
            total=total,
            newer=Link(label="Newer versions", url=_url(number - 1)) if index else None,
            older=Link(label="Older versions", url=_url(number + 1)) if number < total else None,
            source_url=forge.releases_url() if forge else None,
        ),
        headings=tuple(
            Heading(level=2, text=version.name, anchor=version.anchor) for version in versions
        ),
        breadcrumbs=() if index == 0 else (Link(label="Changelog", url=first.url),),
        features=_features(material, first),
        edit_url=material.edit_url(first.source),
        modified_at=material.modified_at(first.source),
        markdown=material.texts.get(first.source or "") if index == 0 else None,
    )


def _features(material: Material, first: Place) -> frozenset[Feature]:
    document = material.documents.get(first.source or "")
    return document.features if document else frozenset[Feature]()


def _url(number: int) -> str:
    # At the same depth as the first page: the notes' relative links hold on every one.
    return "changelog/" if number == 1 else f"changelog-{number}/"


def _chunks(versions: Sequence[Version]) -> list[tuple[Version, ...]]:
    chunks: list[tuple[Version, ...]] = []
    current: list[Version] = []
    size = 0
    for version in versions:
        current.append(version)
        size += len(version.html)
        if size >= _PAGE_CHARACTERS or len(current) >= _PAGE_VERSIONS:
            chunks.append(tuple(current))
            current, size = [], 0
    if current:
        chunks.append(tuple(current))
    return chunks
