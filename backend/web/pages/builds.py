"""The pages of a site's builds: the button, the history, the log, and how to set up the webhook."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import builds
from backend.actions.context import Context
from backend.actions.hooks import secret_of
from backend.actions.sites import get_site
from backend.domain.actors import Actor
from backend.domain.builds import Build, BuildCause, LogLine, words_of
from backend.domain.instants import to_datetime
from backend.domain.sites import Site
from backend.errors import Conflict, Forbidden, LimitReached, ServiceError
from backend.web.api.builds import START_RATE
from backend.web.dashboard.frame import render_dashboard
from backend.web.dashboard.sites import PAGE, SiteTab, tabs_of
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import CHANGE_RATE, FORMS, page_owner
from backend.web.signed_in import csrf_token

SHOWN = 30
_SITE = f"{FORMS}/sites/{{site}}/builds"
_BUILD = f"{_SITE}/{{build}}"

_CAUSES = {
    BuildCause.PUSH: "a push",
    BuildCause.BUTTON: "the button",
    BuildCause.RETRY: "a retry",
    BuildCause.API: "the API",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildView:
    """A build in words."""

    build: Build
    url: str
    state: str
    cause: str
    at: datetime.datetime
    duration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildsView:
    """The page of a site's builds. `hook_secret` is shown to the owner alone, whenever wanted."""

    site: Site
    url: str
    tabs: tuple[SiteTab, ...]
    csrf_token: str
    builds: tuple[BuildView, ...]
    older: str
    hook_url: str
    hook_secret: str
    problem: ServiceError | None
    is_buildable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """The page of one build; `last` is the number of the last line, `live_url` tells of more."""

    site: Site
    url: str
    tabs: tuple[SiteTab, ...]
    csrf_token: str
    shown: BuildView
    lines: tuple[LogLine, ...]
    last: int
    more: str
    live_url: str
    problem: ServiceError | None


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the pages and of their forms."""
    start_limit = limited("builds", START_RATE, by="account")
    change_limit = limited("account", CHANGE_RATE, by="account")
    return [
        Route(_SITE, _show_builds, methods=["GET"]),
        Route(_SITE, start_limit(form_endpoint(_start)), methods=["POST"]),
        Route(_BUILD, _show_log, methods=["GET"]),
        Route(f"{_BUILD}/cancel", change_limit(form_endpoint(_cancel)), methods=["POST"]),
        Route(f"{_BUILD}/retry", start_limit(form_endpoint(_retry)), methods=["POST"]),
    ]


def _show_builds(request: Request) -> Response:
    return _builds_page(request, page_owner(request))


def _builds_page(request: Request, actor: Actor, problem: ServiceError | None = None) -> Response:
    context, site = _context(request), _site_of(request, actor)
    after = request.query_params.get("after")
    page = builds.list_builds(context, actor, site.id, after=after, limit=SHOWN)
    url = _url(site.id)
    hindrance = _find_problem(context, site)
    view = BuildsView(
        site=site,
        url=url,
        tabs=tabs_of(site.id, "builds"),
        csrf_token=csrf_token(request),
        builds=tuple(_view(build) for build in page.builds),
        older=f"{url}?after={page.after}" if page.after else "",
        hook_url=f"{context.settings.base_url}/hooks/github/{site.key}",
        hook_secret=secret_of(context, site.id),
        problem=problem or hindrance,
        is_buildable=hindrance is None,
    )
    status = status_of(problem) if problem else 200
    return render_dashboard(
        request,
        actor,
        "dashboard/builds.html",
        view,
        title=f"Builds of {site.title}",
        status=status,
        section=PAGE,
    )


def _show_log(request: Request) -> Response:
    return _log_page(request, page_owner(request))


def _log_page(request: Request, actor: Actor, problem: ServiceError | None = None) -> Response:
    context, site = _context(request), _site_of(request, actor)
    given = request.query_params.get("after", "0")
    after = int(given) if given.isascii() and given.isdecimal() and len(given) <= 7 else 0
    log = builds.read_log(context, actor, site.id, str(request.path_params["build"]), after=after)
    last = log.lines[-1].number if log.lines else after
    shown = _view(log.build)
    view = LogView(
        site=site,
        url=_url(site.id),
        tabs=tabs_of(site.id, "builds"),
        csrf_token=csrf_token(request),
        shown=shown,
        lines=log.lines,
        last=last,
        more=f"{shown.url}?after={last}" if len(log.lines) >= builds.LINES_A_PAGE else "",
        live_url=f"/api/v1/sites/{site.id}/builds/{log.build.id}/log?after={last}",
        problem=problem,
    )
    status = status_of(problem) if problem else 200
    return render_dashboard(
        request,
        actor,
        "dashboard/build.html",
        view,
        title=f"Build of {site.title}",
        status=status,
        section=PAGE,
        is_live=False,  # its log renews itself
    )


def _start(request: Request, _form: Form) -> Response:
    return _doing(
        request,
        lambda context, actor: builds.start_build(
            context, actor, str(request.path_params["site"]), cause=BuildCause.BUTTON
        ),
        _builds_page,
    )


def _cancel(request: Request, _form: Form) -> Response:
    return _doing(
        request,
        lambda context, actor: builds.cancel_build(context, actor, *_ids(request)),
        _log_page,
    )


def _retry(request: Request, _form: Form) -> Response:
    return _doing(
        request,
        lambda context, actor: builds.retry_build(context, actor, *_ids(request)),
        _log_page,
    )


def _doing(
    request: Request,
    work: Callable[[Context, Actor], Build],
    page: Callable[[Request, Actor, ServiceError], Response],
) -> Response:
    """Do what a form asks for and go to the build, or say on the page why not."""
    actor = page_owner(request)
    try:
        build = work(_context(request), actor)
    except (Conflict, LimitReached) as error:
        return page(request, actor, error)
    return RedirectResponse(f"{_url(build.site)}/{build.id}", status_code=303)


def _find_problem(context: Context, site: Site) -> ServiceError | None:
    """Return why the site cannot be built here, None when it can."""
    try:
        builds.check_buildable(context, site)
    except (Conflict, Forbidden) as error:
        return error
    return None


def _view(build: Build) -> BuildView:
    return BuildView(
        build=build,
        url=f"{_url(build.site)}/{build.id}",
        state="cancelling" if build.is_cancelling else words_of(build.state),
        cause=_CAUSES[build.cause],
        at=to_datetime(build.queued_at),
        duration=_words(build.seconds),
    )


def _words(seconds: float | None) -> str:
    """Return a duration as people read it: `4.2 s`, `3 min 5 s`."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def _ids(request: Request) -> tuple[str, str]:
    return str(request.path_params["site"]), str(request.path_params["build"])


def _site_of(request: Request, actor: Actor) -> Site:
    return get_site(_context(request), actor, str(request.path_params["site"]))


def _url(site: str) -> str:
    return f"{FORMS}/sites/{site}/builds"


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
