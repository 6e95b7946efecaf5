"""What stands around every page of an owner or an operator: sections, the way out, the filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.actions.notifications import count_unread
from backend.domain.actors import Actor, Role, Scope
from backend.errors import Forbidden
from backend.web.dashboard.filters import Filter
from backend.web.pages.rendering import POLICY, render_page
from backend.web.signed_in import actor_of, csrf_token, require_actor

_OWNER = (
    ("/dashboard", "Overview"),
    ("/dashboard/earnings", "Earnings"),
    ("/dashboard/audience", "Audience"),
    ("/dashboard/referrals", "Referrals"),
    ("/dashboard/sites", "Sites"),
    ("/dashboard/rewards", "Rewards"),
    ("/dashboard/settings", "Settings"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A link of the frame's navigation. `current` is the value of `aria-current`, or ''."""

    path: str
    words: str
    current: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the frame shows. A live one renews itself when something happens."""

    name: str
    sections: tuple[Section, ...]
    csrf_token: str
    is_operator: bool
    unread: int
    is_live: bool
    filter: Filter | None


def owner_page(show: Callable[[Request, Actor], Response]) -> Callable[[Request], Response]:
    """Return the endpoint of a page that only its signed-in owner sees; others go and sign in."""

    def endpoint(request: Request) -> Response:
        if actor_of(request) is None:
            return RedirectResponse("/sign-in", status_code=303)
        actor = require_actor(request, Scope.ACCOUNT_READ)
        if not actor.is_session:
            raise Forbidden("A token does not open this page.", hint="Sign in with a browser.")
        return show(request, actor)

    return endpoint


def render_dashboard(  # noqa: PLR0913  a page's own facts, each named
    request: Request,
    actor: Actor,
    template: str,
    view: object,
    *,
    title: str,
    chosen: Filter | None = None,
    status: int = 200,
    section: str = "",
    policy: str = POLICY,
    is_live: bool = True,
    name: str = "Dashboard",
    sections: tuple[tuple[str, str], ...] = _OWNER,
) -> Response:
    """Return `templates/TEMPLATE` (`dashboard/overview.html`), which extends `dashboard/base.html`
    and sees what every page sees, and `frame`. `chosen` shows the filter; `section` is the path of
    the section that a page with another path belongs to; a page that is not live does not renew
    itself while somebody works on it.
    """
    path = request.scope["path"]
    frame = Frame(
        name=name,
        sections=tuple(
            Section(
                path=where,
                words=words,
                current="true" if where == section else _current(path, where, sections[0][0]),
            )
            for where, words in sections
        ),
        csrf_token=csrf_token(request),
        is_operator=actor.role is not Role.OWNER,
        unread=count_unread(request.app.state.context, actor),
        is_live=is_live and request.app.state.is_live,
        filter=chosen,
    )
    return render_page(
        request,
        template,
        view,
        title=title,
        status=status,
        is_signed_in=True,
        policy=policy,
        frame=frame,
    )


def _current(path: str, where: str, home: str) -> str:
    if path == where:
        return "page"
    return "true" if where != home and path.startswith(f"{where}/") else ""
