"""What happens around every request, in pure ASGI: ids, log, metrics, headers, bounds.

`/collect` goes past all of it: it answers thousands of times a second, what it must check it
checks itself, and its requests are not logged one by one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.actions.context import Context
from backend.domain.releases import MAX_FILE_LIST_BYTES
from backend.errors import TooMany
from backend.metrics import REQUEST_SECONDS, REQUESTS
from backend.web.limits import check_async

BODY_BYTES = 64 * 1024
"""The largest body of a request that is none of a widget's, a hook's or a release's."""
HOOK_BYTES = 5 * 1024 * 1024
"""The largest delivery of a webhook. GitHub's own bound is 25 MB; a push of more is one by hand."""
DEFAULT_RATE = "1200/minute"
"""What one address may ask of everything together."""
UNLIMITED = frozenset({"/healthz", "/readyz", "/metrics", "/collect/edge"})
"""What is asked by machines of ours. It is not logged request by request either."""
HSTS_SECONDS = 365 * 24 * 3600

Respond = Callable[[Request, Exception], Awaitable[Response]]
_LOG = structlog.get_logger("access")
_RELEASES_PATH = re.compile(r"/api/v1/sites/[0-9a-f]{32}/releases")
# Return files; both doors look at who asks before they read one.
_RETURNS_PATH = re.compile(r"/(?:api/v1/finance|admin)/payouts/[0-9a-z]{32}/returns")
RETURNS_BYTES = 9_000_000
_FILE_PATH = re.compile(_RELEASES_PATH.pattern + r"/[0-9a-f]{32}/files/[0-9a-f]{64}")
_SANE_ID = re.compile(rb"[0-9A-Za-z_.-]{8,64}")
_HEADERS: dict[bytes, bytes] = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"cross-origin-opener-policy": b"same-origin",
    # Whatever does not say that it may be kept is somebody's own.
    b"cache-control": b"no-store",
}


class Requests:
    """Gives each request an id, one line in the log, its metrics, and an answer to every fault."""

    def __init__(self, app: ASGIApp, *, context: Context, respond: Respond) -> None:
        self._app = app
        self._context = context
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = self._id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, noted)
            except Exception as error:
                _LOG.exception("request_failed", route=route_of(scope))
                if status:  # half of an answer is out: the connection has to end
                    raise
                response = await self._respond(Request(scope, receive), error)
                await response(scope, receive, noted)
            finally:
                _note(scope, status or 499, time.perf_counter() - began)

    def _id_of(self, scope: Scope) -> str:
        """Return the id that a proxy gave, when it can be trusted in a log, else a new one."""
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        if _SANE_ID.fullmatch(given):
            return str(given.decode("ascii"))
        return self._context.ids.random_bytes(10).hex()


class Protected:
    """Adds security headers that an answer does not set itself, and what is left of limits."""

    def __init__(self, app: ASGIApp, *, context: Context) -> None:
        self._app = app
        self._headers = dict(_HEADERS)
        if context.settings.is_secure:
            self._headers[b"strict-transport-security"] = b"max-age=%d" % HSTS_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _value in headers}
                headers += [pair for pair in self._headers.items() if pair[0] not in present]
                spent = scope.get("state", {}).get("spent")
                if spent is not None:
                    headers += spent.headers
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, protected)


class Bounded:
    """Refuses bodies over the limit, and addresses that ask too often."""

    def __init__(self, app: ASGIApp, *, context: Context, respond: Respond) -> None:
        self._app = app
        self._respond = respond
        self._file_bytes = context.settings.release_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            limit = _bound_of(scope, self._file_bytes)
            _check_length(scope, limit)
            await check_async(request, "all", DEFAULT_RATE)
        except (HTTPException, TooMany) as error:
            response = await self._respond(request, error)
            await response(scope, receive, send)
        else:
            await self._app(scope, _at_most(limit, receive), send)


def route_of(scope: Scope) -> str:
    """Return the template of the route that took the request; paths may hold secrets."""
    return str(getattr(scope.get("route"), "path", None) or "unmatched")


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = route_of(scope)
    method = scope["method"] if scope["method"] in _METHODS else "other"
    REQUESTS.labels(route, method, str(status)).inc()
    if route not in _ENDLESS:
        REQUEST_SECONDS.labels(route).observe(seconds)
    if route not in UNLIMITED:
        _LOG.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


_ENDLESS = frozenset({"/api/v1/stream"})  # they last as long as somebody listens
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _bound_of(scope: Scope, file_bytes: int) -> int:
    """Return how long the body of a request may be."""
    path: str = scope["path"]
    if scope["method"] == "PUT" and _FILE_PATH.fullmatch(path):
        return file_bytes
    if scope["method"] == "POST" and _RELEASES_PATH.fullmatch(path):
        return MAX_FILE_LIST_BYTES
    if scope["method"] == "POST" and _RETURNS_PATH.fullmatch(path):
        return RETURNS_BYTES
    return HOOK_BYTES if path.startswith("/hooks/") else BODY_BYTES


def _check_length(scope: Scope, limit: int) -> None:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if given.isdigit() and int(given[:20]) > limit:
        raise HTTPException(413)


def _at_most(limit: int, receive: Receive) -> Receive:
    """Return a `receive` that raises once a body without a length exceeds the limit."""
    taken = 0

    async def counted() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return counted
