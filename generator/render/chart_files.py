"""Charts as files that stand alone: with title, legend, letters and colours of their own."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from markupsafe import Markup

from generator.render.charts import WIDTH, Chart, draw, height_of

_MARGIN = 20
_TITLE_CHARACTERS = 80
_TITLE_LINES = 2
_TITLE_PX, _LEGEND_PX = 26, 24
_FONT = "Inter,system-ui,sans-serif"
# What XML cannot hold, wherever a name brought it from.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartFile:
    """A chart as SVG, with its size and all the words in it."""

    svg: str
    width_px: int
    height_px: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Colours:
    """What the theme's tokens are to a chart on a page."""

    ground: str
    heading: str
    muted: str
    line: str
    strong: str
    ink: str


_LIGHT = _Colours(
    ground="#ffffff",
    heading="#14171d",
    muted="#555c68",
    line="#dfe2e7",
    strong="#b4bac6",
    ink="#2b51c4",
)
_DARK = _Colours(
    ground="#0f1115",
    heading="#eef0f4",
    muted="#abb1bc",
    line="#282c33",
    strong="#565c68",
    ink="#93b0ff",
)


def draw_alone(chart: Chart, *, is_dark: bool = False) -> ChartFile:
    """Return the chart as a file, light unless `is_dark`."""
    drawn = draw(chart)
    title = textwrap.wrap(
        chart.title, _TITLE_CHARACTERS, max_lines=_TITLE_LINES, placeholder=" …"
    ) or [""]
    top = _MARGIN + len(title) * _TITLE_PX + _LEGEND_PX + 8
    width, height = WIDTH + 2 * _MARGIN, top + height_of(chart) + _MARGIN // 2
    lines = Markup("").join(
        Markup('<text class="title" x="{}" y="{}">{}</text>').format(
            _MARGIN, _MARGIN + 16 + at * _TITLE_PX, words
        )
        for at, words in enumerate(title)
    )
    svg = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}"'
        ' role="img" aria-label="{label}"><style>{style}</style>'
        '<rect width="{w}" height="{h}" fill="{ground}"/>{title}{legend}'
        '<g transform="translate({x} {top})">{body}</g></svg>'
    ).format(
        w=width,
        h=height,
        label=chart.title,
        style=_style(_DARK if is_dark else _LIGHT),
        ground=(_DARK if is_dark else _LIGHT).ground,
        title=lines,
        legend=_legend(chart, top - 18),
        x=_MARGIN,
        top=top,
        body=_inside(drawn, chart),
    )
    words = " ".join((chart.title, *(one.name for one in chart.series), drawn.striptags()))
    return ChartFile(svg=_UNWRITABLE.sub("", svg), width_px=width, height_px=height, words=words)


def _inside(drawn: Markup, chart: Chart) -> Markup:
    """Return what is inside of a chart's `<svg>`, under the class that its looks hang on."""
    _head, _, rest = drawn.partition(">")
    body = rest.removesuffix("</svg>")
    return Markup('<g class="chart-{}">{}</g>').format(chart.kind, Markup(body))  # noqa: S704  as drawn


def _legend(chart: Chart, y: int) -> Markup:
    """Return the series with their colours in one line, which needs no letters measured."""
    named = Markup("").join(
        Markup('<tspan class="{}" dx="{}">■</tspan><tspan dx="6">{}</tspan>').format(
            "then" if series.is_previous else "now", 18 if at else 0, series.name
        )
        for at, series in enumerate(chart.series)
    )
    return Markup('<text class="legend" x="{}" y="{}">{}</text>').format(_MARGIN, y, named)


def _style(colours: _Colours) -> Markup:
    """Return the style sheet: plain selectors, which every reader of SVG knows."""
    return Markup(  # noqa: S704  of this file's own words
        f"text{{font:12px {_FONT};fill:{colours.muted}}}"
        f".title{{font:600 18px {_FONT};fill:{colours.heading}}}.legend{{font:13px {_FONT}}}"
        f".now{{fill:{colours.ink}}}.then{{fill:{colours.strong}}}"
        ".axis.y text{text-anchor:end}.axis.x text{text-anchor:middle}"
        f".guide,.axis .line{{stroke:{colours.line};fill:none}}"
        ".chart-line .axis.x .line,.chart-columns .axis.x .line,.chart-bars .axis.y .line"
        "{stroke:none}"
        f".series .line{{stroke:{colours.ink};stroke-width:2;stroke-linejoin:round;fill:none}}"
        f".series .point{{fill:{colours.ink}}}"
        f".previous .line{{stroke:{colours.strong}}}.previous .point{{fill:{colours.strong}}}"
    )
