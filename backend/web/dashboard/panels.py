"""A part of a page: a heading, a table, and maybe the chart that says the same."""

from __future__ import annotations

from dataclasses import dataclass

from backend.web.dashboard.tables import Table
from generator.render.charts import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`empty` is said in place of a table without rows."""

    title: str
    table: Table
    chart: Chart | None = None
    note: str = ""
    empty: str = "Nothing in these days."
