"""The settings, and the forms in them: each changes one thing and comes back to its place."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import accounts, erasure, exports, profiles, sessions, tokens
from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.profiles import ProfileDraft
from backend.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LimitReached,
)
from backend.web.dashboard.frame import render_dashboard
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account_view import Problem, list_profile_sites, view_account
from backend.web.signed_in import (
    actor_of,
    drop_session,
    require_actor,
    session_secret,
)

PAGE = "/dashboard/settings"
FORMS = "/dashboard"
CHANGE_RATE = "120/hour"
EXPORT_RATE = "10/hour"

Change = Callable[[Context, Actor, Form], None]


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its forms."""
    changes: dict[str, tuple[str, Change]] = {
        "profile": ("profile", _rename),
        "github/forget": ("profile", _forget_github),
        "public-profile": ("public", _save_profile),
        "tokens/revoke": ("tokens", _revoke_token),
        "sessions/revoke": ("sessions", _revoke_session),
    }
    change_limit = limited("account", CHANGE_RATE, by="account")
    return [
        Route(PAGE, _show, methods=["GET"]),
        *(
            Route(f"{FORMS}/{path}", change_limit(_changing(part, change)), methods=["POST"])
            for path, (part, change) in changes.items()
        ),
        Route(f"{FORMS}/tokens", change_limit(form_endpoint(_make_token)), methods=["POST"]),
        Route(
            f"{FORMS}/sessions/revoke-others",
            change_limit(form_endpoint(_revoke_others)),
            methods=["POST"],
        ),
        Route(
            f"{FORMS}/export",
            limited("export", EXPORT_RATE, by="account")(_export),
            methods=["GET"],
        ),
        Route(f"{FORMS}/erase", change_limit(form_endpoint(_erase)), methods=["POST"]),
    ]


def _show(request: Request) -> Response:
    if actor_of(request) is None:
        return RedirectResponse("/sign-in", status_code=303)
    return _page(request, page_owner(request))


def _page(
    request: Request, actor: Actor, *, secret: str = "", problem: Problem | None = None
) -> Response:
    return render_dashboard(
        request,
        actor,
        "dashboard/settings.html",
        view_account(request, actor, secret=secret, problem=problem),
        title="Settings",
        is_live=False,
        status=status_of(problem.error) if problem else 200,
    )


def _changing(part: str, change: Change) -> Callable[..., object]:
    """Return the endpoint of a form: `change`, then back to the page's section `part`.

    What the owner can put right is said on the page, beside the form.
    """

    def handle(request: Request, form: Form) -> Response:
        actor = page_owner(request)
        try:
            change(_context(request), actor, form)
        except (Invalid, Conflict, LimitReached) as error:
            return _page(request, actor, problem=Problem(error=error, form=part, typed=form))
        return _back(part)

    return form_endpoint(handle)


def _rename(context: Context, actor: Actor, form: Form) -> None:
    accounts.rename(context, actor, form.get("name"))


def _forget_github(context: Context, actor: Actor, _form: Form) -> None:
    accounts.unlink_github(context, actor)


def _save_profile(context: Context, actor: Actor, form: Form) -> None:
    """Store the public profile; sites that the form does not list stay as they were."""
    listed = {site.id for site in list_profile_sites(context, actor)}
    ticked = frozenset(form.get_all("hidden"))
    kept = profiles.get_profile(context, actor).hidden - listed
    draft = ProfileDraft(
        handle=form.get("handle"),
        name=form.get("name"),
        text=form.get("text", 2_000),
        links=tuple(form.get("links", 2_000).split()),
        is_public=bool(form.get("is_public")),
        shows_achievements=bool(form.get("shows_achievements")),
        hidden=ticked | kept,
    )
    profiles.save_profile(context, actor, draft)


def _revoke_token(context: Context, actor: Actor, form: Form) -> None:
    tokens.revoke_token(context, actor, form.get("token"))


def _revoke_session(context: Context, actor: Actor, form: Form) -> None:
    sessions.revoke_session(context, actor, form.get("session"))


def _revoke_others(request: Request, _form: Form) -> Response:
    actor = page_owner(request)
    sessions.revoke_sessions(_context(request), actor, but_secret=session_secret(request))
    return _back("sessions")


def _make_token(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    try:
        made = tokens.make_token(
            _context(request),
            actor,
            name=form.get("name"),
            scopes=form.get_all("scope"),
            days=_read_days(form.get("days")),
        )
    except (Invalid, LimitReached) as error:
        return _page(request, actor, problem=Problem(error=error, form="tokens"))
    return _page(request, actor, secret=made.secret)


def _read_days(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isascii() or not text.strip().isdecimal() or len(text) > 5:
        raise Invalid("That is not a number of days.", field="days", hint="Or choose no end.")
    return int(text)


def _export(request: Request) -> Response:
    actor = page_owner(request)
    return Response(
        exports.export_account(_context(request), actor),
        media_type="application/zip",
        headers={
            "Content-Disposition": 'attachment; filename="4site-account.zip"',
            "Cache-Control": "no-store",
        },
    )


def _erase(request: Request, form: Form) -> Response:
    actor, context = page_owner(request), _context(request)
    try:
        _confirm(context, actor, form.get("email"))
    except Invalid as error:
        return _page(request, actor, problem=Problem(error=error, form="erase"))
    erasure.erase_account(context, actor)
    return drop_session(request, RedirectResponse("/", status_code=303))


def _confirm(context: Context, actor: Actor, typed: str) -> None:
    """Raise Invalid unless the owner typed the address of the account that is to go."""
    person = accounts.get_account(context, actor).person
    if person is None or not person.address.is_same_mailbox(typed.strip()):
        raise Invalid(
            "That is not the address of this account.",
            field="email",
            hint="Type the address that you sign in with.",
        )


def page_owner(request: Request) -> Actor:
    """Return the signed-in owner; the page is for people, so a token does not open it."""
    actor = require_actor(request, Scope.ACCOUNT_READ)
    if not actor.is_session:
        raise Forbidden("A token does not open this page.", hint="Sign in with a browser.")
    return actor


def _back(part: str) -> Response:
    return RedirectResponse(f"{PAGE}#Account-{part}", status_code=303)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
