"""`POST /collect`, the hot path: bare ASGI that validates, queues, and answers when durable."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.errors import ServiceError
from backend.metrics import REQUEST_SECONDS, REQUESTS
from backend.web.client import (
    Headers,
    address_of,
    country_of,
    headers_of,
    is_bot,
    wants_no_tracking,
)
from backend.web.intake import Intake
from backend.web.pings import BODY_BYTES, decode
from backend.web.problems import describe

COLLECT_PATH = "/collect"
_OPEN = (b"access-control-allow-origin", b"*")
_ACCEPTED: list[tuple[bytes, bytes]] = [_OPEN, (b"content-length", b"0")]
# Widgets need none; who sends `application/json` asks first, and may.
_PREFLIGHT = [
    _OPEN,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]


class Collect:
    """The endpoint. One instance a process."""

    def __init__(self, context: Context, collector: Collector) -> None:
        self.intake = Intake(context)
        self._context = context
        self._collector = collector
        self._country_header = (context.settings.country_header or "").lower().encode()
        self._seconds = REQUEST_SECONDS.labels(COLLECT_PATH)
        # Looking them up by labels each time costs 2 µs.
        self._counters: dict[tuple[str, int], Counter] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        try:
            status = await self._take(scope, receive)
        except (ServiceError, HTTPException) as error:
            status = await _refuse(send, error)
        else:
            await _respond(send, status, _PREFLIGHT if status == 204 else _ACCEPTED)
        self._counter(scope["method"], status).inc()
        self._seconds.observe(time.perf_counter() - began)

    def _counter(self, method: str, status: int) -> Counter:
        method = method if method in {"OPTIONS", "POST"} else "other"
        counter = self._counters.get((method, status))
        if counter is None:
            counter = REQUESTS.labels(COLLECT_PATH, method, str(status))
            self._counters[method, status] = counter
        return counter

    async def _take(self, scope: Scope, receive: Receive) -> int:
        if scope["method"] != "POST":
            if scope["method"] == "OPTIONS":
                return 204
            raise HTTPException(405, headers={"allow": "POST, OPTIONS"})
        pings = decode(await _read(receive))
        now = self._context.clock.now()
        headers = headers_of(scope["headers"])
        user_agent = headers.get(b"user-agent", b"").decode("latin-1")
        address = address_of(scope, self._context.settings.trusted_proxies)
        origin = headers.get(b"origin", b"").decode("latin-1")
        admitted = await self.intake.admit(pings, origin=origin, address=address, now=now)
        # Robots and people who asked not to be counted get the answer that everybody gets.
        if wants_no_tracking(headers) or is_bot(user_agent):
            return 202
        if not self.intake.is_ready(now):
            await self.intake.prepare(now)
        events = self.intake.make_events(
            admitted,
            address=address,
            user_agent=user_agent,
            country=self._country(headers),
            at=now,
            now=now,
        )
        if events:
            await self._collector.submit(events)
        return 202

    def _country(self, headers: Headers) -> str | None:
        name = self._country_header
        return country_of(headers.get(name, b"").decode("latin-1")) if name else None


async def _read(receive: Receive) -> bytes:
    """Return the body. Raises HTTPException when it is too long, or did not come to its end."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400)  # that nobody will read
        body += bytes(message.get("body", b""))
        if len(body) > BODY_BYTES:
            raise HTTPException(413)
        if not message.get("more_body"):
            return body


async def _refuse(send: Send, error: ServiceError | HTTPException) -> int:
    """Answer with the problem's details; return the status."""
    problem, more = describe(error)
    body = json.dumps(problem).encode()
    headers = [
        _OPEN,
        (b"content-type", b"application/problem+json"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
        *((name.encode(), value.encode()) for name, value in more.items()),
    ]
    status: int = problem["status"]
    await _respond(send, status, headers, body)
    return status


async def _respond(
    send: Send, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes = b""
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
