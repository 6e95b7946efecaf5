"""What stands around every page of an operator: who may open it, and the sections of their role.

Whoever may not open a page gets the answer of an address where nothing is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.domain.actors import Actor, Role
from backend.errors import Forbidden, NotFound
from backend.web.dashboard.filters import Filter
from backend.web.dashboard.frame import render_dashboard
from backend.web.forms import Endpoint, Form, form_endpoint
from backend.web.signed_in import actor_of

REVIEWER, FINANCE, SUPPORT = Role.REVIEWER, Role.FINANCE, Role.SUPPORT
EVERY = (REVIEWER, FINANCE, SUPPORT)
"""Every operator; administrators need not be named, they have every role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    path: str
    words: str
    roles: tuple[Role, ...]


_PARTS = (
    _Part(path="/admin", words="Home", roles=EVERY),
    _Part(path="/admin/fraud", words="Fraud", roles=(REVIEWER,)),
    _Part(path="/admin/payouts", words="Payouts", roles=(FINANCE,)),
    _Part(path="/admin/plans", words="Plans", roles=(FINANCE,)),
    _Part(path="/admin/disputes", words="Disputes", roles=(FINANCE,)),
    _Part(path="/admin/people", words="People", roles=EVERY),
    _Part(path="/admin/sites", words="Sites", roles=EVERY),
    _Part(path="/admin/flags", words="Flags", roles=()),
    _Part(path="/admin/jobs", words="Jobs", roles=()),
    _Part(path="/admin/checks", words="Checks", roles=(FINANCE,)),
    _Part(path="/admin/audit", words="Audit", roles=()),
)

Show = Callable[[Request, Actor], Response]
Take = Callable[[Request, Actor, Form], Response]


def admin_page(*roles: Role) -> Callable[[Show], Callable[[Request], Response]]:
    """Return a decorator that makes the endpoint of a page for administrators and `roles`.

    Strangers are sent to sign in; everybody else is told that there is nothing (404).
    """

    def decorate(show: Show) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            actor = _operator(request, roles)
            return show(request, actor) if actor else RedirectResponse("/sign-in", status_code=303)

        return endpoint

    return decorate


def admin_form(*roles: Role) -> Callable[[Take], Endpoint]:
    """Return a decorator that makes the endpoint of a form (POST) for the same people.

    Its token was checked when the handler runs.
    """

    def decorate(take: Take) -> Endpoint:
        def handle(request: Request, form: Form) -> Response:
            actor = _operator(request, roles)
            if actor is None:
                return RedirectResponse("/sign-in", status_code=303)
            return take(request, actor, form)

        return form_endpoint(handle)

    return decorate


def render_admin(  # noqa: PLR0913  a page's own facts, each named
    request: Request,
    actor: Actor,
    template: str,
    view: object,
    *,
    title: str,
    chosen: Filter | None = None,
    status: int = 200,
) -> Response:
    """Return `templates/TEMPLATE` (`admin/home.html`), which extends `admin/base.html`."""
    return render_dashboard(
        request,
        actor,
        template,
        view,
        title=title,
        chosen=chosen,
        status=status,
        name="Administration",
        sections=tuple((part.path, part.words) for part in _PARTS if may(actor, *part.roles)),
    )


def may(actor: Actor, *roles: Role) -> bool:
    """Tell whether the actor is an administrator or has one of `roles`, and not by a token."""
    try:
        actor.needs_role(*roles)
    except Forbidden:
        return False
    return True


def _operator(request: Request, roles: tuple[Role, ...]) -> Actor | None:
    """Return who asks, None for a stranger. Raises NotFound for whoever may not."""
    actor = actor_of(request)
    if actor is None:
        return None
    if not may(actor, *roles):
        raise NotFound("There is nothing at this address.", hint="Check the address.")
    return actor
