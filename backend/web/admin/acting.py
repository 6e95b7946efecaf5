"""Forms of operators: one act each, then back to the page; what stops it is said on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.actions.context import Context
from backend.domain.actors import Actor, Role
from backend.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError, Unavailable
from backend.web.admin.frame import admin_form
from backend.web.forms import Endpoint, Form

Act = Callable[[Context, Actor, str, Form], None]
"""Does what a form says, to the row whose id is in the address ('' where there is none)."""
Show = Callable[[Request, Actor, ServiceError | None], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a page says about the form that was sent; '' where nothing is wrong."""

    message: str = ""
    hint: str = ""


def acting(*roles: Role, act: Act, show: Show, back: str) -> Endpoint:
    """Return the endpoint of a form. `back` is the page's path, with `{id}` where the id stands."""

    @admin_form(*roles)
    def endpoint(request: Request, actor: Actor, form: Form) -> Response:
        row = str(request.path_params.get("id", ""))
        try:
            act(request.app.state.context, actor, row, form)
        except (Invalid, Conflict, Forbidden, NotFound, Unavailable) as error:
            return show(request, actor, error)  # which raises NotFound where the page is not, too
        return RedirectResponse(back.replace("{id}", row), status_code=303)

    return endpoint


def problem_of(error: ServiceError | None) -> Problem:
    """Return what a page says about an error."""
    return Problem(message=error.message, hint=error.hint or "") if error else Problem()
