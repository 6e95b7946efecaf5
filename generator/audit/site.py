"""A finished site as an auditor reads it: files on disk, pages parsed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Attributes that make a browser ask for something as soon as it shows the page.
LOADED = (
    ("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset"),
    ("video", "src"), ("video", "poster"), ("audio", "src"), ("script", "src"),
    ("iframe", "src"), ("embed", "src"), ("object", "data"), ("track", "src"),
    ("input", "src"),
)  # fmt: skip
_LOADED_LINK_TYPES = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "manifest",
    "apple-touch-icon",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An address that a page names: `is_loaded` when showing the page already asks for it."""

    url: str
    line: int
    is_loaded: bool


@dataclass(kw_only=True)
class PageFile:
    """One HTML file of the site."""

    path: str
    html: str

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.html)

    @cached_property
    def ids(self) -> list[str]:
        """Every id, and the names of old-style anchors, in document order."""
        found = [node.attributes.get("id") for node in self.tree.css("[id]")]
        found += [node.attributes.get("name") for node in self.tree.css("a[name]")]
        return [name for name in found if name]

    def references(self) -> Iterator[Reference]:
        """Yield every address the page names, split where an attribute holds several."""
        for node in self.tree.css("a[href], area[href]"):
            yield self._reference(node, "href", is_loaded=False)
        for node in self.tree.css("link[href]"):
            types = set((node.attributes.get("rel") or "").lower().split())
            yield self._reference(node, "href", is_loaded=bool(types & _LOADED_LINK_TYPES))
        for tag, attribute in LOADED:
            for node in self.tree.css(f"{tag}[{attribute}]"):
                if attribute == "srcset":
                    yield from self._srcset(node)
                else:
                    yield self._reference(node, attribute, is_loaded=True)

    def line_of(self, text: str) -> int:
        """Return the line where `text` first stands in the source, 0 if it does not."""
        position = self.html.find(text)
        return self.html.count("\n", 0, position) + 1 if position >= 0 else 0

    def _reference(self, node: LexborNode, attribute: str, *, is_loaded: bool) -> Reference:
        url = (node.attributes.get(attribute) or "").strip()
        return Reference(url=url, line=self.line_of(url) if url else 0, is_loaded=is_loaded)

    def _srcset(self, node: LexborNode) -> Iterator[Reference]:
        for part in (node.attributes.get("srcset") or "").split(","):
            if url := part.strip().split(" ")[0]:
                yield Reference(url=url, line=self.line_of(url), is_loaded=True)


@dataclass(kw_only=True)
class SiteFiles:
    """Every file of a site, by path relative to its folder."""

    folder: Path
    sizes: dict[str, int] = field(default_factory=dict)
    pages: dict[str, PageFile] = field(default_factory=dict)


def read_site(folder: Path) -> SiteFiles:
    """Read the list of files, and every page."""
    site = SiteFiles(folder=folder)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            site.sizes[name] = path.stat().st_size
            if name.endswith(".html"):
                text = path.read_text(encoding="utf-8", errors="replace")
                site.pages[name] = PageFile(path=name, html=text)
    return site
