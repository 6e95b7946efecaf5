"""Forged requests: a token in every form, and a look at where an unsafe request comes from.

Signed-in pages carry a token made from their session. Pages before sign-in carry one made from a
signed cookie of their own, so that nobody can sign a browser in to somebody else's account.
Requests with a bearer token need neither: no browser adds that by itself.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from backend.actions.context import Context
from backend.errors import Forbidden
from backend.web.cookies import read_cookie, set_cookie

FIELD = "csrf_token"
HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_COOKIE = "form"


def session_token(request: Request, secret: str) -> str:
    """Return the token of the pages that a session's secret opens."""
    return _derive(request, "session", secret)


def form_token(request: Request) -> str:
    """Return the token of a page before sign-in; `keep_form_token` must see its response."""
    nonce = _nonce(request)
    if nonce is None:
        context: Context = request.app.state.context
        nonce = context.ids.random_bytes(16).hex()
        request.state.form_nonce = nonce
    return _derive(request, "form", nonce)


def keep_form_token(request: Request, response: Response) -> Response:
    """Return the response with the cookie that a token made for its page answers to."""
    nonce = getattr(request.state, "form_nonce", None)
    if nonce is not None:
        set_cookie(request, response, _COOKIE, {"nonce": nonce})
    return response


def check_session_token(request: Request, secret: str, given: str) -> None:
    """Raise Forbidden unless `given` is the token of this session."""
    _compare(session_token(request, secret), given)


def check_form_token(request: Request, given: str) -> None:
    """Raise Forbidden unless `given` is the token that this browser's form was sent with."""
    nonce = _nonce(request)
    if nonce is None:
        raise _expired()
    _compare(_derive(request, "form", nonce), given)


def check_origin(request: Request) -> None:
    """Raise Forbidden for a request that a browser sends for a page of another site.

    `Sec-Fetch-Site` decides where it is sent, `Origin` elsewhere. Programs send neither; for
    them the token alone decides.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        is_ours = site == "same-origin"
    elif origin is not None:
        is_ours = origin in _own_origins(request)
    else:
        is_ours = True
    if not is_ours:
        raise Forbidden(
            "The request comes from another site.", hint="Use the form on this service's own page."
        )


def _own_origins(request: Request) -> set[str]:
    """Return our own origin; without TLS also the one that was asked, such as localhost."""
    settings = request.app.state.context.settings
    base = urlsplit(settings.base_url)
    own = {f"{base.scheme}://{base.netloc}"}
    return own if settings.is_secure else own | {f"http://{request.headers.get('host', '')}"}


def _nonce(request: Request) -> str | None:
    made = getattr(request.state, "form_nonce", None)
    kept = (read_cookie(request, _COOKIE) or {}).get("nonce")
    found = made if made is not None else kept
    return found if isinstance(found, str) else None


def _derive(request: Request, purpose: str, text: str) -> str:
    context: Context = request.app.state.context
    message = f"csrf {purpose}\0{text}".encode()
    return hmac.new(context.secret, message, hashlib.sha256).hexdigest()


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise _expired()


def _expired() -> Forbidden:
    return Forbidden(
        "This form is out of date.", hint="Go back, load the page again and repeat what you did."
    )
