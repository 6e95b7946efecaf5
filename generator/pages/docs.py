"""Documentation pages: one text, its place in the tree, and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.model.document import Document, Heading
from generator.model.page import Link, Page, PageKind, Place
from generator.pages.material import Material
from generator.pages.navigation import DocsTree, Sidebar, build_tree

_CONTENTS_LEVELS = (2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocView:
    """`has_own_title` tells the template that `html` begins with the page's `h1`."""

    html: Markup
    has_own_title: bool
    sidebar: Sidebar
    previous: Link | None
    following: Link | None


def make_docs(material: Material) -> list[Page]:
    """Return the docs pages in reading order."""
    places = [place for place in material.places if place.kind is PageKind.DOC]
    tree = build_tree(places, material.documents)
    return [_make_doc(material, tree, index) for index in range(len(tree.order))]


def _make_doc(material: Material, tree: DocsTree, index: int) -> Page:
    place = tree.order[index]
    document = material.documents[place.source or ""]
    previous, following = tree.neighbours(index)
    return Page(
        place=place,
        title=tree.labels[place.url],
        description=document.summary,
        template="site/doc.html",
        view=DocView(
            html=document.html,
            has_own_title=document.has_own_title,
            sidebar=tree.sidebars[place.url],
            previous=previous,
            following=following,
        ),
        headings=_contents(document),
        breadcrumbs=_breadcrumbs(place, tree),
        features=document.features,
        edit_url=material.edit_url(place.source),
        modified_at=material.modified_at(place.source),
        markdown=material.texts.get(place.source or ""),
    )


def _contents(document: Document) -> tuple[Heading, ...]:
    return tuple(heading for heading in document.headings if heading.level in _CONTENTS_LEVELS)


def _breadcrumbs(place: Place, tree: DocsTree) -> tuple[Link, ...]:
    """Return the pages above this one that exist."""
    parts = place.url.rstrip("/").split("/")
    above = ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]
    return tuple(Link(label=tree.labels[url], url=url) for url in above if url in tree.labels)
