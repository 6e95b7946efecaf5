"""`GET /api/v1/stream`: what changes for the caller, as server-sent events.

Everybody may hear of the showcase; who is signed in, or sends a token that may read statistics,
hears of their own sites too.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.domain.actors import Scope
from backend.errors import TooMany
from backend.gateways.live import Fanout, Listener, Message
from backend.metrics import STREAMS
from backend.web.limits import caller_key, limited
from backend.web.signed_in import actor_of

HEARTBEAT_SECONDS = 15
STREAM_SECONDS = 15 * 60
"""How long one stream lasts; the browser then comes back, and is asked again who it is."""
OPEN_STREAMS = 1_000
"""How many one process keeps open."""
STREAMS_EACH = 20
"""How many of those one address may have, so that a single one cannot take them all."""
RETRY_MILLISECONDS = 3_000
GRACE_SECONDS = 2.0
"""What a stream has to end by itself when the service stops."""
_SHOWCASE = "showcase"


def routes(fanout: Fanout) -> list[BaseRoute]:
    """Return the stream's route."""
    open_streams: Counter[str] = Counter()

    @limited("stream", "30/minute")
    async def stream(request: Request) -> Response:
        channels = await run_in_threadpool(_channels_of, request)
        listening = caller_key(request)
        if open_streams.total() >= OPEN_STREAMS or open_streams[listening] >= STREAMS_EACH:
            raise TooMany("Too many streams are open.", retry_after=30, hint="Try again later.")
        after = request.headers.get("last-event-id", "")[:64] or None
        is_ending = anyio.Event()
        return EventSourceResponse(
            _events(fanout, channels, after, is_ending, _counted(open_streams, listening)),
            ping=HEARTBEAT_SECONDS,
            sep="\n",
            headers={"X-Accel-Buffering": "no"},
            shutdown_event=is_ending,
            shutdown_grace_period=GRACE_SECONDS,
        )

    return [Route("/api/v1/stream", stream)]


def _channels_of(request: Request) -> list[str]:
    actor = actor_of(request)
    if actor is None:
        return [_SHOWCASE]
    actor.needs(Scope.STATS_READ)
    return [_SHOWCASE, f"account:{actor.account}"]


async def _events(
    fanout: Fanout,
    channels: list[str],
    after: str | None,
    is_ending: anyio.Event,
    counted: AbstractContextManager[None],
) -> AsyncIterator[ServerSentEvent]:
    listener = fanout.listen(channels, after=after)
    watch = asyncio.create_task(end_with(is_ending, listener))
    try:
        with counted:
            yield ServerSentEvent(event="hello", data="{}", retry=RETRY_MILLISECONDS)
            ends_at = time.monotonic() + STREAM_SECONDS
            while message := await asyncio.wait_for(listener.next(), ends_at - time.monotonic()):
                yield _to_event(message)
    except TimeoutError:
        return
    finally:
        watch.cancel()
        fanout.leave(listener)


@contextmanager
def _counted(open_streams: Counter[str], listening: str) -> Iterator[None]:
    open_streams[listening] += 1
    STREAMS.inc()
    try:
        yield
    finally:
        STREAMS.dec()
        open_streams[listening] -= 1
        if not open_streams[listening]:
            del open_streams[listening]


async def end_with(is_ending: anyio.Event, listener: Listener) -> None:
    """End the listener when the service stops, so that the answer ends as one that is whole."""
    await is_ending.wait()
    listener.offer(None)


def _to_event(message: Message) -> ServerSentEvent:
    name = "showcase" if message.channel == _SHOWCASE else "site"
    return ServerSentEvent(id=message.id, event=name, data=json.dumps(dict(message.values)))
