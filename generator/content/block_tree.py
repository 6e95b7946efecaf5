"""A rendered text as a tree of blocks, from which pieces are taken.

Only shapes live here: what is a block, what belongs to a heading, what is left empty when a piece
is gone. What a piece means to a reader is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from generator.content.html_tree import Element, Node, parse_html, squeeze

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
PICTURES = ("img", "picture", "video", "svg")
_GROUPS = frozenset(("div", "center", "section", "header", "article", "main", "body"))
_BLOCK_NAMES = """
    address article aside blockquote center dd details div dl dt fieldset figure footer form h1 h2
    h3 h4 h5 h6 header hr li main nav ol p pre section summary table ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
# What may be thrown away once nothing is left in it; anything else says something by being there.
_HOLLOW_NAMES = """
    a b big body br center div em figcaption figure font h1 h2 h3 h4 h5 h6 header i kbd li main ol
    p section small span strong sub sup u ul wbr
"""
_HOLLOW = frozenset(_HOLLOW_NAMES.split())
_SWEPT = frozenset(("p", "div", "center", "section", "header", "ul", "ol"))
# How the renderer marks such words: a link to the picture, or a span inside another link.
_UNSEEN = frozenset(("image-link", "image-text"))
_NOT_GROUPS = frozenset(("callout", "footnotes", "table-scroll", "mermaid", "code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading with everything below it up to the next heading of its level or above.

    `block` is the heading, or the group that holds nothing else; `blocks` follow it.
    """

    heading: Element
    level: int
    title: str
    block: Element
    blocks: tuple[Element, ...]

    @property
    def anchor(self) -> str:
        return self.heading.attributes.get("id", "")

    @property
    def has_subparts(self) -> bool:
        return any(inner.tag in HEADINGS for block in self.blocks for inner in block.walk())


class BlockTree:
    """A text's body, changed in place as pieces leave it."""

    def __init__(self, html: str) -> None:
        self.body = parse_html(html)
        for heading in self.body.find_all(*HEADINGS):
            # Some draw a line with an empty heading.
            if is_blank(heading):
                heading.detach()
        for group in [element for element in self.body.walk() if is_group(element)]:
            _wrap_loose_text(group)

    def leaves(self) -> list[Element]:
        """Return the blocks in reading order: paragraphs, headings, lists, tables and the like.

        Groups that only arrange other blocks, such as a centred `div`, are looked into.
        """
        found, stack = [], [self.body]
        while stack:
            element = stack.pop()
            if is_group(element):
                stack.extend(reversed(element.elements))
            else:
                found.append(element)
        return found

    def parts(self) -> list[Part]:
        """Return every heading with what it heads, in reading order."""
        found: dict[int, Part] = {}
        for group in self.body.walk():
            if is_group(group) and not _is_around_heading(group):
                for part in _parts_of(group):
                    found[id(part.heading)] = part
        headings = (leaf for leaf in self.leaves() if leaf.tag in HEADINGS)
        return [found[id(heading)] for heading in headings if id(heading) in found]

    def take_part(self, part: Part) -> None:
        for block in (*part.blocks, part.block):
            take(block)

    def tidy(self) -> None:
        """Drop empty paragraphs and groups, breaks at the ends of paragraphs, and idle rules."""
        for element in reversed(list(self.body.walk())):
            element.children = [child for child in element.children if not _is_idle(child)]
            if is_group(element):
                _join_spaces(element)
            if element.tag == "p":
                _trim_breaks(element)
        self._trim_rules()

    def _trim_rules(self) -> None:
        before: Element | None = None
        for leaf in self.leaves():
            if leaf.tag == "hr" and (before is None or before.tag == "hr"):
                take(leaf)
            else:
                before = leaf
        if before is not None and before.tag == "hr":
            take(before)


def take(element: Element) -> None:
    """Remove an element, and what held nothing but it."""
    parent = element.parent
    element.detach()
    while parent is not None and parent.tag != "body" and is_blank(parent):
        if has_anchor(parent) or parent.tag not in _HOLLOW:
            return
        above = parent.parent
        parent.detach()
        parent = above


def _is_idle(node: Node) -> bool:
    if isinstance(node, str) or node.tag not in _SWEPT:
        return False
    return is_blank(node) and not has_anchor(node)


def take_lines(block: Element, wanted: Callable[[list[Node]], bool]) -> None:
    """Remove the lines of a block (as `<br>` divides them) that are wanted elsewhere."""
    lines = list(lines_of(block))
    kept = [line for line in lines if not wanted(line)]
    if len(kept) == len(lines):
        return
    block.children = []
    for place, line in enumerate(kept):
        if place:
            block.append(Element("br"))
        for node in line:
            block.append(node)
    if is_blank(block):
        take(block)


def is_group(element: Element) -> bool:
    """Whether a block only arranges other blocks."""
    if element.tag == "a":
        return _has_block(element)
    return element.tag in _GROUPS and _NOT_GROUPS.isdisjoint(element.classes)


def is_blank(node: Node) -> bool:
    """Whether nothing in the node can be seen; an empty anchor is not seen."""
    if isinstance(node, str):
        return not squeeze(node)
    # An empty `span` with a class may be filled by the style sheet, such as a heading's mark.
    for inner in node.walk():
        if inner.tag not in _HOLLOW or (inner.tag == "span" and inner.classes):
            return False
    return not node.text


def has_anchor(node: Node) -> bool:
    if isinstance(node, str):
        return False
    return any(inner.attributes.get("id") or inner.attributes.get("name") for inner in node.walk())


def pictures(element: Element) -> list[Element]:
    """Return the outermost pictures in an element, itself included."""
    found, stack = [], [element]
    while stack:
        inner = stack.pop()
        if inner.tag in PICTURES:
            found.append(inner)
        else:
            stack.extend(reversed(inner.elements))
    return found


def is_unseen(element: Element) -> bool:
    """Whether an element's words stand in for a picture that only a third party could show."""
    return element.tag in {"a", "span"} and not _UNSEEN.isdisjoint(element.classes)


def said(nodes: Iterable[Node]) -> str:
    """Return the words the author wrote, without those in place of pictures."""
    out: list[str] = []
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            out.append(node)
        elif node.raw or node.tag in {"br", "img"}:
            out.append(node.text or " ")
        elif not is_unseen(node):
            stack.extend(reversed(node.children))
    return squeeze("".join(out))


def links(element: Element) -> list[Element]:
    """Return the links in an element, a heading's own permalink left out."""
    return [
        inner
        for inner in element.walk()
        if inner.tag == "a" and inner.attributes.get("href") and "anchor" not in inner.classes
    ]


def is_centred(element: Element | None) -> bool:
    """Whether the author centred the element, by itself or by what it stands in."""
    while element is not None and element.tag != "body":
        if element.tag == "center" or "align-center" in element.classes:
            return True
        element = element.parent
    return False


def lines_of(element: Element) -> Iterator[list[Node]]:
    """Yield a block's own children line by line, as `<br>` divides them."""
    line: list[Node] = []
    for child in element.children:
        if isinstance(child, Element) and child.tag == "br":
            yield line
            line = []
        else:
            line.append(child)
    yield line


def _parts_of(group: Element) -> Iterator[Part]:
    blocks = [block for block in group.elements if "footnotes" not in block.classes]
    headings = [_heading_in(block) for block in blocks]
    for place, heading in enumerate(headings):
        if heading is None:
            continue
        level, end = _level(heading), place + 1
        while end < len(blocks):
            rival = headings[end]
            if rival is not None and _level(rival) <= level:
                break
            end += 1
        yield Part(
            heading=heading,
            level=level,
            title=heading.text,
            block=blocks[place],
            blocks=tuple(blocks[place + 1 : end]),
        )


def _level(heading: Element) -> int:
    return int(heading.tag[1])


def _heading_in(element: Element) -> Element | None:
    """Return the heading that a block is, or holds as its only child."""
    while element.tag not in HEADINGS:
        if not _may_surround(element):
            return None
        element = element.elements[0]
    return element


def _is_around_heading(group: Element) -> bool:
    return group.tag != "body" and _heading_in(group) is not None


def _may_surround(element: Element) -> bool:
    return element.tag in {"div", "center", "header", "a"} and len(element.elements) == 1


def _has_block(element: Element) -> bool:
    return any(inner.tag in _BLOCKS for inner in element.walk())


def _wrap_loose_text(group: Element) -> None:
    """Put loose text and pictures between blocks into paragraphs, so that all are blocks."""
    wrapped: list[Node] = []
    run: list[Node] = []
    for node in [*group.children, None]:
        if node is not None and (isinstance(node, str) or not _has_block(node)):
            run.append(node)
            continue
        if any(not is_blank(loose) or has_anchor(loose) for loose in run):
            paragraph = Element("p")
            paragraph.parent = group
            for loose in run:
                paragraph.append(loose)
            wrapped.append(paragraph)
        else:
            wrapped.extend(loose for loose in run if isinstance(loose, str))
        run = []
        if node is not None:
            wrapped.append(node)
    group.children = wrapped


def _join_spaces(group: Element) -> None:
    """Leave one line end where several pieces between blocks are gone."""
    kept: list[Node] = []
    for child in group.children:
        is_space = isinstance(child, str) and not child.strip()
        if not is_space:
            kept.append(child)
        elif not kept or kept[-1] != "\n":
            kept.append("\n")
    group.children = kept


def _trim_breaks(paragraph: Element) -> None:
    for _ in ("the end", "the start"):
        while paragraph.children and _is_break(paragraph.children[-1]):
            paragraph.children.pop()
        paragraph.children.reverse()


def _is_break(node: Node) -> bool:
    return (isinstance(node, str) and is_blank(node)) or (
        isinstance(node, Element) and node.tag == "br"
    )
