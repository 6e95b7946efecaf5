"""`POST /hooks/github/{key}`: GitHub says that somebody pushed; a build of the site is queued.

Source: GitHub's documentation, "Webhook events and payloads" (headers, `push`, `ping`) and
"Validating webhook deliveries" (the signature is over the bytes of the body).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.hooks import Push, find_hooked, take_push
from backend.errors import Invalid
from backend.web.limits import limited

HOOK_RATE = "120/minute"
"""What one address may send: all of GitHub's deliveries come from a few."""
_KEY = re.compile(r"[0-9A-Za-z]{8,32}")
_DELIVERY = re.compile(r"[0-9A-Za-z-]{8,64}")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


class _Repository(msgspec.Struct):
    full_name: str
    default_branch: str


class _Push(msgspec.Struct):
    """What is read of a `push`; GitHub sends much more."""

    ref: str
    after: str
    deleted: bool
    repository: _Repository


def routes(context: Context) -> list[BaseRoute]:
    """Return the webhook's route."""

    @limited("hooks", HOOK_RATE)
    async def take(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_take, context, request, body)

    return [Route("/hooks/github/{key}", take, methods=["POST"])]


def _take(context: Context, request: Request, body: bytes) -> Response:
    key = str(request.path_params["key"])
    if not _KEY.fullmatch(key):
        raise Invalid("That is not the key of a site.", field="key")
    signature = request.headers.get("x-hub-signature-256", "")
    site = find_hooked(context, key, body, signature)
    event = request.headers.get("x-github-event", "")
    if event == "ping":
        return JSONResponse({"ignored": "it is a ping: the webhook works"}, 202)
    if event != "push":
        return JSONResponse({"ignored": "only pushes are built"}, 202)
    delivery = request.headers.get("x-github-delivery", "")
    if not _DELIVERY.fullmatch(delivery):
        raise Invalid("The delivery has no id.", field="X-GitHub-Delivery")
    build, reason = take_push(context, site, _read_push(request, body), delivery=delivery)
    if build is None:
        return JSONResponse({"ignored": reason}, 202)
    return JSONResponse({"build": build.id, "state": build.state.value}, 202)


def _read_push(request: Request, body: bytes) -> Push:
    """Read a push, sent as JSON or as a form with the JSON in its field `payload`."""
    try:
        read = msgspec.json.decode(_payload(request, body), type=_Push)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Invalid("The body is not a push.", hint="Choose application/json.") from error
    if not _COMMIT.fullmatch(read.after):
        raise Invalid("The body names no commit.", field="after")
    return Push(
        ref=read.ref,
        after=read.after,
        repository=read.repository.full_name,
        default_branch=read.repository.default_branch,
        is_deletion=read.deleted,
    )


def _payload(request: Request, body: bytes) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return body
    fields = parse_qs(body.decode("ascii"), max_num_fields=5)
    return fields.get("payload", [""])[0]
