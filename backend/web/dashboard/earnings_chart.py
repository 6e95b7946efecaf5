"""The chart of earnings by day, or by month over a long time, and its table."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.instants import Day, date_of
from backend.domain.money import CURRENCIES
from backend.domain.own_earnings import EarnedDay
from backend.domain.periods import Period
from backend.web.dashboard.amounts import to_major, write_amount
from backend.web.dashboard.period_chart import DAYS_DRAWN
from backend.web.dashboard.tables import Column, Table
from generator.render.charts import Chart, Series
from generator.render.environment import format_short_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The days or months of a period, with what each of them changed in minor units."""

    labels: tuple[str, ...]
    earned: tuple[int, ...]
    taken: tuple[int, ...]
    paid: tuple[int, ...]


def is_daily(period: Period) -> bool:
    """Tell whether a period goes by day; longer ones go by month, as money is paid."""
    return period.days <= DAYS_DRAWN


def steps_of(period: Period, currency: str, days: Sequence[EarnedDay], *, by_day: bool) -> Steps:
    """Return a period step by step in one currency; steps without anything are 0."""
    names: dict[object, str] = {}
    for day in range(period.first, period.last + 1):
        date = date_of(Day(day))
        names.setdefault(_step(date, by_day=by_day), _name(date, by_day=by_day))
    earned, taken, paid = (dict.fromkeys(names, 0) for _ in range(3))
    for one in days:
        if one.currency == currency:
            step = _step(date_of(one.day), by_day=by_day)
            earned[step] += one.earned
            taken[step] += one.reversed
            paid[step] += one.paid
    return Steps(
        labels=tuple(names.values()),
        earned=tuple(earned.values()),
        taken=tuple(taken.values()),
        paid=tuple(paid.values()),
    )


def draw_earnings(currency: str, now: Steps, before: Steps, *, by_day: bool) -> tuple[Chart, Table]:
    """Return earnings in a currency beside those of the period before, and the same as a table."""
    count = len(now.labels)
    paired: list[int | None] = [*before.earned[:count]]
    paired += [None] * (count - len(paired))
    chart = Chart(
        title=f"Earnings a {'day' if by_day else 'month'} in {currency}",
        labels=now.labels,
        kind="line" if by_day else "columns",
        series=(
            Series(name="This period", values=tuple(to_major(one, currency) for one in now.earned)),
            Series(
                name="Before",
                values=tuple(None if one is None else to_major(one, currency) for one in paired),
                is_previous=True,
            ),
        ),
        show=lambda value: write_amount(round(value * 10 ** CURRENCIES[currency]), currency),
    )
    return chart, _table(currency, now, paired, by_day=by_day)


def _step(date: datetime.date, *, by_day: bool) -> object:
    return date if by_day else (date.year, date.month)


def _name(date: datetime.date, *, by_day: bool) -> str:
    return format_short_day(date) if by_day else f"{date:%b %Y}"


def _table(currency: str, now: Steps, before: Sequence[int | None], *, by_day: bool) -> Table:
    raw = tuple(
        (label, currency, one, back, earlier)
        for label, one, back, earlier in zip(now.labels, now.earned, now.taken, before, strict=True)
    )
    shown = tuple(
        (
            label,
            currency,
            write_amount(one, currency),
            write_amount(back, currency),
            None if earlier is None else write_amount(earlier, currency),
        )
        for label, _currency, one, back, earlier in raw
    )
    step = "day" if by_day else "month"
    columns = (
        Column(key=step, words=step.capitalize()),
        Column(key="currency", words="Currency"),
        Column(key="earned_minor", words="Earned", is_number=True),
        Column(key="taken_back_minor", words="Taken back", is_number=True),
        Column(key="earned_before_minor", words="Earned before", is_number=True),
    )
    return Table(name="earnings", columns=columns, rows=shown, raw=raw)
