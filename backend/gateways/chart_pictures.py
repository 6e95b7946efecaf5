"""Charts of pages as pictures for slides and mails, which often take no SVG."""

from __future__ import annotations

from generator.assets.drawings import to_png
from generator.render.chart_files import draw_alone
from generator.render.charts import Chart

SCALE = 2
"""Pixels for each of the drawing's own, so that it is sharp on fine screens."""
MAX_WIDTH_PX, MAX_HEIGHT_PX = 2_000, 4_000


def draw_picture(chart: Chart, *, is_dark: bool = False) -> bytes:
    """Return the chart as a PNG with title and legend; of very many bars, in fewer pixels."""
    file = draw_alone(chart, is_dark=is_dark)
    scale = min(SCALE, MAX_WIDTH_PX / file.width_px, MAX_HEIGHT_PX / file.height_px)
    return to_png(file.svg, width_px=max(1, int(file.width_px * scale)), words=file.words)
