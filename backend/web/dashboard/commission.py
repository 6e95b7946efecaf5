"""`/dashboard/earnings/PAYMENT-LEVEL`: why a commission is what it is, and a way to dispute it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import disputes
from backend.actions.context import Context
from backend.actions.disputes import Opening
from backend.actions.earning_stories import tell_story
from backend.domain.actors import Actor
from backend.domain.disputes import DisputeKind
from backend.errors import Conflict, Invalid, LimitReached, NotFound, ServiceError
from backend.web.dashboard.commission_view import title_of, view_story
from backend.web.dashboard.dispute_views import said_in, typed_in
from backend.web.dashboard.earnings import PAGE, read_id
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import page_owner
from backend.web.signed_in import csrf_token

DISPUTE_RATE = "30/hour"


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its form."""
    limit = limited("disputes", DISPUTE_RATE, by="account")
    path = f"{PAGE}/{{commission}}"
    return [
        Route(path, owner_page(_show), methods=["GET"]),
        Route(path, limit(form_endpoint(_dispute)), methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor)


def _dispute(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    payment, _level = _named(request)
    text, link = said_in(form)
    try:
        opening = Opening(
            kind=DisputeKind.COMMISSION,
            payment=payment,
            text=text,
            link=link,
        )
        opened = disputes.open_dispute(request.app.state.context, actor, opening)
    except (Invalid, Conflict, LimitReached) as error:
        return _page(request, actor, form=form, problem=error)
    return RedirectResponse(f"{PAGE}/disputes/{opened.id}", status_code=303)


def _named(request: Request) -> tuple[str, int]:
    found = read_id(str(request.path_params["commission"]))
    if found is None:
        raise NotFound("You have no such commission.")
    return found


def _page(
    request: Request,
    actor: Actor,
    *,
    form: Form | None = None,
    problem: ServiceError | None = None,
) -> Response:
    context: Context = request.app.state.context
    payment, level = _named(request)
    story = tell_story(context, actor, payment, level)
    return render_dashboard(
        request,
        actor,
        "dashboard/commission.html",
        view_story(story, typed_in(form, problem), csrf_token(request)),
        title=title_of(story),
        status=status_of(problem) if problem else 200,
        section=PAGE,
    )
