"""`/dashboard/sites/SITE`: how one site does, what is said about it, and whose it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import sites, statistics
from backend.actions.context import Context
from backend.actions.site_summaries import get_summary
from backend.actions.verification import verify_site
from backend.domain.actors import Actor
from backend.domain.builds import words_of
from backend.domain.comparison import compare
from backend.domain.featuring import shares_to_featuring
from backend.domain.instants import Instant, to_datetime
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.site_summaries import SiteSummary
from backend.domain.sites import KINDS, Site, SiteEdit
from backend.domain.statistics import SiteDay
from backend.domain.tiers import TERMS
from backend.domain.verification import FILE_NAME, meta_tag
from backend.errors import Conflict, Invalid, LimitReached, ServiceError
from backend.web.dashboard.figures import Figure, spark
from backend.web.dashboard.filters import Filter, read_filter
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.panels import ShownPanel, charts_of, show_panel
from backend.web.dashboard.period_chart import draw_period
from backend.web.dashboard.sites import (
    PAGE,
    SiteTab,
    is_featured,
    page_of,
    tabs_of,
    without_sites,
    words_of_change,
    words_of_status,
)
from backend.web.dashboard.tables import download
from backend.web.dashboard.widget_options import WidgetOptions, embed_lines
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import VERIFY_RATE, limited
from backend.web.pages.account import CHANGE_RATE, page_owner
from backend.web.pages.cards import KIND_LABELS, format_score, web_url
from generator.render.environment import format_short_day

_PROOFS = {
    "meta": "the tag in the head of its home page",
    "file": f"the file {FILE_NAME}",
    "github": "your account at GitHub",
}
_WISHES = {
    ShowcaseWish.UNSAID: "Only while it is featured",
    ShowcaseWish.IN: "Yes, as far as the tier allows",
    ShowcaseWish.OUT: "Never",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What went wrong in a form of the page, and what was typed there."""

    error: ServiceError
    form: str
    typed: Mapping[str, str]

    @property
    def field(self) -> str:
        return f"{self.form}.{self.error.field}" if isinstance(self.error, Invalid) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value of a choice, in words."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What the page looks at: a site, its days in two periods, and how their views are drawn."""

    found: SiteSummary
    chosen: Filter
    now: list[SiteDay]
    before: list[SiteDay]
    views: ShownPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """The page. `facts` are the values of the form, as they are or as they were typed."""

    site: Site
    url: str | None
    status: str
    tabs: tuple[SiteTab, ...]
    figures: tuple[Figure, ...]
    views: ShownPanel
    facts: Mapping[str, str]
    kinds: tuple[Option, ...]
    wishes: tuple[Option, ...]
    can_remove_powered_by: bool
    is_verified: bool
    proof: str
    verified_on: datetime.datetime | None
    meta_tag: str
    file_url: str
    snippet: str
    showcase_path: str
    build: str
    built_on: datetime.datetime | None
    problem: str
    hint: str
    problem_form: str
    problem_field: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its forms."""
    change_limit = limited("account", CHANGE_RATE, by="account")
    verify_limit = limited("verify", VERIFY_RATE, by="account")
    return [
        Route(
            f"{PAGE}/verify",
            verify_limit(_changing("ownership", _verify, "Site-ownership")),
            methods=["POST"],
        ),
        Route(f"{PAGE}/remove", change_limit(form_endpoint(_remove)), methods=["POST"]),
        Route(f"{PAGE}/{{site}}", owner_page(_show), methods=["GET"]),
        Route(
            f"{PAGE}/{{site}}",
            change_limit(_changing("facts", _save, "Site-facts")),
            methods=["POST"],
        ),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor, str(request.path_params["site"]))


def _changing(
    part: str, change: Callable[[Context, Actor, str, Form], None], place: str
) -> Callable[..., object]:
    """Return the endpoint of a form: `change`, then back to its place on the page.

    What the owner can put right is said on the page, beside the form.
    """

    def handle(request: Request, form: Form) -> Response:
        actor = page_owner(request)
        site = str(request.path_params.get("site") or form.get("site", 32))
        try:
            change(request.app.state.context, actor, site, form)
        except (Invalid, Conflict, LimitReached) as error:
            typed = {name: value[:2_000] for name, value in form.pairs if name != "csrf_token"}
            trouble = Trouble(error=error, form=part, typed=typed)
            return _page(request, actor, site, trouble)
        return RedirectResponse(f"{page_of(site)}#{place}", status_code=303)

    return form_endpoint(handle)


def _verify(context: Context, actor: Actor, site: str, _form: Form) -> None:
    verify_site(context, actor, site)


def _save(context: Context, actor: Actor, site: str, form: Form) -> None:
    wish = form.get("showcase")
    if wish not in set(ShowcaseWish):
        raise Invalid("There is no such choice.", field="showcase", hint="Choose one of the list.")
    edit = SiteEdit(
        title=form.get("title"),
        description=form.get("description", 2_000),
        kind=form.get("kind"),
        language=form.get("language"),
        topics=tuple(form.get("topics").replace(",", " ").split()),
        origins=tuple(form.get("origins", 2_000).split()),
        wish=ShowcaseWish(wish),
        # Where the tier keeps the line its box is not in the form.
        has_powered_by=bool(form.get("powered_by"))
        if TERMS[actor.tier].can_remove_powered_by
        else None,
    )
    sites.update_site(context, actor, site, edit)


def _remove(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    sites.remove_site(request.app.state.context, actor, form.get("site"))
    return RedirectResponse(PAGE, status_code=303)


def _page(request: Request, actor: Actor, site: str, trouble: Trouble | None = None) -> Response:
    context: Context = request.app.state.context
    chosen = without_sites(read_filter(request, actor), page_of(site))
    found = get_summary(context, actor, site, chosen.period)
    now = statistics.sum_days(context, actor, site, chosen.period)
    before = statistics.sum_days(context, actor, site, chosen.before)
    views = draw_period(
        "Views",
        chosen.period.first,
        [day.tally.views for day in now],
        [day.tally.views for day in before],
        name="views",
        key="views",
    )
    if file := download(request, [views.table], charts_of([views])):
        return file
    look = _Look(found=found, chosen=chosen, now=now, before=before, views=show_panel(views))
    view = _view(context, actor, look, trouble)
    return render_dashboard(
        request,
        actor,
        "dashboard/site.html",
        view,
        title=f"{found.site.title} had {found.views:,} views"
        f"{words_of_change(compare(found.views, found.views_before))}",
        chosen=chosen,
        section=PAGE,
        status=status_of(trouble.error) if trouble else 200,
    )


def _view(context: Context, actor: Actor, look: _Look, trouble: Trouble | None) -> SiteView:
    site, build = look.found.site, look.found.last_build
    typed = trouble.typed if trouble and trouble.form == "facts" else None
    facts = typed if typed is not None else _facts(site)
    return SiteView(
        site=site,
        url=web_url(site.url),
        status=words_of_status(site.status),
        tabs=tabs_of(site.id, ""),
        figures=_figures(look, context.clock.now()),
        views=look.views,
        facts=facts,
        kinds=tuple(
            Option(value=kind, words=KIND_LABELS[kind][0], is_chosen=kind == facts.get("kind"))
            for kind in sorted(KINDS)
        ),
        wishes=tuple(
            Option(value=wish.value, words=words, is_chosen=wish.value == facts.get("showcase"))
            for wish, words in _WISHES.items()
        ),
        can_remove_powered_by=TERMS[actor.tier].can_remove_powered_by,
        is_verified=site.verified_at is not None,
        proof=_PROOFS.get(site.verified_by or "", ""),
        verified_on=to_datetime(site.verified_at) if site.verified_at is not None else None,
        meta_tag=meta_tag(site.key),
        file_url=urljoin(site.url, FILE_NAME),
        snippet=embed_lines(WidgetOptions(), base_url=context.settings.base_url, key=site.key),
        showcase_path=f"/showcase/{site.key}" if site.status is SiteStatus.ACTIVE else "",
        build=words_of(build.state) if build else "",
        built_on=to_datetime(build.queued_at) if build else None,
        problem=trouble.error.message if trouble else "",
        hint=trouble.error.hint if trouble else "",
        problem_form=trouble.form if trouble else "",
        problem_field=trouble.field if trouble else "",
    )


def _facts(site: Site) -> dict[str, str]:
    return {
        "title": site.title,
        "description": site.description,
        "kind": site.kind,
        "language": site.language or "",
        "topics": " ".join(site.topics),
        "origins": "\n".join(site.origins[1:]),
        "showcase": site.wish.value,
        "powered_by": "on" if site.has_powered_by else "",
    }


def _figures(look: _Look, now: Instant) -> tuple[Figure, ...]:
    found = look.found
    counted = [day.tally.counted_shares for day in look.now]
    counted_before = sum(day.tally.counted_shares for day in look.before)
    until = found.facts.featured_until
    is_now = is_featured(until, now)
    audience = look.chosen.link("/dashboard/audience", site=found.site.id)
    return (
        Figure(
            label="Views",
            value=f"{found.views:,}",
            change=compare(found.views, found.views_before),
            spark=spark([day.tally.views for day in look.now]),
            link=audience,
        ),
        Figure(
            label="Shares that count",
            value=f"{sum(counted):,}",
            change=compare(sum(counted), counted_before),
            spark=spark(counted),
            note=f"{found.facts.shares:,} in all",
        ),
        Figure(label="Score", value=format_score(found.facts.score), note="as of now"),
        Figure(
            label="Featured until" if is_now else "Featured",
            value=format_short_day(to_datetime(until)) if until and is_now else "Not now",
            note="in UTC" if is_now else _next_featuring(found.facts.shares),
        ),
    )


def _next_featuring(shares: int) -> str:
    left = shares_to_featuring(shares)
    return "after 1 more share that counts" if left == 1 else f"after {left} more that count"
