"""The pages in front of an account: sign-up, sign-in by mail or GitHub, sign-out.

A link from a mail shows a page with a button and changes nothing by itself: programs that look
at mails follow links before people do. GitHub's answer is the one GET that signs somebody in; it
is bound to the browser that asked.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import github, sessions, sign_in
from backend.actions.context import Context
from backend.actions.fraud_referrals import remember_network
from backend.domain.instants import MINUTE, SECOND, Instant
from backend.domain.referrals import fold_code
from backend.domain.sign_in import LINK_LIFETIME, Arrival
from backend.errors import Forbidden, Invalid, ServiceError
from backend.web.client import address_of
from backend.web.cookies import drop_cookie, read_cookie, set_cookie
from backend.web.csrf import form_token, keep_form_token
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.rendering import POLICY, render_page
from backend.web.signed_in import (
    actor_of,
    browser_of,
    drop_session,
    keep_session,
    language_of,
    session_secret,
)
from backend.web.touch_cookie import drop_touch, read_touch

ACCOUNT_PAGE = "/dashboard"
ASKING_RATE = "20/hour"
"""Mails that one address on the network may have sent."""
FOLLOWING_RATE = "60/hour"
_OAUTH = "oauth"
_OAUTH_LIFETIME = 10 * MINUTE
_EMAIL_CHARACTERS, _NAME_CHARACTERS, _CODE_CHARACTERS = 254, 100, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """What `sign_in.html` shows; `problem_field` says which field the problem is about."""

    is_sign_up: bool
    csrf_token: str
    has_github: bool
    email: str = ""
    name: str = ""
    code: str = ""
    offered: str = ""
    """The code that the address of the page brought along."""
    problem: str = ""
    hint: str = ""
    problem_field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMailView:
    """What `check_mail.html` shows."""

    email: str
    minutes: int
    is_console: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What `sign_in_link.html` shows."""

    email: str
    is_new: bool
    csrf_token: str
    action: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes; those that send mail or try secrets have limits of their own."""
    ask = limited("sign-in", ASKING_RATE)(form_endpoint(_ask, is_public=True))
    follow = limited("sign-in-link", FOLLOWING_RATE)(form_endpoint(_follow, is_public=True))
    start = limited("github", FOLLOWING_RATE)(form_endpoint(_start_github, is_public=True))
    finish = limited("github-callback", FOLLOWING_RATE)(_finish_github)
    show_link = limited("sign-in-page", FOLLOWING_RATE)(_show_link)
    return [
        Route("/sign-up", _show, methods=["GET"]),
        Route("/sign-up", ask, methods=["POST"]),
        Route("/sign-in", _show, methods=["GET"]),
        Route("/sign-in", ask, methods=["POST"]),
        Route("/sign-in/{secret}", show_link, methods=["GET"]),
        Route("/sign-in/{secret}", follow, methods=["POST"]),
        Route("/auth/github", start, methods=["POST"]),
        Route("/auth/github/callback", finish, methods=["GET"]),
        Route("/sign-out", form_endpoint(_sign_out), methods=["POST"]),
    ]


def _show(request: Request) -> Response:
    if actor_of(request) is not None:
        return RedirectResponse(ACCOUNT_PAGE, status_code=303)
    code = request.query_params.get("code", "")[:_CODE_CHARACTERS]
    return _page(request, Form(pairs=(("code", code), ("offered", code))))


def _page(request: Request, form: Form, problem: ServiceError | None = None) -> Response:
    """Return the sign-up or sign-in page with what was filled in, and with what is wrong."""
    context = _context(request)
    is_sign_up = request.scope["path"] == "/sign-up"
    view = SignInView(
        is_sign_up=is_sign_up,
        csrf_token=form_token(request),
        has_github=github.offers_github(context),
        email=form.get("email")[:_EMAIL_CHARACTERS],
        name=form.get("name")[:_NAME_CHARACTERS],
        code=form.get("code")[:_CODE_CHARACTERS],
        offered=form.get("offered")[:_CODE_CHARACTERS],
        problem=problem.message if problem else "",
        hint=problem.hint if problem else "",
        problem_field=problem.field if isinstance(problem, Invalid) else "",
    )
    response = render_page(
        request,
        "sign_in.html",
        view,
        title="Sign up" if is_sign_up else "Sign in",
        description="A link by mail lets you in; there is no password.",
        status=status_of(problem) if problem else 200,
        policy=_policy(context),
    )
    return keep_form_token(request, response)


def _policy(context: Context) -> str:
    """Return the page's policy: browsers hold a form's target against what it redirects to."""
    parts = urlsplit(context.settings.github_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")


def _ask(request: Request, form: Form) -> Response:
    context = _context(request)
    try:
        email = form.get("email", _EMAIL_CHARACTERS)
        name = form.get("name", _NAME_CHARACTERS)
        arrival = _arrival(request, form.get("code", _CODE_CHARACTERS), form.get("offered"))
        sign_in.request_link(
            context, email=email, name=name, arrival=arrival, language=language_of(request)
        )
    except Invalid as error:
        return _page(request, form, error)
    view = CheckMailView(
        email=email.strip(),
        minutes=LINK_LIFETIME // MINUTE,
        is_console=context.settings.smtp_url is None,
    )
    return render_page(request, "check_mail.html", view, title="Look into your mail")


def _show_link(request: Request) -> Response:
    link = sign_in.preview_link(_context(request), request.path_params["secret"])
    view = LinkView(
        email=link.email,
        is_new=link.is_new,
        csrf_token=form_token(request),
        action=request.scope["path"],
    )
    response = render_page(request, "sign_in_link.html", view, title="Sign in")
    # The address of this page signs in: it leaves with no request, not even to ourselves.
    response.headers["Referrer-Policy"] = "strict-origin"
    return keep_form_token(request, response)


def _follow(request: Request, _form: Form) -> Response:
    secret = request.path_params["secret"]
    made = sign_in.follow_link(_context(request), secret, browser_of(request))
    return _let_in(request, made)


def _start_github(request: Request, form: Form) -> Response:
    context = _context(request)
    departure = github.depart(context)
    kept: dict[str, object] = {
        "state": departure.state,
        "verifier": departure.verifier,
        "code": form.get("code")[:_CODE_CHARACTERS],
        "offered": form.get("offered")[:_CODE_CHARACTERS],
        "until": context.clock.now() + _OAUTH_LIFETIME,
    }
    response = RedirectResponse(departure.url, status_code=303)
    set_cookie(request, response, _OAUTH, kept, seconds=_OAUTH_LIFETIME // SECOND)
    return response


def _finish_github(request: Request) -> Response:
    try:
        response = _enter_with_github(request)
    except ServiceError as error:
        response = _page(request, Form(pairs=()), error)
    drop_cookie(request, response, _OAUTH)
    return response


def _enter_with_github(request: Request) -> Response:
    context = _context(request)
    kept = read_cookie(request, _OAUTH) or {}
    given = request.query_params.get("state", "")
    is_ours = hmac.compare_digest(str(kept.get("state", "")).encode(), given.encode())
    if not given or not is_ours:
        raise Forbidden("This sign-in was not started in this browser.", hint=_AGAIN)
    until = kept.get("until")
    if not isinstance(until, int) or Instant(until) <= context.clock.now():
        raise Invalid("The sign-in at GitHub took too long.", hint=_AGAIN)
    code = request.query_params.get("code", "")
    if not code:
        raise Forbidden("GitHub did not sign you in.", hint="Try again, or sign in by mail.")
    made = github.arrive(
        context,
        code=code,
        verifier=str(kept.get("verifier", "")),
        arrival=_arrival(request, str(kept.get("code", "")), str(kept.get("offered", ""))),
        browser=browser_of(request),
    )
    return _let_in(request, made)


def _let_in(request: Request, made: sessions.SignedIn) -> Response:
    response = RedirectResponse(ACCOUNT_PAGE, status_code=303)
    if made.is_new:
        context = _context(request)
        address = address_of(request.scope, context.settings.trusted_proxies)
        remember_network(context, made.account.id, address)
        drop_touch(request, response)
    return keep_session(request, response, made.secret)


def _sign_out(request: Request, _form: Form) -> Response:
    secret = session_secret(request)
    if secret is not None:
        sessions.sign_out(_context(request), secret)
    return drop_session(request, RedirectResponse("/", status_code=303))


_AGAIN = "Start again on this page."


def _arrival(request: Request, code: str, offered: str) -> Arrival:
    """Return how somebody came here.

    A code that the page's address brought is a link that was followed; any other in the form
    was typed in.
    """
    given = fold_code(code)
    is_typed = bool(given) and given != fold_code(offered)
    return Arrival(code=given or None, is_typed=is_typed, touch=read_touch(request))


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
