"""`/dashboard/sites/SITE/publishing`: what is served, what was served before, and under which name.

A service that hosts no sites says so, and how to publish elsewhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import domains, releases, sites
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.hosts import Domain
from backend.domain.instants import to_datetime
from backend.domain.releases import Release, ReleaseOrigin
from backend.domain.sites import Site
from backend.domain.tiers import TERMS
from backend.domain.verification import FILE_NAME
from backend.errors import Conflict, HostingOff, Invalid, LimitReached, ServiceError
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.sites import PAGE, SiteTab, page_of, tabs_of
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import VERIFY_RATE, limited
from backend.web.pages.account import CHANGE_RATE, page_owner

_PATH = f"{PAGE}/{{site}}/publishing"
_ORIGINS = {ReleaseOrigin.UPLOAD: "sent by 4site publish", ReleaseOrigin.BUILD: "built here"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """A release of the list; `can_return` says that it can be made live again."""

    id: str
    made_on: datetime.datetime
    origin: str
    files: int
    bytes: int
    preview: str
    is_live: bool
    can_return: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLine:
    """A domain of the list, and what its check said, '' when it was not checked now."""

    name: str
    url: str
    since: datetime.datetime
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingView:
    """The page. `url` is None before the first release, `domains_allowed` None without a limit."""

    site: Site
    path: str
    tabs: tuple[SiteTab, ...]
    is_on: bool
    url: str | None
    releases: tuple[ReleaseLine, ...]
    domains: tuple[DomainLine, ...]
    domains_allowed: int | None
    tier: str
    file_name: str
    alias: str
    typed: str
    problem: str
    hint: str
    problem_form: str
    problem_field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What a form of the page led to: a problem, or what a check found out about a domain."""

    form: str
    error: ServiceError | None = None
    typed: str = ""
    checked: str = ""
    said: str = ""


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its forms."""
    change_limit = limited("account", CHANGE_RATE, by="account")
    verify_limit = limited("verify", VERIFY_RATE, by="account")
    return [
        Route(_PATH, owner_page(_show), methods=["GET"]),
        Route(f"{_PATH}/live", change_limit(_changing("releases", _return)), methods=["POST"]),
        Route(f"{_PATH}/domains", verify_limit(_changing("domains", _add)), methods=["POST"]),
        Route(f"{_PATH}/domains/check", verify_limit(form_endpoint(_check)), methods=["POST"]),
        Route(
            f"{_PATH}/domains/remove",
            change_limit(_changing("domains", _remove)),
            methods=["POST"],
        ),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor)


def _changing(
    part: str, change: Callable[[Context, Actor, str, Form], None]
) -> Callable[..., object]:
    """Return the endpoint of a form: `change`, then back to its place, or why not beside it."""

    def handle(request: Request, form: Form) -> Response:
        actor = page_owner(request)
        site = str(request.path_params["site"])
        try:
            change(request.app.state.context, actor, site, form)
        except (Invalid, Conflict, LimitReached) as error:
            typed = form.get("domain", 300)
            return _page(request, actor, _Outcome(form=part, error=error, typed=typed))
        place = f"{page_of(site, 'publishing')}#Publishing-{part}"
        return RedirectResponse(place, status_code=303)

    return form_endpoint(handle)


def _return(context: Context, actor: Actor, site: str, form: Form) -> None:
    releases.roll_back(context, actor, site, form.get("release", 32))


def _add(context: Context, actor: Actor, site: str, form: Form) -> None:
    domains.add_domain(context, actor, site, form.get("domain", 300))


def _remove(context: Context, actor: Actor, site: str, form: Form) -> None:
    domains.remove_domain(context, actor, site, form.get("domain", 300))


def _check(request: Request, form: Form) -> Response:
    """Show the page with what the check of a domain found."""
    actor = page_owner(request)
    context: Context = request.app.state.context
    name = form.get("domain", 300)
    try:
        said = domains.check_domain(context, actor, str(request.path_params["site"]), name)
    except Conflict as error:
        return _page(request, actor, _Outcome(form="domains", error=error))
    return _page(request, actor, _Outcome(form="domains", checked=name, said=said))


def _page(request: Request, actor: Actor, outcome: _Outcome | None = None) -> Response:
    context: Context = request.app.state.context
    site = sites.get_site(context, actor, str(request.path_params["site"]))
    view = _view(context, actor, site, outcome or _Outcome(form=""))
    error = outcome.error if outcome else None
    return render_dashboard(
        request,
        actor,
        "dashboard/site_publishing.html",
        view,
        title=_title(site, view),
        section=PAGE,
        status=status_of(error) if error else 200,
    )


def _title(site: Site, view: PublishingView) -> str:
    if not view.is_on:
        return f"{site.title} is published somewhere else"
    live = next((one for one in view.releases if one.is_live), None)
    return f"{site.title} is served here" if live else f"Nothing of {site.title} is served here yet"


def _view(context: Context, actor: Actor, site: Site, outcome: _Outcome) -> PublishingView:
    try:
        found = releases.list_releases(context, actor, site.id)
        own = domains.list_domains(context, actor, site.id)
        is_on = True
    except HostingOff:
        found, own, is_on = releases.Releases(url=None, releases=()), (), False
    error = outcome.error
    field = f"{outcome.form}.{error.field}" if isinstance(error, Invalid) else ""
    return PublishingView(
        site=site,
        path=page_of(site.id, "publishing"),
        tabs=tabs_of(site.id, "publishing"),
        is_on=is_on,
        url=found.url,
        releases=tuple(_release_line(one) for one in found.releases),
        domains=tuple(_domain_line(context, one, outcome) for one in own),
        domains_allowed=TERMS[actor.tier].custom_domains,
        tier=actor.tier.value,
        file_name=FILE_NAME,
        alias=found.url.split("/")[2] if found.url else "",
        typed=outcome.typed,
        problem=error.message if error else "",
        hint=error.hint if error else "",
        problem_form=outcome.form,
        problem_field=field,
    )


def _release_line(one: Release) -> ReleaseLine:
    return ReleaseLine(
        id=one.id,
        made_on=to_datetime(one.made_at),
        origin=_ORIGINS[one.origin],
        files=one.files,
        bytes=one.bytes,
        preview=one.preview or "",
        is_live=one.is_live,
        can_return=not one.is_live and one.preview is None,
    )


def _domain_line(context: Context, one: Domain, outcome: _Outcome) -> DomainLine:
    return DomainLine(
        name=one.name,
        url=context.settings.web_url_of(one.name),
        since=to_datetime(one.made_at),
        said=outcome.said if outcome.checked == one.name else "",
    )
