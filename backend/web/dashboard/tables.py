"""Tables that are shown, and downloaded as they are: CSV for spreadsheets, JSON for programs.

A page names its tables and charts; `?download=NAME.csv`, `NAME.json`, `NAME.svg`, `NAME.png` or
`NAME-dark.png` is one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from backend.domain.csv_files import write_csv
from backend.errors import NotFound
from backend.gateways.chart_pictures import draw_picture
from generator.render.chart_files import draw_alone
from generator.render.charts import Chart

Value = str | int | None
DARK = "-dark"
"""What the name of a picture for dark pages ends with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: `key` names it for programs, `words` for people."""

    key: str
    words: str
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows as they are shown. `raw` are the same rows as programs want them, if they differ."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    raw: tuple[tuple[Value, ...], ...] | None = None


def download(
    request: Request, tables: Iterable[Table], charts: Mapping[str, Chart]
) -> Response | None:
    """Return the file that the query asks for, None when it asks for none. Raises NotFound."""
    wanted = request.query_params.get("download")
    if wanted is None:
        return None
    name, _, kind = wanted.partition(".")
    if kind == "svg" and name in charts:
        return answer_file(wanted, "image/svg+xml", draw_alone(charts[name]).svg.encode())
    if kind == "png" and (chart := charts.get(name.removesuffix(DARK))):
        picture = draw_picture(chart, is_dark=name.endswith(DARK))
        return answer_file(wanted, "image/png", picture)
    table = next((table for table in tables if table.name == name), None)
    if table is None or kind not in {"csv", "json"}:
        raise NotFound("This page has no such file.", hint="Use the links below its tables.")
    rows = table.raw if table.raw is not None else table.rows
    keys = [column.key for column in table.columns]
    if kind == "csv":
        return answer_file(wanted, "text/csv; charset=utf-8", write_csv(keys, rows))
    listed = [dict(zip(keys, row, strict=True)) for row in rows]
    return answer_file(wanted, "application/json", json.dumps(listed, ensure_ascii=False).encode())


def answer_file(name: str, kind: str, content: bytes) -> Response:
    """Return a file of a page, for its reader alone."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=kind, headers=headers)
