"""Charts are SVG that a strict policy takes, whose points say what they are."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from generator.render.charts import Chart, Series, axis_steps, draw, draw_spark

SVG = "{http://www.w3.org/2000/svg}"
DAYS = ("30 Dec 2025", "31 Dec 2025", "1 Jan 2026", "2 Jan 2026")


def line(*values: float | None, before: tuple[float | None, ...] = ()) -> Chart:
    series = [Series(name="Now", values=values)]
    if before:
        series.append(Series(name="Before", values=before, is_previous=True))
    return Chart(title="Views & <b>more</b>", labels=DAYS, series=tuple(series))


def parse(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314  what we drew ourselves


def titles(tree: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in tree.iter(f"{SVG}title")]


@pytest.mark.parametrize(
    ("highest", "steps"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (10, [0, 2, 4, 6, 8, 10]),
        (1_439, [0, 500, 1_000, 1_500]),
        (0.4, [0, 0.1, 0.2, 0.30000000000000004, 0.4]),
    ],
)
def test_the_axis_has_few_round_steps(highest: float, steps: list[float]) -> None:
    assert axis_steps(highest) == steps


@pytest.mark.parametrize("kind", ["line", "columns", "bars"])
def test_nothing_in_it_needs_an_exception_of_the_policy(kind: str) -> None:
    chart = Chart(
        title="T", labels=DAYS, series=(Series(name="N", values=(1, 2, 3, 4)),), kind=kind
    )  # type: ignore[arg-type]
    tree = parse(draw(chart))
    assert not {node.tag for node in tree.iter()} & {f"{SVG}style", f"{SVG}script"}
    assert not [node for node in tree.iter() if "style" in node.attrib or "onclick" in node.attrib]


def test_each_point_says_its_series_day_and_value() -> None:
    tree = parse(draw(line(1, None, 3_000, 4, before=(5, 6, 7, 8))))
    assert titles(tree) == [
        "Before, 30 Dec 2025: 5",
        "Before, 31 Dec 2025: 6",
        "Before, 1 Jan 2026: 7",
        "Before, 2 Jan 2026: 8",
        "Now, 30 Dec 2025: 1",
        "Now, 1 Jan 2026: 3,000",
        "Now, 2 Jan 2026: 4",
    ]


def test_a_gap_is_shown_as_a_gap() -> None:
    tree = parse(draw(line(1, 2, None, 4)))
    drawn = [node.get("d", "") for node in tree.iter(f"{SVG}path") if "L" in node.get("d", "")]
    assert [len(path.replace("L", "").split()) // 2 for path in drawn] == [2]


def test_the_axis_says_a_year_once() -> None:
    texts = [node.text for node in parse(draw(line(1, 2, 3, 4))).iter(f"{SVG}text")]
    assert [text for text in texts if text and not text.isdigit()] == [
        "30 Dec 2025", "31 Dec", "1 Jan 2026", "2 Jan",
    ]  # fmt: skip


def test_the_title_is_text() -> None:
    assert parse(draw(line(1, 2, 3, 4))).get("aria-label") == "Views & <b>more</b>"


def test_bars_stand_in_the_order_given() -> None:
    chart = Chart(
        title="T", labels=("X", "Y"), series=(Series(name="N", values=(1, 2)),), kind="bars"
    )
    places = {
        (node[0].text or ""): float(node.get("y", "0"))
        for node in parse(draw(chart)).iter(f"{SVG}rect")
        if len(node)
    }
    assert places["X: 1"] < places["Y: 2"]


def test_a_spark_has_a_gap_where_nothing_is_known() -> None:
    assert draw_spark([1, None, 2, 3]).count("M") == 2


def test_drawing_leaves_no_old_finder_behind() -> None:
    draw(line(1, 2, 3, 4))
    assert all(hasattr(finder, "find_spec") for finder in sys.meta_path)
