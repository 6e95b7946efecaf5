"""`/dashboard/earnings/disputes`: what the owner disputes, what was said, and how it ended."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import disputes, payouts
from backend.actions.context import Context
from backend.actions.disputes import Opening
from backend.domain.actors import Actor
from backend.domain.disputes import (
    UNDECIDED,
    Dispute,
    DisputeKind,
    DisputeState,
    Message,
)
from backend.domain.instants import to_datetime
from backend.errors import Conflict, Invalid, LimitReached, ServiceError
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.commission import DISPUTE_RATE
from backend.web.dashboard.dispute_views import (
    KINDS,
    STATES,
    DisputeLine,
    MessageView,
    Typed,
    line_of,
    said_in,
    typed_in,
    view_messages,
)
from backend.web.dashboard.earnings import PAGE as EARNINGS
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import page_owner
from backend.web.signed_in import csrf_token

PAGE = f"{EARNINGS}/disputes"
SHOWN = 20
PAYOUTS = 12
_NOTHING = "None of your disputes is open"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputesView:
    """The list, and the form for what is not about one commission."""

    csrf_token: str
    disputes: tuple[DisputeLine, ...]
    older: str
    payouts: tuple[tuple[str, str], ...]
    chosen: str
    typed: Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A dispute with what was said. `commission` is the path of what it is about, '' for none."""

    csrf_token: str
    id: str
    kind: str
    state: str
    is_undecided: bool
    needs_evidence: bool
    about: str
    opened: datetime.datetime
    due: datetime.datetime | None
    decided: datetime.datetime | None
    reason: str
    messages: tuple[MessageView, ...]
    typed: Typed


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the list, of a dispute, and of their forms."""
    limit = limited("disputes", DISPUTE_RATE, by="account")
    one = f"{PAGE}/{{dispute}}"
    return [
        Route(PAGE, owner_page(_list), methods=["GET"]),
        Route(PAGE, limit(form_endpoint(_open)), methods=["POST"]),
        Route(one, owner_page(_show), methods=["GET"]),
        Route(f"{one}/evidence", limit(form_endpoint(_add)), methods=["POST"]),
        Route(f"{one}/withdraw", limit(form_endpoint(_withdraw)), methods=["POST"]),
    ]


def _list(request: Request, actor: Actor) -> Response:
    return _list_page(request, actor)


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor)


def _open(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    payout = form.get("payout", 32)
    text, link = said_in(form)
    try:
        opening = Opening(
            kind=DisputeKind.PAYOUT if payout else DisputeKind.ATTRIBUTION,
            payout=payout or None,
            text=text,
            link=link,
        )
        opened = disputes.open_dispute(_context(request), actor, opening)
    except (Invalid, Conflict, LimitReached) as error:
        return _list_page(request, actor, form=form, problem=error)
    return RedirectResponse(f"{PAGE}/{opened.id}", status_code=303)


def _add(request: Request, form: Form) -> Response:
    def work(context: Context, actor: Actor, dispute: str) -> None:
        disputes.add_evidence(context, actor, dispute, *said_in(form))

    return _changing(request, form, work)


def _withdraw(request: Request, form: Form) -> Response:
    def work(context: Context, actor: Actor, dispute: str) -> None:
        disputes.withdraw(context, actor, dispute)

    return _changing(request, form, work)


def _changing(
    request: Request, form: Form, work: Callable[[Context, Actor, str], None]
) -> Response:
    """Change a dispute and show it again; what cannot be is said on its page."""
    actor, dispute = page_owner(request), _id_of(request)
    try:
        work(_context(request), actor, dispute)
    except (Invalid, Conflict, LimitReached) as error:
        return _page(request, actor, form=form, problem=error)
    return RedirectResponse(f"{PAGE}/{dispute}", status_code=303)


def _list_page(
    request: Request,
    actor: Actor,
    *,
    form: Form | None = None,
    problem: ServiceError | None = None,
) -> Response:
    context = _context(request)
    before = request.query_params.get("before", "")[:32]
    found = disputes.list_own(context, actor, before=before, limit=SHOWN + 1)
    undecided = sum(one.state in UNDECIDED for one in found)
    view = DisputesView(
        csrf_token=csrf_token(request),
        disputes=tuple(line_of(one, "") for one in found[:SHOWN]),
        older=f"{PAGE}?before={found[SHOWN - 1].id}" if len(found) > SHOWN else "",
        payouts=tuple(
            (payout.id, f"{write_amount(payout.net, payout.currency)} to {payout.masked}")
            for payout, _method in payouts.list_own(context, actor, limit=PAYOUTS)
        ),
        chosen=form.get("payout", 32) if form else "",
        typed=typed_in(form, problem),
    )
    title = f"{undecided} of your disputes {_are(undecided)} open" if undecided else _NOTHING
    return render_dashboard(
        request,
        actor,
        "dashboard/disputes.html",
        view,
        title=title,
        status=status_of(problem) if problem else 200,
        section=EARNINGS,
    )


def _page(
    request: Request,
    actor: Actor,
    *,
    form: Form | None = None,
    problem: ServiceError | None = None,
) -> Response:
    dispute, said = disputes.get_own(_context(request), actor, _id_of(request))
    return render_dashboard(
        request,
        actor,
        "dashboard/dispute.html",
        _view(request, dispute, said, form, problem),
        title=f"{KINDS[dispute.kind]}: {STATES[dispute.state].lower()}",
        status=status_of(problem) if problem else 200,
        section=EARNINGS,
    )


def _view(
    request: Request,
    dispute: Dispute,
    said: list[Message],
    form: Form | None,
    problem: ServiceError | None,
) -> DisputeView:
    decided = dispute.decided_at
    return DisputeView(
        csrf_token=csrf_token(request),
        id=dispute.id,
        kind=KINDS[dispute.kind],
        state=STATES[dispute.state],
        is_undecided=dispute.state in UNDECIDED,
        needs_evidence=dispute.state is DisputeState.EVIDENCE,
        about=dispute.payment or dispute.payout or "",
        opened=to_datetime(dispute.opened_at),
        due=None if dispute.due_at is None else to_datetime(dispute.due_at),
        decided=None if decided is None else to_datetime(decided),
        reason=dispute.reason,
        messages=view_messages(said),
        typed=typed_in(form, problem),
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _id_of(request: Request) -> str:
    return str(request.path_params["dispute"])[:32]


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
