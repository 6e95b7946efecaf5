"""The docs tree as readers walk it: sections by folder, order, previous and next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from generator.model.document import Document
from generator.model.page import Link, Place
from generator.pages.reading_order import sort_docs

# Up to this many pages the sidebar shows the whole tree; beyond, only the current section, so
# that a page's size does not grow with the site.
_WHOLE_TREE_PAGES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationNode:
    """An entry of the sidebar: a page, a folder (`url` is None), or a folder with its own page."""

    label: str
    url: str | None
    children: tuple[NavigationNode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidebar:
    """A sidebar shared by the pages of one section; `key` tells sidebars apart within a build."""

    key: str
    nodes: tuple[NavigationNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsTree:
    """The docs in reading order, with each page's label, sidebar and ancestors."""

    order: tuple[Place, ...]
    labels: Mapping[str, str]
    sidebars: Mapping[str, Sidebar]

    def neighbours(self, index: int) -> tuple[Link | None, Link | None]:
        """Return the previous and next page of the page at `index` in reading order."""
        before = self._link(index - 1) if index > 0 else None
        after = self._link(index + 1) if index + 1 < len(self.order) else None
        return before, after

    def _link(self, index: int) -> Link:
        place = self.order[index]
        return Link(label=self.labels[place.url], url=place.url)


def build_tree(places: Sequence[Place], documents: Mapping[str, Document]) -> DocsTree:
    """Return the tree of the docs pages, in reading order."""
    order = sort_docs(places, documents)
    labels = {place.url: _label(place, documents) for place in order}
    return DocsTree(order=order, labels=labels, sidebars=_sidebars(order, labels))


def _sidebars(order: Sequence[Place], labels: Mapping[str, str]) -> dict[str, Sidebar]:
    roots = _nest(order, labels)
    if len(order) <= _WHOLE_TREE_PAGES:
        whole = Sidebar(key="docs", nodes=roots)
        return {place.url: whole for place in order}
    closed = tuple(_close(node) for node in roots)
    by_section: dict[str, Sidebar] = {}
    for index, node in enumerate(roots):
        section = Sidebar(key=f"docs-{index}", nodes=(*closed[:index], node, *closed[index + 1 :]))
        for url in _urls(node):
            by_section[url] = section
    return by_section


def _close(node: NavigationNode) -> NavigationNode:
    """Return a section as one line that leads to its first page."""
    return NavigationNode(label=node.label, url=next(iter(_urls(node)), None))


def _urls(node: NavigationNode) -> list[str]:
    own = [node.url] if node.url is not None else []
    return own + [url for child in node.children for url in _urls(child)]


def _nest(order: Sequence[Place], labels: Mapping[str, str]) -> tuple[NavigationNode, ...]:
    """Return the tree below `docs/`, in reading order."""
    pages = {place.url: labels[place.url] for place in order}
    children: dict[str, list[str]] = {}
    for url in pages:
        child = url
        while child != "docs/":
            parent = child.rstrip("/").rpartition("/")[0] + "/"
            siblings = children.setdefault(parent, [])
            if child in siblings:
                break
            siblings.append(child)
            child = parent

    def node(url: str) -> NavigationNode:
        return NavigationNode(
            label=pages.get(url) or _title_from_name(url.rstrip("/").rpartition("/")[2]),
            url=url if url in pages else None,
            children=tuple(node(child) for child in children.get(url, ())),
        )

    top = tuple(node(url) for url in children.get("docs/", ()))
    index = (NavigationNode(label=pages["docs/"], url="docs/"),) if "docs/" in pages else ()
    return index + top


def _label(place: Place, documents: Mapping[str, Document]) -> str:
    document = documents.get(place.source or "")
    if document and document.title:
        return document.title
    path = PurePosixPath(place.source or place.url)
    stem = path.stem
    if stem.lower() in {"readme", "index", "_index"}:
        stem = path.parent.name or "Overview"
    return _title_from_name(stem)


def _title_from_name(name: str) -> str:
    """Return a file's name as a title: `02-getting_started` → `Getting started`."""
    words = re.sub(r"^\d+[-_. ]+", "", name).replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] if words else name
