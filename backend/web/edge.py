"""`POST /collect/edge`: the visits of many visitors in one request that an edge signs.

The edge has answered the visitors already. What it passes on goes through the same checks as at
`/collect`, visit by visit, so that one that is refused takes no other with it; the answer says of
each what became of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
from collections.abc import Awaitable, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.domain.instants import DAY, MINUTE, Instant
from backend.errors import Forbidden, Invalid, NotFound, ServiceError
from backend.web.client import country_of, is_bot
from backend.web.intake import Intake
from backend.web.pings import BODY_BYTES, decode
from backend.web.problems import describe

EDGE_PATH = "/collect/edge"
ENVELOPE_BYTES = 512 * 1024
VISITS = 200
CLOCK_DIFFERENCE = 5 * MINUTE
"""How far the edge's clock may be off, and how long a signed request stays good."""
LATEST = DAY
"""How old a visit may be when it arrives: the salts of the day before are still there then."""
SIGNATURE_HEADER = "foursite-signature"

_MILLISECOND = 1_000
_ACCEPTED: dict[str, Any] = {"status": 202}


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One body as a visitor sent it, and what came with it. `at` is in milliseconds since 1970."""

    address: Annotated[str, Meta(max_length=45)]
    user_agent: Annotated[str, Meta(max_length=2048)]
    origin: Annotated[str, Meta(max_length=300)]
    at: Annotated[int, Meta(ge=0, le=10**14)]
    pings: msgspec.Raw
    country: Annotated[str, Meta(max_length=2)] | None = None


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed. `sent_at` is in milliseconds since 1970, new for each attempt."""

    sent_at: Annotated[int, Meta(ge=0, le=10**14)]
    visits: Annotated[list[Visit], Meta(min_length=1, max_length=VISITS)]


_ENVELOPE = msgspec.json.Decoder(Envelope)


def routes(context: Context, intake: Intake, collector: Collector) -> list[BaseRoute]:
    """Return the route of edges; without a secret there is none to be found."""
    secret = (context.settings.edge_secret or "").encode()

    async def take(request: Request) -> Response:
        if not secret:
            raise NotFound(
                "This service takes nothing from an edge.", hint="Set FOURSITE_EDGE_SECRET."
            )
        body = await _read(request)
        now = context.clock.now()
        visits = open_envelope(secret, body, request.headers.get(SIGNATURE_HEADER, ""), now)
        results = [await _submit(intake, collector, visit, now) for visit in visits]
        return JSONResponse({"results": await asyncio.gather(*map(_settle, results))})

    return [Route(EDGE_PATH, take, methods=["POST"])]


def open_envelope(secret: bytes, body: bytes, signature: str, now: Instant) -> Sequence[Visit]:
    """Return what an edge sent. Raises Forbidden when it cannot be from ours, or is too old."""
    expected = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise Forbidden(
            "The signature is not of this body.",
            hint="Give service and edge the same FOURSITE_EDGE_SECRET.",
        )
    try:
        envelope = _ENVELOPE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            f"The body is not what an edge sends: {error}.", hint="Deploy the newest worker."
        ) from error
    if abs(now - envelope.sent_at * _MILLISECOND) > CLOCK_DIFFERENCE:
        raise Forbidden("The request was not sent just now.", hint="Set the clocks right.")
    return envelope.visits


async def _submit(
    intake: Intake, collector: Collector, visit: Visit, now: Instant
) -> Awaitable[None] | ServiceError | None:
    """Queue a visit's events; return what is done when they are durable, or a refusal."""
    at = Instant(min(now, visit.at * _MILLISECOND))
    try:
        _check(visit, at, now)
        pings = decode(bytes(visit.pings))
        admitted = await intake.admit(pings, origin=visit.origin, address=visit.address, now=now)
        if is_bot(visit.user_agent):
            return None
        if not intake.is_ready(at):
            await intake.prepare(at)
        events = intake.make_events(
            admitted,
            address=visit.address,
            user_agent=visit.user_agent,
            country=country_of(visit.country or ""),
            at=at,
            now=now,
        )
        return collector.submit(events) if events else None
    except ServiceError as error:
        return error


def _check(visit: Visit, at: Instant, now: Instant) -> None:
    """Raise Invalid when an edge would not send this, or sends it too late."""
    if len(bytes(visit.pings)) > BODY_BYTES:
        raise Invalid("The pings are longer than a visitor's may be.", field="pings")
    if now - at > LATEST:
        raise Invalid("The visit was more than a day ago.", field="at")
    try:
        ipaddress.ip_address(visit.address)
    except ValueError as error:
        raise Invalid(f"{visit.address!r} is no address.", field="address") from error


async def _settle(result: Awaitable[None] | ServiceError | None) -> dict[str, Any]:
    """Return what the edge is told of one visit, once that is sure."""
    try:
        if isinstance(result, ServiceError):
            raise result
        if result is not None:
            await result
    except ServiceError as error:
        return describe(error)[0]
    return _ACCEPTED


async def _read(request: Request) -> bytes:
    """Return the body. Raises HTTPException when it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > ENVELOPE_BYTES:
            raise HTTPException(413)
    return bytes(body)
