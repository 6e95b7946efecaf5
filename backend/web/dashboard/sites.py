"""`/dashboard/sites`: every site of the owner, how it does, and what of the tier is used."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import sites, statistics
from backend.actions.context import Context
from backend.actions.site_summaries import list_summaries
from backend.domain.actors import Actor
from backend.domain.builds import words_of
from backend.domain.comparison import Change, compare
from backend.domain.instants import Instant, to_datetime, to_text
from backend.domain.showcase import SiteStatus
from backend.domain.site_summaries import SiteSummary
from backend.domain.sites import SiteDraft
from backend.errors import Conflict, Invalid, LimitReached
from backend.web.dashboard.filters import Filter, read_filter
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.meters import Limits, read_limits
from backend.web.dashboard.tables import Column, Table, download
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import CHANGE_RATE, page_owner
from backend.web.pages.account_view import Problem
from backend.web.pages.cards import format_score, web_url

PAGE = "/dashboard/sites"
SHOWN = 20
_FORM = "sites"
_COLUMNS = (
    Column(key="title", words="Site"),
    Column(key="url", words="Address"),
    Column(key="status", words="Status"),
    Column(key="is_verified", words="Shown to be yours"),
    Column(key="score", words="Score", is_number=True),
    Column(key="shares", words="Shares that count", is_number=True),
    Column(key="featured_until", words="Featured until"),
    Column(key="views", words="Views", is_number=True),
    Column(key="views_before", words="Views before", is_number=True),
    Column(key="last_build", words="Last build"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTab:
    """One of the pages of a site."""

    path: str
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site of the list. `featured_until` is None unless it is featured now."""

    path: str
    title: str
    url: str | None
    host: str
    status: str
    is_verified: bool
    score: str
    shares: int
    featured_until: datetime.datetime | None
    views: int
    change: Change
    build: str
    built_on: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesView:
    """The page. `next_page` is '' on the last one."""

    lines: tuple[SiteLine, ...]
    table: Table
    next_page: str
    is_first_page: bool
    limits: Limits
    typed_url: str
    typed_title: str
    problem: str
    hint: str
    problem_field: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its form."""
    change_limit = limited("account", CHANGE_RATE, by="account")
    return [
        Route(PAGE, owner_page(_show), methods=["GET"]),
        Route(PAGE, change_limit(form_endpoint(_add)), methods=["POST"]),
    ]


def page_of(site: str, part: str = "") -> str:
    """Return where a site's page is, or one of those beside it."""
    return f"{PAGE}/{site}/{part}" if part else f"{PAGE}/{site}"


def tabs_of(site: str, current: str) -> tuple[SiteTab, ...]:
    """Return the pages of a site; `current` is the part of the address that is looked at."""
    parts = {
        "": "Numbers and facts",
        "widget": "Widget",
        "publishing": "Publishing",
        "builds": "Builds",
    }
    return tuple(
        SiteTab(path=page_of(site, part), words=words, is_current=part == current)
        for part, words in parts.items()
    )


def without_sites(chosen: Filter, path: str) -> Filter:
    """Return the filter for a page that is about a fixed set of sites: it has a period alone."""
    return replace(chosen, path=path, site=None, sites=())


def is_featured(at: Instant | None, now: Instant) -> bool:
    """Tell whether a featuring that ends at `at` still runs."""
    return at is not None and at > now


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor)


def _add(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    context: Context = request.app.state.context
    draft = SiteDraft(url=form.get("url"), title=form.get("title"))
    try:
        site = sites.register_site(context, actor, draft)
    except (Invalid, Conflict, LimitReached) as error:
        return _page(request, actor, Problem(error=error, form=_FORM), draft)
    return RedirectResponse(f"{page_of(site.id)}#Site-ownership", status_code=303)


def _page(
    request: Request,
    actor: Actor,
    problem: Problem | None = None,
    typed: SiteDraft | None = None,
) -> Response:
    context: Context = request.app.state.context
    chosen = without_sites(read_filter(request, actor), PAGE)
    after = request.query_params.get("after", "")[:40]
    page = list_summaries(context, actor, chosen.period, after=after or None, limit=SHOWN)
    table = _table(page.sites, context.clock.now())
    if file := download(request, [table], {}):
        return file
    view = SitesView(
        lines=tuple(_line(each, context.clock.now()) for each in page.sites),
        table=table,
        next_page=chosen.link(after=page.after) if page.after else "",
        is_first_page=not after,
        limits=read_limits(request, actor),
        typed_url=typed.url if typed else "",
        typed_title=typed.title if typed else "",
        problem=problem.error.message if problem else "",
        hint=problem.error.hint if problem else "",
        problem_field=problem.field if problem else "",
    )
    return render_dashboard(
        request,
        actor,
        "dashboard/sites.html",
        view,
        title=_title(context, actor, chosen) if page.sites else "You have no site yet",
        chosen=replace(chosen, kept=(("after", after),)) if after else chosen,
        status=status_of(problem.error) if problem else 200,
    )


def _title(context: Context, actor: Actor, chosen: Filter) -> str:
    now, before = (
        sum(day.tally.views for day in statistics.sum_days(context, actor, None, period))
        for period in (chosen.period, chosen.before)
    )
    return f"Your sites had {now:,} views{words_of_change(compare(now, before))}"


def words_of_change(change: Change) -> str:
    """Return how a number compares as the end of a sentence: `, 12 % more than before`."""
    if change.percent is None:
        return ""
    if not change.percent:
        return ", about as many as before"
    return f", {change.percent} % {'more' if change.is_more else 'fewer'} than before"


def words_of_status(status: SiteStatus) -> str:
    """Return a site's status as its owner reads it."""
    return {
        SiteStatus.DRAFT: "Not shown to be yours",
        SiteStatus.BUILDING: "Building",
        SiteStatus.ACTIVE: "Active",
        SiteStatus.SUSPENDED: "Suspended",
    }[status]


def _line(each: SiteSummary, now: Instant) -> SiteLine:
    url = web_url(each.site.url)
    featured_until, build = each.facts.featured_until, each.last_build
    return SiteLine(
        path=page_of(each.site.id),
        title=each.site.title,
        url=url,
        host=_host(each.site.url),
        status=words_of_status(each.site.status),
        is_verified=each.site.verified_at is not None,
        score=format_score(each.facts.score),
        shares=each.facts.shares,
        featured_until=to_datetime(featured_until)
        if featured_until is not None and is_featured(featured_until, now)
        else None,
        views=each.views,
        change=compare(each.views, each.views_before),
        build=words_of(build.state) if build else "",
        built_on=to_datetime(build.queued_at) if build else None,
    )


def _host(url: str) -> str:
    parts = urlsplit(url)
    return (parts.netloc + parts.path).rstrip("/")


def _table(found: tuple[SiteSummary, ...], now: Instant) -> Table:
    rows = []
    for each in found:
        until = each.facts.featured_until
        is_now = until is not None and is_featured(until, now)
        rows.append(
            (
                each.site.title,
                each.site.url,
                each.site.status.value,
                "yes" if each.site.verified_at is not None else "no",
                f"{each.facts.score // 100}.{each.facts.score % 100:02d}",
                each.facts.shares,
                to_text(until) if until is not None and is_now else None,
                each.views,
                each.views_before,
                words_of(each.last_build.state) if each.last_build else None,
            )
        )
    return Table(name="sites", columns=_COLUMNS, rows=tuple(rows))
