"""`GET /api/v1/sites/{site}/builds/{build}/log`: a build's log as server-sent events.

Lines are read from the database each time that something was said, and every second in any case,
so that nothing is missed when another process builds. An event's id is its line's number: whoever
comes back with `Last-Event-ID` goes on behind it. The last event is `end`.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.builds import Log, build_channel, read_log
from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.instants import to_text
from backend.errors import Invalid, NotFound, TooMany
from backend.gateways.live import Fanout, Listener
from backend.web.limits import limited
from backend.web.signed_in import require_actor
from backend.web.streams import (
    GRACE_SECONDS,
    HEARTBEAT_SECONDS,
    RETRY_MILLISECONDS,
    STREAM_SECONDS,
    end_with,
)

OPEN_LOGS = 200
"""How many logs one process shows live; the others are read by loading the page again."""
POLL_SECONDS = 1.0
_ID = re.compile(r"[0-9a-f]{32}")


def routes(context: Context, fanout: Fanout) -> list[BaseRoute]:
    """Return the log's route."""
    places = asyncio.BoundedSemaphore(OPEN_LOGS)

    @limited("stream", "30/minute")
    async def stream(request: Request) -> Response:
        site, build = (str(request.path_params[name]) for name in ("site", "build"))
        after = _after(request)
        actor = await run_in_threadpool(require_actor, request, Scope.SITES_READ)
        if not (_ID.fullmatch(site) and _ID.fullmatch(build)):
            raise Invalid("That is not a build.", field="build")
        look = _Looking(context, actor, site, build)
        await run_in_threadpool(look.read, after)  # raises what there is to raise, as an answer
        if places.locked():
            raise TooMany("Too many logs are open.", retry_after=30, hint="Load the page again.")
        is_ending = anyio.Event()
        return EventSourceResponse(
            _events(fanout, look, after, is_ending, places),
            ping=HEARTBEAT_SECONDS,
            sep="\n",
            headers={"X-Accel-Buffering": "no"},
            shutdown_event=is_ending,
            shutdown_grace_period=GRACE_SECONDS,
        )

    return [Route("/api/v1/sites/{site}/builds/{build}/log", stream)]


class _Looking:
    """Reads one build's log for one owner."""

    def __init__(self, context: Context, actor: Actor, site: str, build: str) -> None:
        self._context = context
        self._actor = actor
        self._site = site
        self.build = build

    def read(self, after: int) -> Log:
        """Return what is behind line `after`. Raises NotFound."""
        return read_log(self._context, self._actor, self._site, self.build, after=after)


def _after(request: Request) -> int:
    given = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    if not (given.isascii() and given.isdecimal() and len(given) <= 7):
        raise Invalid("That is not the number of a line.", field="after")
    return int(given)


async def _events(
    fanout: Fanout,
    look: _Looking,
    after: int,
    is_ending: anyio.Event,
    places: asyncio.BoundedSemaphore,
) -> AsyncIterator[ServerSentEvent]:
    listener = fanout.listen([build_channel(look.build)])
    watch = asyncio.create_task(end_with(is_ending, listener))
    ends_at = time.monotonic() + STREAM_SECONDS
    try:
        async with places:
            yield ServerSentEvent(event="hello", data="{}", retry=RETRY_MILLISECONDS)
            while time.monotonic() < ends_at and not is_ending.is_set():
                log = await run_in_threadpool(look.read, after)
                for line in log.lines:
                    after = line.number
                    data = {"at": to_text(line.at), "text": line.text}
                    yield ServerSentEvent(id=str(after), event="line", data=json.dumps(data))
                if not log.build.is_open and not log.lines:
                    state = {"state": log.build.state.value, "reason": log.build.reason}
                    yield ServerSentEvent(event="end", data=json.dumps(state))
                    return
                if not log.lines and not await _may_go_on(listener):
                    return
    except NotFound:  # the site was removed meanwhile
        return
    finally:
        watch.cancel()
        fanout.leave(listener)


async def _may_go_on(listener: Listener) -> bool:
    """Wait until something was said, or a second; tell whether the stream goes on."""
    try:
        return await asyncio.wait_for(listener.next(), POLL_SECONDS) is not None
    except TimeoutError:
        return True
