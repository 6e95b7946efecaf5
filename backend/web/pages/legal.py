"""`/terms` and `/privacy`: what everybody agrees to, with the operator's name in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.domain.instants import DAY
from backend.domain.plans import HOLD
from backend.domain.retention import EVENT_DAYS, SHARE_DAYS
from backend.domain.sign_in import SESSION_LIFETIME
from backend.domain.visitors import SALTS_KEPT
from backend.web.pages.rendering import render_page

SHARED_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalView:
    """Who runs the service, and the numbers that both texts quote. '' is an operator unnamed."""

    operator: str
    contact: str
    event_days: int
    share_days: int
    salt_hours: int
    session_days: int
    hold_days: int


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of both pages."""
    settings = context.settings
    view = LegalView(
        operator=settings.operator_name or "",
        contact=settings.operator_contact or "",
        event_days=EVENT_DAYS,
        share_days=SHARE_DAYS,
        salt_hours=24 * SALTS_KEPT,
        session_days=SESSION_LIFETIME // DAY,
        hold_days=HOLD // DAY,
    )
    return [
        Route("/terms", _page(view, "terms.html", "Terms of use"), methods=["GET"]),
        Route("/privacy", _page(view, "privacy.html", "Privacy"), methods=["GET"]),
    ]


def _page(view: LegalView, template: str, title: str) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        return render_page(
            request,
            template,
            view,
            title=title,
            description=f"{title} of this service, in plain words.",
            shared_seconds=SHARED_SECONDS,
        )

    return show
