"""`/dashboard/audience`: who came to the owner's sites, from where, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import audience
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.audience import Audience, PlatformShares, Virality
from backend.domain.comparison import compare
from backend.domain.instants import to_datetime
from backend.domain.statistics import sum_visitors
from backend.web.dashboard.audience_charts import (
    draw_funnel,
    draw_platforms,
    draw_scores,
    draw_visitors,
)
from backend.web.dashboard.audience_tables import list_cohorts, list_names, list_revenue
from backend.web.dashboard.audience_words import write_ratio
from backend.web.dashboard.figures import Figure, spark
from backend.web.dashboard.filters import Filter, read_filter
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.panels import ShownPanel, charts_of, show_panel
from backend.web.dashboard.tables import download
from backend.web.dashboard.visitors import are_counted, visitors_figure


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceView:
    """The page. `as_of` says until when today was counted, '' when that is not asked."""

    has_any: bool
    figures: tuple[Figure, ...]
    main: ShownPanel
    names: tuple[ShownPanel, ...]
    shares: tuple[ShownPanel, ...]
    people: tuple[ShownPanel, ...]
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Virality:
    now: Virality
    before: Virality


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route("/dashboard/audience", owner_page(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    chosen = read_filter(request, actor)
    found = audience.read_audience(context, actor, chosen.site_id, chosen.period)
    main = draw_visitors(found)
    names = list_names(found)
    shares = (
        draw_platforms(found),
        draw_scores(audience.read_score_history(context, actor, chosen.site_id, chosen.period)),
    )
    people = (
        draw_funnel(found),
        list_revenue(
            audience.read_revenue(context, actor, chosen.site_id, chosen.period),
            audience.read_revenue(context, actor, chosen.site_id, chosen.before),
        ),
        list_cohorts(audience.read_cohorts(context, actor, chosen.site_id, chosen.period)),
    )
    panels = (main, *names, *shares, *people)
    if file := download(request, [panel.table for panel in panels], charts_of(panels)):
        return file
    virality = _Virality(
        now=audience.read_virality(context, actor, chosen.period),
        before=audience.read_virality(context, actor, chosen.before),
    )
    view = AudienceView(
        has_any=bool(chosen.sites) or any(day.tally.views for day in found.days),
        figures=_figures(found, virality),
        main=show_panel(main),
        names=tuple(map(show_panel, names)),
        shares=tuple(map(show_panel, shares)),
        people=tuple(map(show_panel, people)),
        as_of=f"{to_datetime(found.as_of):%H:%M} UTC" if found.as_of else "",
    )
    return render_dashboard(
        request,
        actor,
        "dashboard/audience.html",
        view,
        title=_title(chosen, found),
        chosen=chosen,
    )


def _title(chosen: Filter, found: Audience) -> str:
    """Return the answer in one sentence."""
    visitors, before = sum_visitors(found.days), sum_visitors(found.days_before)
    where = chosen.site.title if chosen.site else "your sites"
    if not are_counted(found.days):
        return f"Somebody came to {where}, and is counted within ten minutes"
    if not visitors:
        return f"Nobody came to {where} in these days"
    change = compare(visitors, before)
    said = f"{visitors:,} visitor{'' if visitors == 1 else 's'} came to {where}"
    if change.percent is None:
        return said
    if not change.percent:
        return f"{said}, as many as before"
    return f"{said}, {change.percent:,} % {'more' if change.is_more else 'fewer'} than before"


def _figures(found: Audience, virality: _Virality) -> tuple[Figure, ...]:
    days, before = found.days, found.days_before
    views = sum(day.tally.views for day in days)
    visitors = sum_visitors(days)
    return (
        visitors_figure(days, before),
        Figure(
            label="Views",
            value=f"{views:,}",
            change=compare(views, sum(day.tally.views for day in before)),
            spark=spark([day.tally.views for day in days]),
            note=f"{write_ratio(views, visitors)} a visitor" if visitors else "",
        ),
        _share_figure(found),
        _virality_figure(virality),
    )


def _share_figure(found: Audience) -> Figure:
    made = found.funnel.shares
    clicks = _sum(found.platforms, "clicks")
    return Figure(
        label="Shares",
        value=f"{made:,}",
        change=compare(made, found.funnel_before.shares),
        note=f"{clicks:,} visit{'' if clicks == 1 else 's'} through shares",
    )


def _virality_figure(virality: _Virality) -> Figure:
    """Return the k-factor of all the owner's people, whichever site is chosen."""
    now, before = virality.now, virality.before
    if now.k_factor is None:
        return Figure(label="k-factor", value="–", note="nobody was active")
    change = None
    if before.k_factor is not None:
        # Compared as whole numbers of one scale, exactly.
        change = compare(now.sign_ups * before.active, before.sign_ups * now.active)
    people = "person" if now.active == 1 else "people"
    signed_up = "sign-up" if now.sign_ups == 1 else "sign-ups"
    return Figure(
        label="k-factor",
        value=write_ratio(now.sign_ups, now.active),
        change=change,
        note=f"{now.sign_ups:,} {signed_up} by {now.active:,} active {people}, all sites",
    )


def _sum(platforms: tuple[PlatformShares, ...], name: str) -> int:
    return sum(getattr(one, name) for one in platforms)
