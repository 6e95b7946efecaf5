"""A number over the days of a period, beside the period before: a line or columns, and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from backend.domain.instants import Day, date_of
from backend.domain.periods import Period
from backend.web.dashboard.panels import Panel
from backend.web.dashboard.tables import Column, Table, Value
from generator.render.charts import Chart, Series
from generator.render.environment import format_short_day

DAYS_DRAWN = 92
"""Longer periods are drawn by weeks: more points than this are no line but a smear."""
_WEEK = 7

Values = Sequence[int | None]


def draw_period(  # noqa: PLR0913  what is drawn and how, each named
    words: str,
    first: Day,
    now: Values,
    before: Values,
    *,
    name: str,
    key: str,
    kind: Literal["line", "columns"] = "line",
    is_sum: bool = True,
    is_hundredths: bool = False,
) -> Panel:
    """Return the chart of a value a day from `first` on, and its table.

    Days of a week are added up; a value that is no sum (`is_sum`) is that of its last known day.
    Weeks end with the last day. What is left of the first one is in the table alone: drawn beside
    sums of whole weeks, it would look like a fall. `name` is what the downloads are called, `key`
    the value's column for programs.
    """
    steps = _steps(len(now))
    current = fold(now, is_sum=is_sum)
    earlier = fold(before, is_sum=is_sum)[: len(current)]
    earlier += (None,) * (len(current) - len(earlier))
    labels = tuple(format_short_day(date_of(Day(first + step.start))) for step in steps)
    is_daily = len(now) <= DAYS_DRAWN
    title = f"{words} a {'day' if is_daily else 'week'}" if is_sum else words
    left_out = 1 if is_sum and len(steps[0]) < len(steps[-1]) else 0
    drawn = [
        (None,) * left_out + (_in_points(values) if is_hundredths else values)[left_out:]
        for values in (current, earlier)
    ]
    chart = Chart(
        title=title,
        labels=labels,
        series=(
            Series(name="This period", values=drawn[0]),
            Series(name="Before", values=drawn[1], is_previous=True),
        ),
        kind=kind,
        show=_write_points if is_hundredths else "{:,.0f}".format,
    )
    columns = (
        Column(key="day", words="Day" if is_daily else "Week from"),
        Column(key=key, words=words, is_number=True),
        Column(key="before", words="Before", is_number=True),
    )
    write = _write_hundredths if is_hundredths else _as_it_is
    rows = tuple(
        (label, write(one), write(then))
        for label, one, then in zip(labels, current, earlier, strict=True)
    )
    return Panel(title=title, table=Table(name=name, columns=columns, rows=rows), chart=chart)


def fold(values: Values, *, is_sum: bool = True) -> tuple[int | None, ...]:
    """Return values a day as they are drawn: those of each day, or of a long period each week's
    sum, or its last known value. The first week may be a shorter one.
    """
    return tuple(
        _join(values[step.start : step.stop], is_sum=is_sum) for step in _steps(len(values))
    )


def spread(numbers: Mapping[Day, int], period: Period) -> list[int]:
    """Return the number of each day of a period, 0 where there is none."""
    return [numbers.get(Day(day), 0) for day in range(period.first, period.last + 1)]


def _in_points(hundredths: Values) -> tuple[float | None, ...]:
    return tuple(None if value is None else value / 100 for value in hundredths)


def _write_points(points: float) -> str:
    return f"{points:,.2f}".removesuffix(".00")


def _write_hundredths(value: int | None) -> Value:
    return None if value is None else f"{value // 100:,}.{value % 100:02d}"


def _as_it_is(value: int | None) -> Value:
    return value


def _steps(days: int) -> list[range]:
    """Return the days of each step, counted from 0."""
    if days <= DAYS_DRAWN:
        return [range(day, day + 1) for day in range(days)]
    first = days % _WEEK or _WEEK
    return [range(max(0, end - _WEEK), end) for end in range(first, days + 1, _WEEK)]


def _join(values: Values, *, is_sum: bool) -> int | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return sum(known) if is_sum else known[-1]
