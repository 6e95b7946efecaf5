"""`/admin/sites`: every site; `/admin/sites/ID`: one of them, suspended, resumed, pictured anew."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import site_review
from backend.actions.context import Context
from backend.actions.people import name_accounts
from backend.domain.actors import Actor
from backend.domain.instants import Instant, to_datetime
from backend.domain.people import Only
from backend.domain.showcase import SiteStatus
from backend.domain.sites import Site
from backend.errors import ServiceError
from backend.web.admin.acting import Act, acting, problem_of
from backend.web.admin.entries import EntryLine, describe_entries
from backend.web.admin.frame import EVERY, REVIEWER, SUPPORT, admin_page, may, render_admin
from backend.web.errors import status_of
from backend.web.forms import Form
from generator.render.environment import format_short_day

PATH = "/admin/sites"
ONE = f"{PATH}/{{id}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesView:
    """A page of sites, and what they were looked for by."""

    sites: tuple[Site, ...]
    owners: dict[str, str]
    since: dict[str, datetime.datetime]
    text: str
    only: str
    next_link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """One site: facts in words, and whether the operator may act."""

    site: Site
    owner: str
    facts: tuple[tuple[str, str], ...]
    is_suspended: bool
    may_act: bool
    entries: tuple[EntryLine, ...]
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of both pages and of the forms on the second."""
    acts: dict[str, Act] = {"suspend": _suspend, "resume": _resume, "picture": _picture}
    return [
        Route(PATH, admin_page(*EVERY)(_list), methods=["GET"]),
        Route(ONE, admin_page(*EVERY)(_show_one), methods=["GET"]),
        *(
            Route(
                f"{ONE}/{name}",
                acting(REVIEWER, SUPPORT, act=act, show=_show, back=ONE),
                methods=["POST"],
            )
            for name, act in acts.items()
        ),
    ]


def _list(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    given = request.query_params
    text = given.get("q", "")[:500]
    only = Only.SUSPENDED if given.get("only") == Only.SUSPENDED.value else Only.ALL
    page = site_review.search(context, actor, text, only, before=given.get("after", "")[:40])
    view = SitesView(
        sites=page.sites,
        owners=dict(name_accounts(context, actor, [site.account for site in page.sites])),
        since={site.id: to_datetime(site.created_at) for site in page.sites},
        text=text,
        only=only.value,
        next_link=f"{PATH}?{urlencode({'q': text, 'only': only.value, 'after': page.after})}"
        if page.after
        else "",
    )
    number = f"{len(page.sites)}{'+' if page.after else ''}"
    title = f"{number} {'site' if number == '1' else 'sites'}"
    return render_admin(request, actor, "admin/sites.html", view, title=title)


def _show_one(request: Request, actor: Actor) -> Response:
    return _show(request, actor, None)


def _show(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    context: Context = request.app.state.context
    report = site_review.read_site(context, actor, request.path_params["id"])
    site, problem = report.site, problem_of(error)
    view = SiteView(
        site=site,
        owner=name_accounts(context, actor, [site.account]).get(site.account, site.account),
        facts=_facts(report),
        is_suspended=site.status is SiteStatus.SUSPENDED,
        may_act=may(actor, REVIEWER, SUPPORT),
        entries=describe_entries(context, actor, report.entries),
        problem=problem.message,
        hint=problem.hint,
    )
    status = status_of(error) if error else 200
    return render_admin(request, actor, "admin/site.html", view, title=site.title, status=status)


def _facts(report: site_review.SiteReport) -> tuple[tuple[str, str], ...]:
    site = report.site
    verified = _day(site.verified_at) if site.verified_at else "not yet"
    return (
        ("Status", site.status.value),
        ("Key", site.key),
        ("Counted shares", f"{report.shares:,}"),
        ("Likes", f"{report.likes:,}"),
        ("Proved", verified),
        ("Showcase", site.wish.value),
        ("Since", _day(site.created_at)),
    )


def _day(at: Instant) -> str:
    return format_short_day(to_datetime(at).date())


def _suspend(context: Context, actor: Actor, site: str, form: Form) -> None:
    site_review.suspend(context, actor, site, form.get("reason"))


def _resume(context: Context, actor: Actor, site: str, form: Form) -> None:
    site_review.resume(context, actor, site, form.get("reason"))


def _picture(context: Context, actor: Actor, site: str, _form: Form) -> None:
    site_review.retake_thumbnail(context, actor, site)
