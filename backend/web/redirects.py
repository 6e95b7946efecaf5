"""`GET /s/ID` and `GET /r/CODE`: links that count, and lead only where a row of ours says.

Both answer people who followed a link, so whatever cannot be counted is left uncounted and the
way goes on.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

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
from backend.errors import TooMany, Unavailable
from backend.web.client import (
    Headers,
    address_of,
    country_of,
    device_of,
    headers_of,
    is_bot,
    referrer_host_of,
    wants_no_tracking,
)
from backend.web.limits import check_async
from backend.web.touch_cookie import set_touch

COUNTED = "100/minute"
"""How many clicks of one address count; whoever follows more is led on all the same."""
LANDING = "/"
_LOG = structlog.get_logger("redirects")


def routes(context: Context, collector: Collector) -> list[BaseRoute]:
    """Return the routes of share links and referral links."""
    visitors = Visitors(context)

    async def follow_share(request: Request) -> Response:
        target = await run_in_threadpool(find_share, context, request.path_params["share"])
        response = _redirect(target.page)
        if _is_counted(request) and await _has_room(request, "share-link"):
            response.background = BackgroundTask(
                _count, request, context, collector, visitors, target
            )
        return response

    async def follow_referral(request: Request) -> Response:
        code = request.path_params["code"]
        if _is_automatic(request):
            return _redirect(LANDING)
        try:
            found = await run_in_threadpool(find_touch, context, code)
        except Unavailable as error:
            _LOG.warning("touch_lost", reason=str(error.__cause__))
            return _redirect(LANDING)
        if found is None:
            return _redirect(LANDING)
        if wants_no_tracking(_headers(request)):
            # Who asks for that leaves no trace: the code travels in the link alone.
            return _redirect(f"/sign-up?{urlencode({'code': found.code})}")
        response = _redirect(LANDING)
        set_touch(request, response, found)
        if await _has_room(request, "referral-link"):
            response.background = BackgroundTask(_record, context, code)
        return response

    return [
        Route("/s/{share}", follow_share, methods=["GET"]),
        Route("/r/{code}", follow_referral, methods=["GET"]),
    ]


def _redirect(url: str) -> Response:
    """Return a redirect that nobody stores: the next visitor's click is a click of its own."""
    return RedirectResponse(
        url, status_code=302, headers={"cache-control": "no-store", "x-robots-tag": "noindex"}
    )


def _is_counted(request: Request) -> bool:
    """Tell whether a request is a person's own visit, of one who lets it be counted."""
    return not _is_automatic(request) and not wants_no_tracking(_headers(request))


def _is_automatic(request: Request) -> bool:
    """Tell whether a program asks: a robot, a preview of the link, a browser looking ahead."""
    headers = request.headers
    ahead = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')}"
    return request.method != "GET" or "prefetch" in ahead or is_bot(headers.get("user-agent", ""))


async def _has_room(request: Request, name: str) -> bool:
    try:
        await check_async(request, name, COUNTED)
    except TooMany:
        return False
    return True


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
        referrer_host=referrer_host_of(request.headers.get("referer", "")),
    )


def _headers(request: Request) -> Headers:
    return headers_of(request.scope["headers"])
