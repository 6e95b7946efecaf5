"""`POST /collect`, the hot path: bare ASGI that validates, queues, and answers when durable."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.actions.gates import Gates
from backend.actions.visitors import Visitors
from backend.domain.events import Event
from backend.domain.gates import Gate, origin_of
from backend.domain.instants import SECOND, Instant
from backend.domain.showcase import SiteStatus
from backend.errors import Forbidden, NotFound, ServiceError, TooMany
from backend.metrics import REQUEST_SECONDS, REQUESTS
from backend.web.client import (
    Headers,
    address_of,
    country_of,
    device_of,
    headers_of,
    is_bot,
    wants_no_tracking,
)
from backend.web.pings import BODY_BYTES, Ping, decode, to_event
from backend.web.problems import describe

COLLECT_PATH = "/collect"
EVENTS_PER_SECOND_VISITOR = 20
EVENTS_PER_SECOND_SITE = 5_000
UNKNOWN_KEYS_PER_SECOND = 20
"""Keys of no site that one address may have looked up."""
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
        self._context = context
        self._collector = collector
        self._gates = Gates(context)
        self._visitors = Visitors(context)
        self._rates = _Rates()
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
        gated = [(ping, await self._gate(ping, headers, address, now)) for ping in pings]
        # Robots and people who asked not to be counted get the answer that everybody gets.
        if wants_no_tracking(headers) or is_bot(user_agent):
            return 202
        if not self._visitors.is_ready(now):
            await run_in_threadpool(self._visitors.prepare, now)
        events = self._to_events(gated, address, headers, user_agent, now)
        if events:
            await self._collector.submit(events)
        return 202

    async def _gate(self, ping: Ping, headers: Headers, address: str, now: Instant) -> Gate:
        is_known, gate = self._gates.recall(ping.s, now)
        if not is_known:
            gate = await self._look_up(ping.s, f"?{address}", now)
        if gate is None:
            raise NotFound(f"No site has the key {ping.s}.", hint="Check data-site.")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin not in gate.origins or origin_of(ping.u) not in gate.origins:
            raise Forbidden(
                "The site does not allow pings from this origin.",
                hint="Add the origin to the site, or correct data-site.",
            )
        return gate

    async def _look_up(self, key: str, address: str, now: Instant) -> Gate | None:
        """Ask the database for a site, unless the address made up too many keys already."""
        self._rates.check(address, UNKNOWN_KEYS_PER_SECOND, now)
        gate = await run_in_threadpool(self._gates.look_up, key)
        if gate is None:
            self._rates.spend(address, UNKNOWN_KEYS_PER_SECOND, now)
        return gate

    def _to_events(
        self,
        gated: Sequence[tuple[Ping, Gate]],
        address: str,
        headers: Headers,
        user_agent: str,
        now: Instant,
    ) -> list[Event]:
        settings = self._context.settings
        country = None
        if settings.country_header:
            name = settings.country_header.lower().encode()
            country = country_of(headers.get(name, b"").decode("latin-1"))
        device = device_of(user_agent)
        events = []
        for ping, gate in gated:
            if gate.status is SiteStatus.SUSPENDED:
                continue
            visitor = self._visitors.hash_today(gate.site, address, user_agent, now)
            self._rates.spend(f"{gate.site}{visitor}", EVENTS_PER_SECOND_VISITOR, now)
            self._rates.spend(gate.site, EVENTS_PER_SECOND_SITE, now)
            events.append(
                to_event(
                    ping,
                    gate,
                    visitor=visitor,
                    shared_by=self._visitors.identify(gate.site, address, user_agent, now)
                    if ping.t == "share"
                    else None,
                    now=now,
                    device=device,
                    country=country,
                )
            )
        return events


class _Rates:
    """Events a second, by key. A fixed window in one dict: the shared limiter that the rest of
    the service uses costs as much as the whole request.
    """

    def __init__(self) -> None:
        self._second = 0
        self._spent: dict[str, int] = {}

    def spend(self, key: str, limit: int, now: Instant) -> None:
        """Count one event. Raises TooMany when the second's share is spent."""
        spent = self._of(now)
        number = spent.get(key, 0)
        if number >= limit:
            raise TooMany("Too many events in this second.", retry_after=1)
        spent[key] = number + 1

    def check(self, key: str, limit: int, now: Instant) -> None:
        """Raise TooMany when the second's share is spent."""
        if self._of(now).get(key, 0) >= limit:
            raise TooMany("Too many events in this second.", retry_after=1)

    def _of(self, now: Instant) -> dict[str, int]:
        second = now // SECOND
        if second != self._second:
            self._second = second
            self._spent = {}
        return self._spent


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
