"""`/admin/disputes`: what owners dispute, what both sides said, and the decision."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import disputes
from backend.actions.context import Context
from backend.actions.disputes import Ruling
from backend.actions.people import name_accounts
from backend.actions.priority import list_first
from backend.domain.actors import Actor
from backend.domain.disputes import LONGEST_TEXT, UNDECIDED, Dispute, DisputeState
from backend.domain.instants import Instant, to_datetime
from backend.domain.money import parse_amount
from backend.errors import Invalid, ServiceError
from backend.web.admin.acting import acting, problem_of
from backend.web.admin.frame import FINANCE, admin_page, render_admin
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.dispute_views import (
    KINDS,
    STATES,
    DisputeLine,
    MessageView,
    Typed,
    line_of,
    typed_in,
    view_messages,
)
from backend.web.dashboard.earnings_words import LINES
from backend.web.dashboard.earnings_words import STATES as COMMISSION_STATES
from backend.web.dashboard.filters import Choice
from backend.web.errors import status_of
from backend.web.forms import Form

PAGE = "/admin/disputes"
SHOWN = 25
_ONE = f"{PAGE}/{{id}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputesView:
    """The list of a state; `first` are those that wait of people with priority."""

    first: tuple[DisputeLine, ...]
    disputes: tuple[DisputeLine, ...]
    states: tuple[Choice, ...]
    older: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedView:
    """The payment that a dispute is about, and what its owner earned of it."""

    at: datetime.datetime
    gross: str
    net: str
    plan: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A dispute for who decides it; nobody decides their own."""

    id: str
    account: str
    name: str
    state: str
    is_undecided: bool
    is_own: bool
    opened: datetime.datetime
    due: datetime.datetime | None
    decided: datetime.datetime | None
    decided_by: str
    reason: str
    given: str
    payment: str
    payout: str
    earned: EarnedView | None
    messages: tuple[MessageView, ...]
    typed: Typed
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the list, of a dispute, and of its forms."""
    return [
        Route(PAGE, admin_page(FINANCE)(_list), methods=["GET"]),
        Route(_ONE, admin_page(FINANCE)(_show), methods=["GET"]),
        Route(f"{_ONE}/ask", acting(FINANCE, act=_ask, show=_page, back=_ONE), methods=["POST"]),
        Route(
            f"{_ONE}/decide", acting(FINANCE, act=_decide, show=_page, back=_ONE), methods=["POST"]
        ),
    ]


def _list(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    wanted = request.query_params.get("state", "")
    if wanted and wanted not in set(DisputeState):
        raise Invalid(f"{wanted[:20]!r} is no state of a dispute.", field="state")
    state = DisputeState(wanted) if wanted else None
    before = request.query_params.get("before", "")[:32]
    found = disputes.list_all(context, actor, state=state, before=before, limit=SHOWN + 1)
    first = [] if before or wanted else list_first(context, actor)
    names = name_accounts(context, actor, [one.account for one in (*first, *found)])
    more = f"{PAGE}?state={wanted}&before={found[SHOWN - 1].id}" if len(found) > SHOWN else ""
    view = DisputesView(
        first=tuple(line_of(one, names.get(one.account, one.account)) for one in first),
        disputes=tuple(line_of(one, names.get(one.account, one.account)) for one in found[:SHOWN]),
        states=(
            Choice(value=PAGE, words="All", is_chosen=state is None),
            *(
                Choice(value=f"{PAGE}?state={one}", words=words, is_chosen=one is state)
                for one, words in STATES.items()
            ),
        ),
        older=more,
    )
    waiting = sum(one.state in UNDECIDED for one in found)
    return render_admin(request, actor, "admin/disputes.html", view, title=_title(waiting))


def _title(waiting: int) -> str:
    if not waiting:
        return "No dispute waits for a decision"
    return f"{waiting} dispute{' waits' if waiting == 1 else 's wait'} for a decision"


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor, None)


def _ask(context: Context, actor: Actor, dispute: str, form: Form) -> None:
    disputes.ask(context, actor, dispute, form.get("text", 4 * LONGEST_TEXT))


def _decide(context: Context, actor: Actor, dispute: str, form: Form) -> None:
    known, _said = disputes.get(context, actor, dispute)
    outcome = form.get("outcome", 20)
    if outcome not in {DisputeState.UPHELD, DisputeState.REJECTED}:
        raise Invalid("Say whether the dispute is upheld.", field="outcome")
    payment = known.payment or form.get("payment", 32).strip() or None
    ruling = Ruling(
        is_upheld=outcome == DisputeState.UPHELD,
        reason=form.get("reason"),
        amount=_amount(context, actor, known, payment, form.get("amount", 30).replace(",", "")),
        payment=payment,
    )
    disputes.decide(context, actor, dispute, ruling)


def _amount(context: Context, actor: Actor, known: Dispute, payment: str | None, text: str) -> int:
    """Return what is given in minor units of the payment's currency. Raises Invalid."""
    if not text.strip():
        return 0
    found = disputes.find_earned(context, actor, known.account, payment) if payment else None
    if found is None:
        raise Invalid(
            "Say which payment the amount is given for.",
            field="payment",
            hint="Its id has 32 letters and digits.",
        )
    return parse_amount(text, found[0].currency)


def _page(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    context: Context = request.app.state.context
    dispute, said = disputes.get(context, actor, str(request.path_params["id"])[:32])
    who = [one for one in (dispute.account, dispute.decided_by) if one]
    names = name_accounts(context, actor, who)
    problem = problem_of(error)
    earned, currency = _earned(context, actor, dispute)
    view = DisputeView(
        id=dispute.id,
        account=dispute.account,
        name=names.get(dispute.account, dispute.account),
        state=STATES[dispute.state],
        is_undecided=dispute.state in UNDECIDED,
        is_own=dispute.account == actor.account,
        opened=to_datetime(dispute.opened_at),
        due=_moment(dispute.due_at),
        decided=_moment(dispute.decided_at),
        decided_by=names.get(dispute.decided_by or "", dispute.decided_by or ""),
        reason=dispute.reason,
        given=write_amount(dispute.amount, currency) if dispute.amount and currency else "",
        payment=dispute.payment or "",
        payout=dispute.payout or "",
        earned=earned,
        messages=view_messages(said),
        typed=typed_in(None, None),
        problem=problem.message,
        hint=problem.hint,
    )
    return render_admin(
        request,
        actor,
        "admin/dispute.html",
        view,
        title=f"{KINDS[dispute.kind]}: {STATES[dispute.state].lower()}",
        status=status_of(error) if error else 200,
    )


def _earned(context: Context, actor: Actor, dispute: Dispute) -> tuple[EarnedView | None, str]:
    """Return the payment that a dispute is about in words, and its currency."""
    found = (
        disputes.find_earned(context, actor, dispute.account, dispute.payment)
        if dispute.payment
        else None
    )
    if found is None:
        return None, ""
    payment, commissions = found
    view = EarnedView(
        at=to_datetime(payment.paid_at),
        gross=write_amount(payment.gross, payment.currency),
        net=write_amount(payment.net, payment.currency),
        plan=f"{payment.plan}, version {payment.plan_version}, month {payment.months}",
        lines=tuple(
            f"{LINES[one.line].format(level=one.level)}:"
            f" {write_amount(one.booked, one.currency)}, {COMMISSION_STATES[one.state].lower()}"
            for one in commissions
        ),
    )
    return view, payment.currency


def _moment(at: Instant | None) -> datetime.datetime | None:
    return None if at is None else to_datetime(at)
