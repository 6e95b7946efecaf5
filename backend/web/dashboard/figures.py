"""A number as a page shows it: in words, with its change and a line of how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from backend.domain.comparison import Change
from generator.render.charts import draw_spark


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of at most four numbers at the head of a page. `link` is where it comes from."""

    label: str
    value: str
    change: Change | None = None
    spark: Markup | None = None
    note: str = ""
    is_less_better: bool = False
    link: str = ""


def spark(values: Sequence[float | None]) -> Markup | None:
    """Return the line of a figure, None when it would be flat at 0."""
    return draw_spark(values) if any(values) else None
