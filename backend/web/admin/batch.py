"""`/admin/payouts/BATCH`: look at a batch, approve it, send it, and note what became of it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import payout_returns, payout_submission, payouts
from backend.actions.context import Context
from backend.actions.payout_returns import LARGEST_RETURN, ReturnReport
from backend.actions.payout_review import review
from backend.actions.people import name_accounts
from backend.domain.actors import Actor
from backend.domain.money import parse_amount
from backend.domain.payouts import PayoutState
from backend.errors import Conflict, Invalid, NotFound, ServiceError
from backend.web.admin.acting import Act, acting
from backend.web.admin.batch_view import title_of, view_batch
from backend.web.admin.frame import FINANCE, admin_page, may, render_admin
from backend.web.admin.payouts import PAGE
from backend.web.dashboard.amounts import write_amount
from backend.web.errors import status_of
from backend.web.forms import Form
from backend.web.limits import limited
from backend.web.signed_in import actor_of
from backend.web.uploads import Upload, upload_endpoint

RATE = "120/hour"
_ONE = f"{PAGE}/{{id}}"


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its forms."""
    limit = limited("finance", RATE, by="account")
    acts: dict[str, Act] = {
        "approve": _approve,
        "submit": _submit,
        "abort": _abort,
        "settle": _settle,
        "withdraw": _withdraw,
        "end": _end,
    }
    returns = upload_endpoint(_take_returns, most_bytes=LARGEST_RETURN, is_trusted=_is_finance)
    return [
        Route(_ONE, admin_page(FINANCE)(_show), methods=["GET"]),
        Route(f"{_ONE}/returns", limit(returns), methods=["POST"]),
        *(
            Route(
                f"{_ONE}/{name}",
                limit(acting(FINANCE, act=act, show=_page, back=_ONE)),
                methods=["POST"],
            )
            for name, act in acts.items()
        ),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor, None)


def _approve(context: Context, actor: Actor, batch: str, form: Form) -> None:
    known = payouts.get_batch(context, actor, batch, limit=1).batch
    text = form.get("total", 30).replace(",", "")
    total = parse_amount(text, known.currency, field="total")
    if total != known.total:
        raise Conflict(
            f"The batch comes to {write_amount(known.total, known.currency)}, not to that.",
            hint="Look at it again, then type that total.",
        )
    payouts.approve(context, actor, batch, total=total)


def _submit(context: Context, actor: Actor, batch: str, _form: Form) -> None:
    payout_submission.submit(context, actor, batch)


def _abort(context: Context, actor: Actor, batch: str, _form: Form) -> None:
    payouts.abort(context, actor, batch)


def _settle(context: Context, actor: Actor, batch: str, _form: Form) -> None:
    payout_returns.settle_all(context, actor, batch)


def _withdraw(context: Context, actor: Actor, batch: str, form: Form) -> None:
    payouts.withdraw(context, actor, batch, form.get("payout", 32), reason=form.get("reason"))


def _end(context: Context, actor: Actor, batch: str, form: Form) -> None:
    outcome, words = form.get("outcome", 20), form.get("reason")
    is_paid = outcome == PayoutState.PAID
    payout_returns.end_by_hand(
        context,
        actor,
        batch,
        form.get("payout", 32),
        outcome=outcome,
        reference=words if is_paid else "",
        reason="" if is_paid else words,
    )


def _take_returns(request: Request, _form: Form, file: Upload | None) -> Response:
    actor = actor_of(request)
    if actor is None:
        return RedirectResponse("/sign-in", status_code=303)
    if not may(actor, FINANCE):
        raise NotFound("There is nothing at this address.", hint="Check the address.")
    if file is None:
        missing = Invalid("No file was sent.", field="file", hint="Choose the bank's answer.")
        return _page(request, actor, missing)
    context, batch = request.app.state.context, str(request.path_params["id"])
    try:
        report = payout_returns.apply_returns(context, actor, batch, file.content)
    except (Invalid, Conflict) as error:
        return _page(request, actor, error)
    return _page(request, actor, None, report)


def _is_finance(request: Request) -> bool:
    actor = actor_of(request)
    return actor is not None and may(actor, FINANCE)


def _page(
    request: Request,
    actor: Actor,
    error: ServiceError | None,
    returned: ReturnReport | None = None,
) -> Response:
    context: Context = request.app.state.context
    batch = str(request.path_params["id"])[:32]
    after = request.query_params.get("after", "")[:32]
    report = payouts.get_batch(context, actor, batch, after=after)
    known = review(context, actor, report.batch, report.payouts)
    people = {one.account for one in report.payouts} | {one.account for one in report.approvals}
    people |= {who for who in (report.batch.created_by, report.batch.submitted_by) if who}
    names = name_accounts(context, actor, sorted(people))
    view = view_batch(report, known, names, actor, error=error, returned=returned)
    return render_admin(
        request,
        actor,
        "admin/batch.html",
        view,
        title=title_of(report, known),
        status=status_of(error) if error else 200,
    )
