"""The picture of a network: heights, what is gathered, and that nothing breaks out of it."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.render.network import (
    LOWEST,
    ROWS,
    Node,
    Picture,
    draw_network,
    draw_network_alone,
    height_of,
)


def node(key: str, size: int = 1, *below: Node) -> Node:
    return Node(key=key, label=key, words=f"Person {key}", kind="new", size=size, below=below)


def picture(*nodes: Node, columns: int = 3) -> Picture:
    return Picture(
        title="The network",
        root="",
        nodes=nodes,
        heads=tuple(f"Level {number}" for number in range(1, columns + 1)),
        link=lambda key, skip: f"/network?root={key}&skip={skip}",
    )


def boxes(drawn: str) -> list[tuple[str, float, float, float]]:
    """Return title, left edge in percent, top and height of every box."""
    tree = ElementTree.fromstring(drawn)  # noqa: S314  our own
    found = []
    for group in [*tree.iter("a"), *tree.iter("g")]:
        box = group.find("svg")
        assert box is not None
        found.append(
            (
                group.findtext("title", ""),
                float(box.attrib["x"].rstrip("%")),
                float(box.attrib["y"]),
                float(box.attrib["height"]),
            )
        )
    return found


def test_boxes_are_as_high_as_their_people_allow() -> None:
    drawn = boxes(draw_network(picture(node("1", 90), node("2", 9), node("3"), columns=1)))
    heights = {title: height for title, _left, _top, height in drawn}
    assert heights["Person 1"] > heights["Person 2"] > heights["Person 3"] >= LOWEST
    assert sum(heights.values()) == pytest.approx(height_of([node("1"), node("2"), node("3")]), 1)


def test_five_thousand_alike_are_gathered_and_some_of_them_shown() -> None:
    drawn = draw_network(picture(*(node(str(number)) for number in range(1, 5_001)), columns=1))
    titles = [title for title, *_ in boxes(drawn)]
    assert len(titles) == ROWS
    assert "4,971 people more" in titles
    assert "skip=29" in drawn


def test_a_large_one_keeps_its_shape_beside_many_small_ones() -> None:
    small = [node(str(number)) for number in range(2, 60)]
    drawn = boxes(draw_network(picture(node("1", 900), *small, columns=1)))
    high = next(height for title, _left, _top, height in drawn if title == "Person 1")
    assert high > ROWS * LOWEST / 2


def test_gathered_ones_say_how_many_are_behind_them_on_each_level() -> None:
    many = tuple(node(f"1.{number}", 2, node(f"1.{number}.1")) for number in range(1, 100))
    drawn = boxes(draw_network(picture(node("1", 199, *many))))
    shown = sum(bool(re.fullmatch(r"Person 1\.\d+", title)) for title, *_ in drawn)
    gathered = 99 - shown
    assert 0 < shown < ROWS
    tops = {title: top for title, _left, top, _height in drawn}
    assert (
        tops[f"{gathered} people more, {gathered} below them"]
        == tops[f"{gathered} of their people"]
    )


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> tuple[Node, ...]:
    made = []
    for number in range(draw(st.integers(0, 6 if depth else 0))):
        below = draw(trees(depth=depth - 1))
        made.append(node(str(number + 1), 1 + sum(one.size for one in below), *below))
    return tuple(made)


@given(trees())
def test_boxes_of_a_column_never_overlap(nodes: tuple[Node, ...]) -> None:
    drawn = boxes(draw_network(picture(*nodes)))
    for column in {left for _title, left, *_ in drawn}:
        spans = sorted((top, height) for _title, left, top, height in drawn if left == column)
        for (top, height), (following, _height) in itertools.pairwise(spans):
            assert top + height <= following + 0.2
        assert all(height >= LOWEST - 0.1 for _top, height in spans)


def test_words_cannot_break_out_of_the_picture() -> None:
    evil = '"><script>alert(1)</script>'
    one = Node(key=evil, label=evil, words=evil, kind="new", size=2, below=())
    drawn = draw_network(picture(one))
    assert "<script" not in drawn
    ElementTree.fromstring(drawn)  # noqa: S314  our own


def test_a_file_stands_by_itself() -> None:
    drawn = draw_network_alone(picture(node("1", 2, node("1.1"))))
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="960"')
    tree = ElementTree.fromstring(drawn)  # noqa: S314  our own
    assert tree.find("{http://www.w3.org/2000/svg}style") is not None
    assert "href" not in drawn
    assert "style=" not in draw_network(picture(node("1")))
