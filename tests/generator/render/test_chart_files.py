"""A chart as a file says what it is without the page that it was on."""

from __future__ import annotations

from xml.etree import ElementTree

from generator.render.chart_files import ChartFile, draw_alone
from generator.render.charts import Chart, Series, height_of

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart(
    title="Views & <b>more</b>",
    labels=("1 Nov 2026", "2 Nov 2026"),
    series=(
        Series(name="This <i>month</i>", values=(1, 2)),
        Series(name="October", values=(3, 4), is_previous=True),
    ),
)


def parse(file: ChartFile) -> ElementTree.Element:
    return ElementTree.fromstring(file.svg)  # noqa: S314  what we drew ourselves


def spoken(tree: ElementTree.Element, name: str) -> list[str]:
    return [
        "".join(node.itertext()) for node in tree.iter(f"{SVG}text") if node.get("class") == name
    ]


def test_its_title_and_legend_are_inside() -> None:
    tree = parse(draw_alone(CHART))
    assert spoken(tree, "title") == ["Views & <b>more</b>"]
    assert spoken(tree, "legend") == ["■This <i>month</i>■October"]
    squares = [node.get("class") for node in tree.iter(f"{SVG}tspan") if node.text == "■"]
    assert squares == ["now", "then"]


def test_it_has_a_size_and_a_ground_of_its_own() -> None:
    for is_dark, ground in ((False, "#ffffff"), (True, "#0f1115")):
        file = draw_alone(CHART, is_dark=is_dark)
        tree = parse(file)
        assert (tree.get("width"), tree.get("height")) == (str(file.width_px), str(file.height_px))
        rectangle = tree.find(f"{SVG}rect")
        assert rectangle is not None
        assert rectangle.get("fill") == ground
    assert file.height_px > height_of(CHART)


def test_all_that_is_written_in_it_is_known() -> None:
    said = draw_alone(CHART).words
    for words in ("Views & <b>more</b>", "October", "2 Nov"):
        assert words in said


def test_a_long_title_takes_two_lines_at_most() -> None:
    long = Chart(title="views " * 60, labels=CHART.labels, series=CHART.series)
    lines = spoken(parse(draw_alone(long)), "title")
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert max(map(len, lines)) <= 80
