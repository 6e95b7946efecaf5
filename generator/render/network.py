"""A tree of people as SVG that a page holds: a column for each level, boxes as high as there are
people in them, small ones gathered. Its colours are the theme's (`.net` in its CSS).

Columns are parts of the width and heights are pixels, so that words keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

LOWEST = 24
"""The least height of a box: something that can be hit."""
ROWS = 30
"""How many boxes a column may hold."""
_USUAL = 36
_GIVEN = 1 / 4
_ROOMY = 2 / 3
_WIDEST = 34.0
_HEAD = 24
_SHORTEST = 3 * LOWEST
_ALONE_WIDTH = 960
_ALONE = (
    "svg{background:#fff;font:12px system-ui,sans-serif}text{fill:#222}rect{stroke:#fff}"
    ".net-head{fill:#666}.net-count{fill:#555}.net-new{fill:#e6e8ec}.net-active{fill:#cfe0fb}"
    ".net-paying{fill:#8fb6f5}.net-left{fill:#f3f3f3}.net-more{fill:#f8f8f8}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Somebody, and everybody below. `key` names them in links, `size` counts them all.

    `kind` is the class of their box: `new`, `active`, `paying` or `left`.
    """

    key: str
    label: str
    words: str
    kind: str
    size: int
    below: tuple[Node, ...] = ()

    @property
    def count(self) -> str:
        """How many are below, in few characters."""
        return f"{self.size - 1:,}" if self.size > 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn: the nodes of the first column, those behind `skipped` larger ones, and a head
    for each column. `link` gives the address that shows a node, behind its first so many.
    """

    title: str
    root: str
    nodes: tuple[Node, ...]
    heads: tuple[str, ...]
    link: Callable[[str, int], str]
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    column: int
    top: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    spot: _Spot
    label: str
    short: str
    """The label where there is little room."""
    count: str
    words: str
    kind: str
    link: str


def draw_network(picture: Picture) -> Markup:
    """Return the picture as an `<svg>` without style or script; whoever has people below is a
    link to them.
    """
    return _draw(picture, 'class="network"', has_links=True)


def draw_network_alone(picture: Picture) -> str:
    """Return the picture as a file that stands by itself, in light colours and without links."""
    drawn = _draw(
        picture, f'xmlns="http://www.w3.org/2000/svg" width="{_ALONE_WIDTH}"', has_links=False
    )
    head, body = drawn.split(">", 1)
    return f"{head}><style>{_ALONE}</style>{body}"


def height_of(nodes: Sequence[Node]) -> int:
    """Return how high a picture is: a row for everybody without people below, within bounds."""
    return max(_SHORTEST, min(ROWS * LOWEST, _USUAL * sum(map(_count_ends, nodes))))


def _draw(picture: Picture, attributes: str, *, has_links: bool) -> Markup:
    height = height_of(picture.nodes)
    whole = _Spot(column=0, top=_HEAD, height=height)
    boxes = _place(picture, picture.nodes, picture.root, whole, picture.skipped)
    wide = min(_WIDEST, 100 / max(1, len(picture.heads)))
    heads = Markup("").join(
        Markup('<text class="net-head" x="{:.2f}%" dx="6" y="15">{}</text>').format(at * wide, head)
        for at, head in enumerate(picture.heads)
    )
    drawn = Markup("").join(_draw_box(box, wide, has_links=has_links) for box in boxes)
    opening = Markup('<svg {} height="{}" role="group" aria-label="{}">').format(
        Markup(attributes),  # noqa: S704  ours, see the two callers
        height + _HEAD,
        picture.title,
    )
    return opening + heads + drawn + Markup("</svg>")


def _place(
    picture: Picture, nodes: Sequence[Node], parent: str, spot: _Spot, skipped: int = 0
) -> Iterator[_Box]:
    """Give the boxes of a parent's column and of those behind it, from the top down.

    Each gets the least height, and of what is left as much as it has people; those that find no
    room are one box together.
    """
    if spot.column >= len(picture.heads) or not nodes:
        return
    shown, rest = _gather(nodes, spot.height)
    people = sum(node.size for node in nodes)
    spare = spot.height - LOWEST * (len(shown) + bool(rest))
    top = spot.top
    for node in shown:
        own = _Spot(column=spot.column, top=top, height=LOWEST + spare * node.size / people)
        yield _box_of(picture, node, own)
        behind = _Spot(column=own.column + 1, top=top, height=own.height)
        yield from _place(picture, node.below, node.key, behind)
        top += own.height
    if rest:
        # It ends where its parent does.
        last = _Spot(column=spot.column, top=top, height=spot.top + spot.height - top)
        link = picture.link(parent, skipped + len(shown))
        yield _box_of_rest(rest, link, last, is_all=not shown)
        yield from _boxes_below(rest, last, len(picture.heads))


def _gather(nodes: Sequence[Node], height: float) -> tuple[Sequence[Node], Sequence[Node]]:
    """Return the nodes that are shown, the largest first, and those that are gathered.

    Where all of them fit into two thirds, all are shown. Otherwise those that are due less than
    the least height take at most a quarter of the whole from the larger ones, whose shape would
    be lost.
    """
    ranked = sorted(nodes, key=lambda node: -node.size)
    if LOWEST * len(ranked) <= height * _ROOMY:
        return ranked, ()
    due = height / sum(node.size for node in nodes)
    large = sum(node.size * due >= LOWEST for node in ranked)
    small = ranked[large:]
    budget = sum(node.size for node in small) * due + height * _GIVEN
    room = min(int(height // LOWEST) - large, int(budget // LOWEST))
    shown = large + (len(small) if len(small) <= room else max(0, room - 1))
    return ranked[:shown], ranked[shown:]


def _box_of(picture: Picture, node: Node, spot: _Spot) -> _Box:
    return _Box(
        spot=spot,
        label=node.label,
        short=node.label,
        count=node.count,
        words=node.words,
        kind=node.kind,
        link=picture.link(node.key, 0) if node.size > 1 else "",
    )


def _box_of_rest(rest: Sequence[Node], link: str, spot: _Spot, *, is_all: bool) -> _Box:
    below = sum(node.size - 1 for node in rest)
    number = f"{len(rest):,}"
    words = f"{number} {'people' if len(rest) > 1 else 'person'}{'' if is_all else ' more'}"
    return _Box(
        spot=spot,
        label=number if is_all else f"and {number} more",
        short=number if is_all else f"+{number}",
        count="",
        words=f"{words}, {below:,} below them" if below else words,
        kind="more",
        link=link,
    )


def _boxes_below(rest: Sequence[Node], spot: _Spot, columns: int) -> Iterator[_Box]:
    """Give a box for each level below gathered ones, which says how many are there."""
    for column in range(spot.column + 1, columns):
        rest = [node for one in rest for node in one.below]
        if not rest:
            return
        number = f"{len(rest):,}"
        yield _Box(
            spot=_Spot(column=column, top=spot.top, height=spot.height),
            label=number,
            short=number,
            count="",
            words=f"{number} of their people",
            kind="more",
            link="",
        )


def _draw_box(box: _Box, wide: float, *, has_links: bool) -> Markup:
    line = min(18.0, box.spot.height / 2 + 4)
    shape = Markup(
        '<title>{}</title><svg x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}">'
        '<rect class="net-{}" width="100%" height="100%" rx="3"/>'
        "{}{}</svg>"
    ).format(
        box.words,
        box.spot.column * wide,
        box.spot.top,
        wide,
        box.spot.height,
        box.kind,
        _draw_label(box, line),
        _draw_count(box.count, line),
    )
    if has_links and box.link:
        return Markup('<a class="net" href="{}" data-point="">{}</a>').format(box.link, shape)
    return Markup('<g class="net" data-point="">{}</g>').format(shape)


def _draw_label(box: _Box, line: float) -> Markup:
    if box.short == box.label:
        return Markup('<text x="6" y="{:.1f}">{}</text>').format(line, box.label)
    return Markup(
        '<text class="net-long" x="6" y="{:.1f}">{}</text>'
        '<text class="net-short" x="6" y="{:.1f}" display="none">{}</text>'
    ).format(line, box.label, line, box.short)


def _draw_count(count: str, line: float) -> Markup:
    if not count:
        return Markup("")
    return Markup(
        '<text class="net-count" x="100%" dx="-7" y="{:.1f}" text-anchor="end">{}</text>'
    ).format(line, count)


def _count_ends(node: Node) -> int:
    return sum(map(_count_ends, node.below)) or 1
