"""`GET /s/ID` and `GET /r/CODE`: links that count, and lead only where a row of ours says.

Both answer people who followed a link, so whatever cannot be counted is left uncounted and the
way goes on.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode, urlsplit

import structlog
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.actions.redirects import Follower, ShareTarget, find_share, make_click
from backend.actions.referrals import find_touch, touch
from backend.actions.visitors import Visitors
from backend.errors import Unavailable
from backend.web.client import (
    Headers,
    address_of,
    country_of,
    device_of,
    headers_of,
    is_bot,
    wants_no_tracking,
)
from backend.web.limits import limited
from backend.web.touch_cookie import set_touch

REDIRECTS_A_MINUTE = "100/minute"
LANDING = "/"
_LOG = structlog.get_logger("redirects")


def routes(context: Context, collector: Collector) -> list[BaseRoute]:
    """Return the routes of share links and referral links."""
    visitors = Visitors(context)

    @limited("share-link", REDIRECTS_A_MINUTE)
    async def follow_share(request: Request) -> Response:
        target = await run_in_threadpool(find_share, context, request.path_params["share"])
        response = redirect(target.page)
        if is_counted(request):
            response.background = BackgroundTask(
                _count, request, context, collector, visitors, target
            )
        return response

    @limited("referral-link", REDIRECTS_A_MINUTE)
    def follow_referral(request: Request) -> Response:
        code = request.path_params["code"]
        if _is_automatic(request):
            return redirect(LANDING)
        try:
            found = find_touch(context, code)
        except Unavailable as error:
            _LOG.warning("touch_lost", reason=str(error.__cause__))
            return redirect(LANDING)
        if found is None:
            return redirect(LANDING)
        if wants_no_tracking(_headers(request)):
            # Who asks for that leaves no trace: the code travels in the link alone.
            return redirect(f"/sign-up?{urlencode({'code': found.code})}")
        response = redirect(LANDING)
        set_touch(request, response, found)
        response.background = BackgroundTask(_record, context, code)
        return response

    return [
        Route("/s/{share}", follow_share, methods=["GET"]),
        Route("/r/{code}", follow_referral, methods=["GET"]),
    ]


def redirect(url: str) -> Response:
    """Return a redirect that nobody stores: the next visitor's click is a click of its own."""
    return RedirectResponse(
        url, status_code=302, headers={"cache-control": "no-store", "x-robots-tag": "noindex"}
    )


def is_counted(request: Request) -> bool:
    """Tell whether a request is a person's own visit, of one who lets it be counted."""
    return not _is_automatic(request) and not wants_no_tracking(_headers(request))


def _is_automatic(request: Request) -> bool:
    """Tell whether a program asks: a robot, a preview of the link, a browser looking ahead."""
    headers = request.headers
    ahead = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')}"
    return request.method != "GET" or "prefetch" in ahead or is_bot(headers.get("user-agent", ""))


async def _count(
    request: Request,
    context: Context,
    collector: Collector,
    visitors: Visitors,
    target: ShareTarget,
) -> None:
    """Queue the click, when the visitor is on the way already."""
    now = context.clock.now()
    try:
        if not visitors.is_ready(now):
            await run_in_threadpool(visitors.prepare, now)
        click = make_click(visitors, target, _follower(request, context), now)
        collector.submit([click]).add_done_callback(_note)
    except Unavailable as error:
        _LOG.warning("click_lost", reason=error.message)


def _record(context: Context, code: str) -> None:
    """Record the touch; one that cannot be is kept where it counts, in the visitor's browser."""
    try:
        touch(context, code)
    except Unavailable as error:
        _LOG.warning("touch_not_recorded", reason=str(error.__cause__))


def _note(done: asyncio.Future[None]) -> None:
    error = None if done.cancelled() else done.exception()
    if error is not None:
        _LOG.warning("click_lost", reason=str(error))


def _follower(request: Request, context: Context) -> Follower:
    settings = context.settings
    user_agent = request.headers.get("user-agent", "")
    name = settings.country_header
    return Follower(
        address=address_of(request.scope, settings.trusted_proxies),
        user_agent=user_agent,
        device=device_of(user_agent),
        country=country_of(request.headers.get(name, "")) if name else None,
        referrer_host=_host_of(request.headers.get("referer", "")),
    )


def _host_of(referrer: str) -> str | None:
    try:
        host = urlsplit(referrer).hostname
    except ValueError:
        return None
    return host[:255] if host else None


def _headers(request: Request) -> Headers:
    return headers_of(request.scope["headers"])
