"""`/dashboard`: how the owner's sites do, in four numbers and one chart, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import audience, overview, referred, statistics
from backend.actions.context import Context
from backend.actions.notifications import list_notifications
from backend.actions.overview import Ranked
from backend.actions.referred import PeriodSums
from backend.actions.statistics import Level
from backend.domain.actors import Actor
from backend.domain.audience import Virality
from backend.domain.comparison import Change, compare
from backend.domain.featuring import shares_to_featuring
from backend.domain.instants import to_datetime
from backend.domain.next_steps import Step, next_steps
from backend.domain.scores import next_level
from backend.domain.statistics import SiteDay
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.figures import Figure, spark
from backend.web.dashboard.filters import Filter, read_filter
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.notifications import NotificationView, view_notification
from backend.web.dashboard.panels import Panel, ShownPanel, charts_of, show_panel
from backend.web.dashboard.period_chart import draw_period
from backend.web.dashboard.tables import download
from backend.web.dashboard.visitors import visitors_figure

SITES_SHOWN = 5
NEWS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site of the list. `until` is when its featuring ends, `missing` how many shares it takes
    to begin one.
    """

    title: str
    link: str
    score: str
    shares: int
    until: object
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    """The boost level, and the way to the next one in words; '' at the top."""

    name: str
    coefficient: str
    shares: int
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """The page. `views` is None for an account without a site."""

    figures: tuple[Figure, ...]
    views: ShownPanel | None
    steps: tuple[Step, ...]
    sites: tuple[SiteLine, ...]
    has_more_sites: bool
    level: LevelView
    news: tuple[NotificationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """A period and the one before it."""

    days: Sequence[SiteDay]
    days_before: Sequence[SiteDay]
    virality: Virality
    sums: PeriodSums
    sums_before: PeriodSums


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route("/dashboard", owner_page(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    chosen = read_filter(request, actor)
    facts = _Facts(
        days=statistics.sum_days(context, actor, chosen.site_id, chosen.period),
        days_before=statistics.sum_days(context, actor, chosen.site_id, chosen.before),
        virality=audience.read_virality(context, actor, chosen.period),
        sums=referred.sum_period(context, actor, chosen.period),
        sums_before=referred.sum_period(context, actor, chosen.before),
    )
    views = _draw(facts)
    if file := download(request, [views.table], charts_of([views])):
        return file
    ranked = overview.rank_sites(context, actor)
    view = OverviewView(
        figures=_figures(chosen, facts),
        views=show_panel(views) if ranked else None,
        steps=tuple(next_steps(overview.read_situation(context, actor))),
        sites=tuple(_line(context, each) for each in ranked[:SITES_SHOWN]),
        has_more_sites=len(ranked) > SITES_SHOWN,
        level=_level(statistics.get_level(context, actor)),
        news=tuple(
            view_notification(each)
            for each in list_notifications(context, actor).notifications[:NEWS_SHOWN]
        ),
    )
    title = _title(chosen, facts, has_sites=bool(ranked))
    return render_dashboard(
        request, actor, "dashboard/overview.html", view, title=title, chosen=chosen
    )


def _title(chosen: Filter, facts: _Facts, *, has_sites: bool) -> str:
    """Return the answer to how it goes, in one sentence."""
    if not has_sites:
        return "Your first site goes here"
    views, before = _sum(facts.days, "views"), _sum(facts.days_before, "views")
    whose = chosen.site.title if chosen.site else "Your sites"
    verb = "had" if chosen.site is None or views else "has"
    said = f"{whose} {verb} {views:,} view{'' if views == 1 else 's'}"
    return said + _compared(compare(views, before))


def _compared(change: Change) -> str:
    if change.percent is None:
        return ""
    if not change.percent:
        return ", as many as before"
    return f", {change.percent:,} % {'more' if change.is_more else 'fewer'} than before"


def _figures(chosen: Filter, facts: _Facts) -> tuple[Figure, ...]:
    seen, people = chosen.link("/dashboard/audience"), chosen.link("/dashboard/referrals")
    sign_ups = sum(facts.sums.sign_ups.values())
    paying = sum(facts.sums.conversions.values())
    return (
        visitors_figure(facts.days, facts.days_before, seen),
        _counted("Shares that count", "counted_shares", facts, seen),
        Figure(
            label="Sign-ups through you",
            value=f"{sign_ups:,}",
            change=compare(sign_ups, sum(facts.sums_before.sign_ups.values())),
            note=_brought(paying, facts.virality),
            link=people,
        ),
        _earned(facts, chosen.link("/dashboard/earnings")),
    )


def _brought(paying: int, measured: Virality) -> str:
    began = f"{paying:,} began to pay"
    return (
        began if measured.k_factor is None else f"{began} · k-factor {float(measured.k_factor):.2f}"
    )


def _counted(label: str, name: str, facts: _Facts, link: str) -> Figure:
    now, before = _sum(facts.days, name), _sum(facts.days_before, name)
    return Figure(
        label=label,
        value=f"{now:,}",
        change=compare(now, before),
        spark=spark([getattr(each.tally, name) for each in facts.days]),
        link=link,
    )


def _earned(facts: _Facts, link: str) -> Figure:
    """Return what was earned in the currency that brought most, and how many others there are."""
    earned = {code: sum_ for code, sum_ in facts.sums.earned.items() if sum_}
    if not earned:
        return Figure(label="Earned", value=write_amount(0, "USD"), link=link)
    code = max(earned, key=lambda each: (_weight(earned, each), each))
    others = len(earned) - 1
    before = facts.sums_before.earned.get(code, 0)
    return Figure(
        label="Earned",
        value=write_amount(earned[code], code),
        change=compare(earned[code], before) if earned[code] >= 0 and before >= 0 else None,
        note=f"and in {others} other currenc{'y' if others == 1 else 'ies'}" if others else "",
        link=link,
    )


def _weight(earned: Mapping[str, int], code: str) -> int:
    return 10**12 if code == "USD" else abs(earned[code])


def _line(context: Context, ranked: Ranked) -> SiteLine:
    standing = ranked.standing
    until = standing.featured_until
    is_featured = until is not None and until > context.clock.now()
    return SiteLine(
        title=ranked.site.title,
        link=f"/dashboard/sites/{ranked.site.id}",
        score=f"{standing.score // 100:,}.{standing.score % 100:02}",
        shares=standing.shares,
        until=to_datetime(until) if until is not None and is_featured else None,
        missing=shares_to_featuring(standing.shares),
    )


def _level(level: Level) -> LevelView:
    above = next_level(level.shares)
    way = ""
    if above:
        name, missing = above
        way = f"{missing:,} more counted share{'' if missing == 1 else 's'} to {name.value}"
    return LevelView(
        name=level.level.value,
        coefficient=f"{level.coefficient_hundredths / 100:g}",
        shares=level.shares,
        way=way,
    )


def _draw(facts: _Facts) -> Panel:
    now, before = ([each.tally.views for each in days] for days in (facts.days, facts.days_before))
    return draw_period("Views", facts.days[0].day, now, before, name="views", key="views")


def _sum(days: Sequence[SiteDay], name: str) -> int:
    return sum(getattr(each.tally, name) for each in days)
