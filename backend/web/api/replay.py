"""`Idempotency-Key`: the same POST again gets the first one's answer and does nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from backend.actions.context import Context
from backend.actions.idempotency import forget, recall, remember
from backend.domain.actors import Actor
from backend.errors import Invalid

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def answer_once(
    request: Request,
    actor: Actor,
    body: bytes,
    answer: Callable[[], Response],
    *,
    secrets: Collection[str] = (),
) -> Response:
    """Return `answer()`, or the answer that the request's key got before.

    The members `secrets` of an answer are not kept: they are null when it is given again.

    Raises Conflict when the key was used for another request, or its first one still runs. An
    answer that is an error is not kept: the same key may try again.
    """
    context: Context = request.app.state.context
    key = request.headers.get(HEADER)
    if key is None:
        return answer()
    if not _KEY.fullmatch(key):
        raise Invalid(f"{HEADER} must be 1 to 255 visible characters.", field=HEADER)
    route = f"{request.method} {request.scope['path']}"
    digest = hashlib.sha256(body).hexdigest()
    earlier = recall(context, actor, key=key, route=route, digest=digest)
    if earlier is not None:
        return Response(earlier.body, earlier.status, media_type="application/json")
    try:
        response = answer()
    except BaseException:
        forget(context, actor, key)
        raise
    kept = _without(secrets, bytes(response.body))
    remember(context, actor, key, status=response.status_code, body=kept.decode())
    return response


def _without(secrets: Collection[str], body: bytes) -> bytes:
    """Return an answer without what only its first reader may see."""
    if not secrets:
        return body
    return msgspec.json.encode(msgspec.json.decode(body) | dict.fromkeys(secrets))
