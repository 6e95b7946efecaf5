"""One declaration an operation: from it come the route and its part of the OpenAPI description.

An operation names what it takes and gives as msgspec structs; the edge decodes strictly, calls
`run` in the thread pool, and encodes. Source of the conventions: RFC 9457 for problems, and the
draft "The Idempotency-Key HTTP Header Field".
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.errors import Invalid
from backend.web.api.replay import HEADER, answer_once
from backend.web.limits import check
from backend.web.signed_in import require_actor

PREFIX = "/api/v1"
BODY_BYTES = 64 * 1024
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller sends: unknown members are refused."""


class Output(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What a caller gets."""


class NoInput(Input, frozen=True):
    """Nothing may be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One decoded request. `actor` is None only for public operations."""

    context: Context
    actor: Actor | None
    path: Mapping[str, str]
    query: Any
    body: Any

    @property
    def owner(self) -> Actor:
        """The caller of an operation that has a scope."""
        assert self.actor is not None  # noqa: S101  such an operation is not run for a stranger
        return self.actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`path` is relative to the prefix, its `{parameters}` are described in `PARAMETERS`.

    `scope` None makes it public. `run` returns the result, a value of the type `result`, or None
    when there is nothing to give (`status` 204). `rate` is a limit of its own, a name and what one
    account may ask; `secrets` are the members of a result that nobody sees twice. `receive` takes
    a file as it comes in, in place of `run`; such requests are not among an account's calls a day.
    """

    method: Method
    path: str
    name: str
    summary: str
    tag: str
    scope: Scope | None
    run: Callable[[Call], object] = lambda _call: None
    receive: Callable[[Call, Request], Awaitable[None]] | None = None
    query: type[Input] = NoInput
    body: type[Input] | None = None
    body_bytes: int = BODY_BYTES
    result: Any = None
    status: int = 200
    rate: tuple[str, str] | None = None
    secrets: tuple[str, ...] = ()
    needs_key: bool = False
    """Whether an `Idempotency-Key` has to be sent, as for whatever moves money."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))


PARAMETERS: dict[str, str] = {
    "site": "^[0-9a-f]{32}$",
    "build": "^[0-9a-f]{32}$",
    "token": "^[0-9a-f]{32}$",
    "batch": "^[0-9a-f]{32}$",
    "payout": "^[0-9a-f]{32}$",
    "dispute": "^[0-9a-f]{32}$",
    "challenge": "^[0-9A-Za-z]{16}$",
    "account": "^[0-9a-f]{32}$",
    "share": "^[0-9A-Za-z_-]{11}$",
    "key": "^[0-9A-Za-z]{8,32}$",
    "release": "^[0-9a-f]{32}$",
    "digest": "^[0-9a-f]{64}$",
    "domain": r"^[a-z0-9.-]{1,253}$",
    "year": "^[0-9]{4}$",
    "period": "^(week|last-week|month|last-month|all)$",
}
"""The pattern of each path parameter."""


def make_routes(context: Context, operations: tuple[Operation, ...]) -> list[Route]:
    """Return one route a path; methods that nobody declared get 405 with `Allow`."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [
        Route(PREFIX + path, _Endpoint(context, methods).answer, methods=list(methods))
        for path, methods in by_path.items()
    ]


class _Endpoint:
    """Answers the requests of one path."""

    def __init__(self, context: Context, methods: Mapping[str, Operation]) -> None:
        self._context = context
        self._methods = methods

    async def answer(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        operation = self._methods[method]
        if operation.receive is not None:
            call = await run_in_threadpool(self._admit_file, operation, request)
            await operation.receive(call, request)
            return Response(status_code=operation.status)
        if operation.body_bytes > BODY_BYTES:  # nobody who may not gets to send that much
            await run_in_threadpool(require_actor, request, operation.scope)
        body = await _read(request, operation.body_bytes)
        return await run_in_threadpool(self._run, operation, request, body)

    def _admit_file(self, operation: Operation, request: Request) -> Call:
        actor = require_actor(request, operation.scope)
        path = _check_path(request)
        return Call(context=self._context, actor=actor, path=path, query=None, body=None)

    def _run(self, operation: Operation, request: Request, body: bytes) -> Response:
        actor = None if operation.scope is None else require_actor(request, operation.scope)
        if actor is not None and actor.calls_per_day is not None:
            check(request, "calls", f"{actor.calls_per_day}/day", by="account")
        if operation.needs_key and HEADER not in request.headers:
            raise Invalid(
                f"{HEADER} is missing.", field=HEADER, hint="Send one: this moves money, once."
            )
        if operation.rate is not None:
            name, rate = operation.rate
            check(request, name, rate, by="account")
        call = Call(
            context=self._context,
            actor=actor,
            path=_check_path(request),
            query=_decode_query(request, operation.query),
            body=_decode_body(body, operation.body),
        )
        if operation.method == "POST" and actor is not None:
            return answer_once(
                request,
                actor,
                body,
                lambda: _respond(operation, call),
                secrets=operation.secrets,
            )
        return _respond(operation, call)


def _respond(operation: Operation, call: Call) -> Response:
    result = operation.run(call)
    if result is None:
        return Response(status_code=operation.status)
    return Response(msgspec.json.encode(result), operation.status, media_type="application/json")


async def _read(request: Request, limit: int) -> bytes:
    """Return the body. Raises Invalid when it is longer than an operation takes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Invalid("The body is too long.", hint=f"Send at most {limit} bytes.")
    return bytes(body)


def _check_path(request: Request) -> dict[str, str]:
    values = {name: str(value) for name, value in request.path_params.items()}
    for name, value in values.items():
        if not re.fullmatch(PARAMETERS[name], value):
            raise Invalid(f"{value!r} is not a {name}.", field=name)
    return values


def _decode_query(request: Request, wanted: type[Input]) -> Input:
    pairs = request.query_params.multi_items()
    values = dict(pairs)
    if len(values) != len(pairs):
        raise Invalid("A parameter of the query stands there twice.", hint="Send each once.")
    if any("\0" in value for value in values.values()):
        raise Invalid("The query holds a character that no text has.", hint="Leave it out.")
    try:
        read = msgspec.convert(values, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"The query is not right: {error}.") from error
    # Converting takes the word "null" for none.
    for name in values:
        if getattr(read, name) is None:
            raise Invalid(f"{name!r} has no value.", field=name, hint="Leave it out.")
    return read


def _decode_body(body: bytes, wanted: type[Input] | None) -> Input | None:
    if wanted is None:
        if body:
            raise Invalid("This operation takes no body.")
        return None
    try:
        return msgspec.convert(_whole(msgspec.json.decode(body)), wanted)
    except RecursionError as error:
        raise Invalid("The body is too deep.", hint="Send JSON as described.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The body is not right: {error}.", hint="Send JSON as described.") from error


def _whole(value: Any) -> Any:
    """Return JSON with 205.0 as 205: to JSON they are the same number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return value
