"""Signed cookies: what a browser keeps for us and cannot change."""

from __future__ import annotations

import hashlib

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from backend.actions.context import Context

_LONGEST = 2_000


def read_cookie(request: Request, name: str) -> dict[str, object] | None:
    """Return the values of our cookie `name`; None when it is absent or was not signed by us."""
    context: Context = request.app.state.context
    text = request.cookies.get(_full_name(context, name), "")
    if not text or len(text) > _LONGEST:
        return None
    try:
        values = _serializer(context, name).loads(text)
    except BadSignature:
        return None
    return values if isinstance(values, dict) else None


def set_cookie(
    request: Request,
    response: Response,
    name: str,
    values: dict[str, object],
    *,
    seconds: int | None = None,
) -> None:
    """Have the browser keep `values` under our cookie `name`, until it is closed or `seconds`.

    Scripts never see it, and other sites' forms do not carry it. Over TLS the `__Host-` prefix
    keeps other hosts of the domain from planting one.
    """
    context: Context = request.app.state.context
    response.set_cookie(
        _full_name(context, name),
        str(_serializer(context, name).dumps(values)),
        max_age=seconds,
        path="/",
        secure=context.settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Have the browser forget our cookie `name`."""
    context: Context = request.app.state.context
    response.delete_cookie(
        _full_name(context, name),
        path="/",
        secure=context.settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def _full_name(context: Context, name: str) -> str:
    return f"__Host-foursite_{name}" if context.settings.is_secure else f"foursite_{name}"


def _serializer(context: Context, name: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        context.secret,
        salt=f"cookie {name}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
