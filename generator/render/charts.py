"""Charts as SVG that a page holds: axes, guides, points that say their value. Their colours are
the theme's (`.chart` in its CSS), so they are dark in dark mode; pygal does the drawing.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from xml.etree import ElementTree

from markupsafe import Markup

WIDTH, HEIGHT = 760, 240
SPARK_WIDTH, SPARK_HEIGHT = 120, 28
_LABELS = 7
_STEPS = 4
_BAR_HEIGHT = 26
_DAY = re.compile(r"(\d{1,2} \w{3}) (\d{4})")
# What pygal adds for scripts of its own, and texts that a page says elsewhere.
_UNWANTED_CLASSES = ("text-overlay", "tooltip-overlay", "titles", "background")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Numbers of a chart, one a label; None is a gap. A previous period is drawn behind in grey."""

    name: str
    values: tuple[float | None, ...]
    is_previous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn. `columns` and `line` go over time, `bars` lie and compare named things.

    `show` makes a number into the words of axis and points, with its unit.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["line", "columns", "bars"] = "line"
    show: Callable[[float], str] = "{:,.0f}".format


def draw(chart: Chart) -> Markup:
    """Return the chart as an `<svg>` without style or script, with a title at each point."""
    highest = max((value for value in _values(chart) if value is not None), default=0)
    steps = axis_steps(highest)
    drawing = _make(chart, steps)
    # The current period comes last, so that it lies above the previous one.
    for series in sorted(chart.series, key=lambda each: not each.is_previous):
        drawing.add(series.name, _ordered(chart, series.values))
    tree = drawing.render_tree()
    _tidy(tree, chart)
    return Markup(ElementTree.tostring(tree, encoding="unicode"))  # noqa: S704  escaped by the serialiser


def height_of(chart: Chart) -> int:
    """Return how high the chart is drawn, beside its `WIDTH`: bars are as many as their names."""
    return max(3, len(chart.labels)) * _BAR_HEIGHT + 40 if chart.kind == "bars" else HEIGHT


def draw_spark(values: Sequence[float | None]) -> Markup:
    """Return a small line without axes; it is decoration beside a number, hidden from readers."""
    known = [value for value in values if value is not None]
    top = max(known, default=0) or 1
    wide = max(1, len(values) - 1)
    points = [
        None
        if value is None
        else (at / wide * SPARK_WIDTH, 2 + (1 - value / top) * (SPARK_HEIGHT - 4))
        for at, value in enumerate(values)
    ]
    path = ""
    for before, point in zip([None, *points], points, strict=False):
        if point is not None:
            path += f"{'L' if before else 'M'}{point[0]:.1f} {point[1]:.1f}"
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="{}" fill="none" vector-effect="non-scaling-stroke"/></svg>'
    ).format(SPARK_WIDTH, SPARK_HEIGHT, path)


def axis_steps(highest: float) -> list[float]:
    """Return round numbers from 0 to at least `highest`, at most six of them."""
    if highest <= 0:
        return [0, 1]
    rough = highest / _STEPS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
    # Whole things have no halves between them.
    step = max(1, round(step)) if float(highest).is_integer() else step
    return [step * at for at in range(math.ceil(highest / step) + 1)]


def _values(chart: Chart) -> Iterator[float | None]:
    for series in chart.series:
        yield from series.values


def _ordered(chart: Chart, values: Sequence[float | None]) -> list[float | None]:
    # pygal draws lying bars from the bottom up.
    return list(reversed(values)) if chart.kind == "bars" else list(values)


def _make(chart: Chart, steps: list[float]) -> Any:
    pygal = _load_pygal()
    is_lying = chart.kind == "bars"
    kind = {"line": pygal.Line, "columns": pygal.Bar, "bars": pygal.HorizontalBar}[chart.kind]
    labels = _ordered_labels(chart)
    every = max(1, math.ceil(len(labels) / _LABELS))
    return kind(
        width=WIDTH,
        height=height_of(chart),
        explicit_size=False,
        show_legend=False,
        css=[],
        js=[],
        no_prefix=True,
        margin=4,
        dots_size=3,
        spacing=8,
        truncate_label=-1,
        allow_interruptions=True,
        range=(0, steps[-1]),
        y_labels=[{"value": step, "label": chart.show(step)} for step in steps],
        x_labels=labels,
        x_labels_major=labels if is_lying else labels[::every],
        show_minor_x_labels=is_lying,
        formatter=chart.show,
    )


@cache
def _load_pygal() -> Any:
    """Return pygal; importing it takes a while, and only pages with charts need it."""
    import pygal  # noqa: PLC0415
    from pygal.etree import etree  # noqa: PLC0415

    etree.to_etree()  # the standard library's trees, whether or not lxml is there
    # Its finder of plug-ins is of a kind that Python 3.12 no longer asks and 3.11 warns about.
    sys.meta_path[:] = [one for one in sys.meta_path if hasattr(one, "find_spec")]
    return pygal


def _ordered_labels(chart: Chart) -> list[str]:
    return list(reversed(chart.labels)) if chart.kind == "bars" else list(chart.labels)


def _tidy(tree: Any, chart: Chart) -> None:
    """Leave what is drawn, named for people; take away what a strict policy would refuse."""
    tree.attrib.pop("id", None)
    tree.set("class", f"chart chart-{chart.kind}")
    tree.set("role", "img")
    tree.set("aria-label", chart.title)
    for parent in list(tree.iter()):
        for child in list(parent):
            classes = child.get("class", "")
            if (
                not isinstance(child.tag, str)  # a comment
                or child.tag in {"defs", "title"}
                or any(word in classes for word in _UNWANTED_CLASSES)
            ):
                parent.remove(child)
        parent.attrib.pop("style", None)
    _shorten_days(tree)
    names = [series.name for series in chart.series]
    previous = {series.name for series in chart.series if series.is_previous}
    for group in tree.iter("g"):
        words = group.get("class", "").split()
        if "series" in words:
            # pygal numbers them in the order in which they were added: previous ones first.
            number = int(next(word for word in words if word.startswith("serie-"))[6:])
            name = sorted(names, key=lambda each: each not in previous)[number]
            group.set("class", "series previous" if name in previous else "series")
            _name_points(group, name if len(names) > 1 else "")


def _shorten_days(tree: Any) -> None:
    """Let the axis say a year once: days that follow in the same one do without."""
    year = ""
    for axis in tree.iter("g"):
        if axis.get("class", "").startswith("axis x"):
            for mark in axis.iter("text"):
                found = _DAY.fullmatch(mark.text or "")
                if found and found[2] == year:
                    mark.text = found[1]
                year = found[2] if found else ""


def _name_points(group: ElementTree.Element, name: str) -> None:
    """Give each point the title that browsers show over it."""
    for point in group.iter("g"):
        notes = {note.get("class", "").split(" ")[0]: note.text for note in point.findall("desc")}
        if not notes:
            continue
        for note in point.findall("desc"):
            point.remove(note)
        shape = point[0]
        shape.set("class", "point")
        shape.set("data-point", "")
        words = f"{notes.get('x_label') or ''}: {notes.get('value') or ''}"
        ElementTree.SubElement(shape, "title").text = f"{name}, {words}" if name else words
