"""`POST /hooks/stripe`: Stripe says that something was paid, refunded, disputed or changed.

The signature is checked over the bytes as they came, before anything reads them. Source: Stripe's
documentation, "Receive Stripe events in your webhook endpoint".
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.provider_events import take_stripe
from backend.errors import Invalid
from backend.web.limits import limited

HOOK_RATE = "1200/minute"
"""What one address may send: all of Stripe's deliveries come from a few."""
EVENT_BYTES = 512 * 1024
SIGNATURE_CHARACTERS = 2_000


def routes(context: Context) -> list[BaseRoute]:
    """Return the webhook's route."""

    @limited("stripe", HOOK_RATE)
    async def take(request: Request) -> Response:
        body = await _read(request)
        signature = request.headers.get("stripe-signature", "")[:SIGNATURE_CHARACTERS]
        result = await run_in_threadpool(take_stripe, context, body, signature)
        answer = {"state": result.state.value, "reason": result.reason}
        return JSONResponse({name: text for name, text in answer.items() if text})

    return [Route("/hooks/stripe", take, methods=["POST"])]


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > EVENT_BYTES:
            raise Invalid("The event is too long.", hint=f"Send at most {EVENT_BYTES} bytes.")
    return bytes(body)
