"""`/admin/payouts`: which batches there are, what waits to be done with them, and a new draft."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import payouts
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.destinations import check_method
from backend.domain.instants import to_datetime
from backend.domain.payout_currencies import CURRENCIES_OF
from backend.domain.payouts import Batch, BatchState
from backend.errors import Invalid, ServiceError
from backend.web.admin.acting import acting, problem_of
from backend.web.admin.frame import FINANCE, admin_page, render_admin
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.filters import Choice
from backend.web.errors import status_of
from backend.web.forms import Form
from backend.web.pages.payee import NAMES

PAGE = "/admin/payouts"
SHOWN = 25
STATES: dict[BatchState, str] = {
    BatchState.DRAFT: "Waits for approval",
    BatchState.APPROVED: "Approved, not sent",
    BatchState.SUBMITTED: "Sent, to be reconciled",
    BatchState.SETTLED: "Settled",
    BatchState.ABORTED: "Aborted",
}
UNFINISHED = (BatchState.DRAFT, BatchState.APPROVED, BatchState.SUBMITTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """A batch of the list."""

    id: str
    at: datetime.datetime
    method: str
    total: str
    items: int
    state: str
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutsView:
    """The list, and what can be drafted."""

    batches: tuple[BatchLine, ...]
    states: tuple[Choice, ...]
    older: str
    methods: tuple[tuple[str, str], ...]
    currencies: tuple[str, ...]
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the list and of its form."""
    draft = acting(FINANCE, act=_draft, show=_page, back=PAGE)
    return [
        Route(PAGE, admin_page(FINANCE)(_show), methods=["GET"]),
        Route(PAGE, draft, methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor, None)


def _draft(context: Context, actor: Actor, _row: str, form: Form) -> None:
    method, currency = check_method(form.get("method", 20)), form.get("currency", 3).upper()
    made = payouts.draft(context, actor, method, currency)
    if not made.claimed:
        raise Invalid(
            f"Nothing is due by {NAMES[method]} in {currency}.",
            hint=f"{len(made.skipped)} wait for something: a confirmed destination, the minimum,"
            " the end of a cool-down.",
        )


def _page(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    context: Context = request.app.state.context
    wanted = request.query_params.get("state", "")
    if wanted and wanted not in set(BatchState):
        raise Invalid(f"{wanted[:20]!r} is no state of a batch.", field="state")
    state = BatchState(wanted) if wanted else None
    after = request.query_params.get("after", "")[:32]
    found = payouts.list_batches(context, actor, state=state, after=after, limit=SHOWN + 1)
    offered = [one for one in NAMES if one in context.settings.payout_methods]
    more = f"{PAGE}?state={wanted}&after={found[SHOWN - 1].id}" if len(found) > SHOWN else ""
    view = PayoutsView(
        batches=tuple(_line(one) for one in found[:SHOWN]),
        states=_states(state),
        older=more,
        methods=tuple((one.value, NAMES[one]) for one in offered),
        currencies=tuple(sorted({code for one in offered for code in CURRENCIES_OF[one]})),
        problem=problem_of(error).message,
        hint=problem_of(error).hint,
    )
    waiting = sum(one.state in UNFINISHED for one in found)
    return render_admin(
        request,
        actor,
        "admin/payouts.html",
        view,
        title=_title(waiting),
        status=status_of(error) if error else 200,
    )


def _title(waiting: int) -> str:
    if not waiting:
        return "No payout batch waits for you"
    return f"{waiting} payout {'batch waits' if waiting == 1 else 'batches wait'} for you"


def _states(state: BatchState | None) -> tuple[Choice, ...]:
    every = Choice(value=PAGE, words="All", is_chosen=state is None)
    return (
        every,
        *(
            Choice(value=f"{PAGE}?state={one}", words=words, is_chosen=one is state)
            for one, words in STATES.items()
        ),
    )


def _line(batch: Batch) -> BatchLine:
    return BatchLine(
        id=batch.id,
        at=to_datetime(batch.created_at),
        method=NAMES[batch.method],
        total=write_amount(batch.total, batch.currency),
        items=batch.items,
        state=STATES[batch.state],
        is_waiting=batch.state in UNFINISHED,
    )
