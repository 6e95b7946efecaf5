"""The site's own search index: a small manifest and shards by first letters, loaded on use."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.output import OutputFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSection:
    """A stretch of a page under one heading; the page's opening has no anchor and no title."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEntry:
    """One page. `url` is relative to the site's root; `kind` names its group in the results."""

    url: str
    title: str
    kind: str
    sections: tuple[SearchSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """The index. `manifest` is the path, from the site's root, that pages hand to the script."""

    manifest: str
    files: tuple[OutputFile, ...]
