"""Who is asking: a bearer token, else the session in the browser's cookie, else nobody."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from backend.actions import sessions, tokens
from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.instants import SECOND
from backend.domain.sign_in import SESSION_LIFETIME
from backend.errors import Unauthenticated
from backend.gateways.languages import choose_language
from backend.web import csrf
from backend.web.cookies import drop_cookie, read_cookie, set_cookie

_COOKIE = "session"


def actor_of(request: Request) -> Actor | None:
    """Return who asks, None for a stranger. It is looked up once a request.

    Raises Unauthenticated for a bearer token that is unknown, has ended or was revoked.
    """
    if not hasattr(request.state, "actor"):
        request.state.actor = _find_actor(request)
    found: Actor | None = request.state.actor
    return found


def require_actor(request: Request, scope: Scope | None = None) -> Actor:
    """Return who asks, if they may.

    Raises Unauthenticated for a stranger, and Forbidden without the scope or when a browser's
    request that changes something has no CSRF token.
    """
    actor = actor_of(request)
    if actor is None:
        raise Unauthenticated("Nobody is signed in.", hint="Sign in, or send a bearer token.")
    if actor.is_session and request.method not in csrf.SAFE_METHODS:
        check_csrf(request)
    if scope is not None:
        actor.needs(scope)
    return actor


def csrf_token(request: Request) -> str:
    """Return the token for the forms of a page; '' where nobody is signed in.

    Forms before sign-in use `csrf.form_token`.
    """
    secret = session_secret(request)
    return csrf.session_token(request, secret) if secret else ""


def check_csrf(request: Request) -> None:
    """Raise Forbidden unless the request comes from a page of ours, with the session's token.

    Forms send it in the field `csrf_token`, scripts in the header `X-CSRF-Token`.
    """
    csrf.check_origin(request)
    given = getattr(request.state, "csrf_given", None) or request.headers.get(csrf.HEADER, "")
    csrf.check_session_token(request, session_secret(request) or "", given)


def session_secret(request: Request) -> str | None:
    """Return the secret in the browser's cookie, whether or not it still signs anybody in."""
    secret = (read_cookie(request, _COOKIE) or {}).get("secret")
    return secret if isinstance(secret, str) and secret else None


def keep_session(request: Request, response: Response, secret: str) -> Response:
    """Return the response with the cookie of a session that was just made."""
    seconds = SESSION_LIFETIME // SECOND
    set_cookie(request, response, _COOKIE, {"secret": secret}, seconds=seconds)
    return response


def drop_session(request: Request, response: Response) -> Response:
    """Return the response with the session's cookie taken away."""
    drop_cookie(request, response, _COOKIE)
    return response


def browser_of(request: Request) -> sessions.Browser:
    """Return the browser that is about to sign in."""
    return sessions.Browser(
        user_agent=request.headers.get("user-agent", "")[:500],
        secret=session_secret(request),
        language=language_of(request),
    )


def language_of(request: Request) -> str:
    """Return which of the languages of mails a request asks for first."""
    return choose_language(request.headers.get("accept-language", ""))


def _find_actor(request: Request) -> Actor | None:
    context: Context = request.app.state.context
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        actor = tokens.find_actor(context, token.strip())
        if actor is None:
            raise Unauthenticated(
                "The token is unknown, has ended or was revoked.",
                hint="Make a new one on your account page.",
            )
        return actor
    secret = session_secret(request)
    return sessions.find_actor(context, secret) if secret else None
