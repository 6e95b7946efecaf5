"""A part of a page: a heading, a table, and maybe the chart that says the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from backend.web.dashboard.tables import Table
from generator.render.charts import Chart, draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`empty` is said in place of a table without rows."""

    title: str
    table: Table
    chart: Chart | None = None
    note: str = ""
    empty: str = "Nothing in these days."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPanel:
    """A panel as `panel` of `templates/partials/dashboard.html` shows it."""

    panel: Panel
    drawn: Markup | None


def show_panel(panel: Panel) -> ShownPanel:
    """Return a panel with its chart drawn, if it has one."""
    return ShownPanel(panel=panel, drawn=draw(panel.chart) if panel.chart else None)


def charts_of(panels: Iterable[Panel]) -> dict[str, Chart]:
    """Return the charts of panels by the name of their downloads."""
    return {panel.table.name: panel.chart for panel in panels if panel.chart}
