"""`/dashboard`: how the owner's sites do, in four numbers, one chart and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import statistics
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.comparison import compare
from backend.domain.instants import date_of
from backend.domain.statistics import SiteDay
from backend.web.dashboard.figures import Figure, spark
from backend.web.dashboard.filters import Filter, read_filter
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.tables import Column, Table, download
from generator.render.charts import Chart, Series, draw
from generator.render.environment import format_short_day

_COLUMNS = (
    Column(key="day", words="Day"),
    Column(key="views", words="Views", is_number=True),
    Column(key="before", words="Views before", is_number=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """The page: numbers, and the main chart with its table."""

    figures: tuple[Figure, ...]
    chart: Markup
    table: Table


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route("/dashboard", owner_page(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    chosen = read_filter(request, actor)
    now = statistics.sum_days(context, actor, chosen.site_id, chosen.period)
    before = statistics.sum_days(context, actor, chosen.site_id, chosen.before)
    chart, table = _draw(now, before)
    if file := download(request, [table], {"views": chart}):
        return file
    views = sum(each.tally.views for each in now)
    view = OverviewView(figures=_figures(now, before), chart=draw(chart), table=table)
    return render_dashboard(
        request, actor, "dashboard/overview.html", view, title=_title(chosen, views), chosen=chosen
    )


def _title(chosen: Filter, views: int) -> str:
    whose = chosen.site.title if chosen.site else "Your sites"
    return f"{whose}: {views:,} views"


def _figures(now: list[SiteDay], before: list[SiteDay]) -> tuple[Figure, ...]:
    names = (("Views", "views"), ("Shares that count", "counted_shares"))
    return tuple(
        Figure(
            label=label,
            value=f"{_sum(now, name):,}",
            change=compare(_sum(now, name), _sum(before, name)),
            spark=spark([getattr(each.tally, name) for each in now]),
        )
        for label, name in names
    )


def _draw(now: list[SiteDay], before: list[SiteDay]) -> tuple[Chart, Table]:
    labels = tuple(format_short_day(date_of(each.day)) for each in now)
    current = tuple(each.tally.views for each in now)
    earlier = tuple(each.tally.views for each in before)[: len(now)]
    earlier_values = earlier + (None,) * (len(now) - len(earlier))
    chart = Chart(
        title="Views a day",
        labels=labels,
        series=(
            Series(name="This period", values=current),
            Series(name="Before", values=earlier_values, is_previous=True),
        ),
    )
    rows = tuple(zip(labels, current, earlier_values, strict=True))
    return chart, Table(name="views", columns=_COLUMNS, rows=rows)


def _sum(days: list[SiteDay], name: str) -> int:
    return sum(getattr(each.tally, name) for each in days)
