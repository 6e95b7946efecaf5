"""Trusted HTML as a tree of plain values, to take pieces out of it and write the rest again.

The parser's own nodes must not be touched once their parent is gone; these may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import TypeAlias

from markupsafe import Markup

VOID = frozenset(("area", "br", "col", "hr", "img", "input", "source", "track", "wbr"))
# Their names and attributes have letter case, so they are kept as the parser writes them.
_FOREIGN = frozenset(("svg", "math"))
# Nobody nests this deep on purpose; deeper HTML is kept as it is, so that work stays bounded.
_DEPTH_LIMIT = 100
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")

Node: TypeAlias = "Element | str"


class Element:
    """An element with its children; text is `str`. `raw` holds what is never looked into."""

    __slots__ = ("attributes", "children", "parent", "raw", "tag")

    def __init__(self, tag: str, attributes: dict[str, str] | None = None, raw: str = "") -> None:
        self.tag = tag
        self.attributes = attributes or {}
        self.children: list[Node] = []
        self.parent: Element | None = None
        self.raw = raw

    @property
    def elements(self) -> list[Element]:
        """The children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """The visible text with single spaces; a line break counts as a space."""
        return squeeze("".join(self._texts()))

    def walk(self) -> Iterator[Element]:
        """Yield this element and all inside it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.elements))

    def find_all(self, *tags: str) -> list[Element]:
        return [element for element in self.walk() if element.tag in tags]

    def append(self, child: Node) -> None:
        if isinstance(child, Element):
            child.parent = self
        self.children.append(child)

    def detach(self) -> None:
        """Leave the tree; the element itself stays whole."""
        if self.parent is not None:
            self.parent.children = [child for child in self.parent.children if child is not self]
            self.parent = None

    def html(self) -> Markup:
        """Return the element as HTML; as trusted as the text it was parsed from."""
        return to_html([self])

    def inner_html(self) -> Markup:
        return to_html(self.children)

    def _texts(self) -> Iterator[str]:
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                yield node
            elif node.raw:
                yield _raw_text(node)
            elif node.tag in {"br", "img"}:
                yield " "
            else:
                stack.extend(reversed(node.children))


def parse_html(html: str) -> Element:
    """Return a `body` element with the parsed HTML; comments are left out."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  10 ms, not needed when cached

    body = Element("body")
    parsed = LexborHTMLParser(html).body if html else None
    stack = [(parsed, body, 0)] if parsed is not None else []
    while stack:
        source, target, depth = stack.pop()
        for node in source.iter(include_text=True):
            tag = node.tag or ""
            if tag == "-text":
                target.append(node.text_content or "")
            elif not tag.startswith("-"):
                attributes = {name: value or "" for name, value in node.attributes.items()}
                is_opaque = tag in _FOREIGN or depth > _DEPTH_LIMIT
                raw = (node.html or "") if is_opaque else ""
                child = Element(tag, attributes, raw)
                target.append(child)
                if not raw:
                    stack.append((node, child, depth + 1))
    return body


def to_html(nodes: list[Node]) -> Markup:
    """Return nodes as HTML."""
    out: list[str] = []
    # A closing tag waits on the stack as a one-item tuple.
    stack: list[Node | tuple[str]] = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            out.append(node[0])
        elif isinstance(node, str):
            out.append(escape(node, quote=False))
        elif node.raw:
            out.append(node.raw)
        else:
            out.append(_opening(node))
            if node.tag not in VOID:
                stack.append((f"</{node.tag}>",))
                stack.extend(reversed(node.children))
    return Markup("".join(out))  # noqa: S704  it was trusted, and every text is escaped again


def squeeze(text: str) -> str:
    """Return the text with single spaces and none at its ends."""
    return _SPACE.sub(" ", text).strip()


def _opening(element: Element) -> str:
    attributes = "".join(
        f' {name}="{escape(value)}"' if value or name in {"alt", "href", "src"} else f" {name}"
        for name, value in element.attributes.items()
    )
    first = element.children[0] if element.children else ""
    # A parser drops the first line end in `pre`; one more keeps an empty first line.
    starts_empty = element.tag == "pre" and isinstance(first, str) and first.startswith("\n")
    return f"<{element.tag}{attributes}>" + ("\n" if starts_empty else "")


def _raw_text(element: Element) -> str:
    return "" if element.tag == "svg" else unescape(_TAG.sub("", element.raw))
