"""`/api/v1/finance/payouts`: batches of payouts, for who is in charge of finance."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import payees, payout_returns, payout_submission, payouts
from backend.actions.context import Context
from backend.domain.actors import Scope
from backend.domain.destinations import Method
from backend.domain.instants import to_text
from backend.domain.payouts import BatchState
from backend.errors import NotFound
from backend.web.api.fields import Page
from backend.web.api.operation import PREFIX, Call, Operation
from backend.web.api.payout_messages import (
    ApprovalAnswer,
    Approving,
    BatchAnswer,
    BatchDetails,
    BatchQuery,
    DraftAnswer,
    Ending,
    FileAnswer,
    ItemAnswer,
    ItemQuery,
    NewDraft,
    Restriction,
    RestrictionAnswer,
    Returns,
    ReturnsAnswer,
    SkippedAnswer,
    Withdrawing,
    batch_answer,
    item_answer,
)
from backend.web.limits import limited
from backend.web.signed_in import require_actor

FILE_RATE = "60/hour"
_RETURN_BYTES = 9_000_000


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of a batch's file, which is a file and so no operation."""
    limit = limited("finance", FILE_RATE, by="account")
    return [Route(f"{PREFIX}/finance/payouts/{{batch}}/file", limit(_download), methods=["GET"])]


def _download(request: Request) -> Response:
    context: Context = request.app.state.context
    actor = require_actor(request)
    batch = str(request.path_params["batch"])
    if len(batch) != 32 or not batch.isalnum():
        raise NotFound("There is no such batch.")
    file, content = payout_submission.read_file(context, actor, batch)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "no-store",
        "Content-Digest": f"sha-256={file.sha256}",
    }
    return Response(content, media_type=file.media_type, headers=headers)


def draft(call: Call) -> DraftAnswer:
    body: NewDraft = call.body
    made = payouts.draft(call.context, call.owner, Method(body.method), body.currency)
    return DraftAnswer(
        batches=list(made.batches),
        claimed=made.claimed,
        skipped=[SkippedAnswer(account=who, reason=why.value) for who, why in made.skipped],
    )


def list_batches(call: Call) -> Page[BatchAnswer]:
    query: BatchQuery = call.query
    found = payouts.list_batches(
        call.context,
        call.owner,
        state=BatchState(query.state) if query.state else None,
        after=query.after or "",
        limit=query.limit + 1,
    )
    page = found[: query.limit]
    return Page(
        items=[batch_answer(one) for one in page],
        next=page[-1].id if len(found) > query.limit else None,
    )


def show(call: Call) -> BatchDetails:
    query: ItemQuery = call.query
    report = payouts.get_batch(
        call.context, call.owner, call.path["batch"], after=query.after or "", limit=query.limit
    )
    file = report.file
    return BatchDetails(
        batch=batch_answer(report.batch),
        approvals=[ApprovalAnswer(account=a.account, at=to_text(a.at)) for a in report.approvals],
        file=FileAnswer(name=file.name, sha256=file.sha256, lines=file.lines, total=file.total)
        if file
        else None,
        items=[item_answer(one) for one in report.payouts],
        next=report.after,
    )


def approve(call: Call) -> BatchAnswer:
    found = payouts.approve(call.context, call.owner, call.path["batch"], total=call.body.total)
    return batch_answer(found)


def submit(call: Call) -> BatchAnswer:
    return batch_answer(
        payout_submission.submit(call.context, call.owner, call.path["batch"]).batch
    )


def abort(call: Call) -> BatchAnswer:
    return batch_answer(payouts.abort(call.context, call.owner, call.path["batch"]))


def settle(call: Call) -> BatchAnswer:
    return batch_answer(payout_returns.settle_all(call.context, call.owner, call.path["batch"]))


def take_returns(call: Call) -> ReturnsAnswer:
    report = payout_returns.apply_returns(
        call.context, call.owner, call.path["batch"], call.body.content.encode()
    )
    return ReturnsAnswer(
        sha256=report.sha256,
        paid=report.paid,
        failed=report.failed,
        unchanged=report.unchanged,
        waiting=report.waiting,
        differing=list(report.differing),
        unknown=list(report.unknown),
    )


def withdraw(call: Call) -> ItemAnswer:
    batch, payout = call.path["batch"], call.path["payout"]
    out = payouts.withdraw(call.context, call.owner, batch, payout, reason=call.body.reason)
    return item_answer(out)


def end(call: Call) -> ItemAnswer:
    body: Ending = call.body
    done = payout_returns.end_by_hand(
        call.context,
        call.owner,
        call.path["batch"],
        call.path["payout"],
        outcome=body.outcome,
        fee=body.fee,
        reference=body.reference,
        reason=body.reason,
    )
    return item_answer(done)


def restrict(call: Call) -> RestrictionAnswer:
    body, account = call.body, call.path["account"]
    payee = payees.restrict_payee(
        call.context,
        call.owner,
        account,
        is_held=body.is_held,
        withheld_bp=body.withheld_bp,
        note=body.note,
    )
    return RestrictionAnswer(
        account=account,
        method=payee.method.value,
        currency=payee.currency,
        destination=payee.masked,
        state=payee.state.value,
        is_held=payee.is_held,
        withheld_bp=payee.withheld_bp,
        note=payee.note,
        same_destination=payees.list_sharing(call.context, call.owner, account),
    )


_read: Any = partial(Operation, method="GET", tag="finance", scope=Scope.ACCOUNT_READ)
_post: Any = partial(
    Operation, method="POST", tag="finance", scope=Scope.ACCOUNT_WRITE, needs_key=True
)
_BATCH = "/finance/payouts/{batch}"

OPERATIONS: tuple[Operation, ...] = (
    _read(
        path="/finance/payouts",
        name="list_batches",
        summary="Batches of payouts, the newest first",
        run=list_batches,
        query=BatchQuery,
        result=Page[BatchAnswer],
    ),
    _post(
        path="/finance/payouts",
        name="draft_batch",
        summary="Claim what is due of everybody who is paid by a method in a currency",
        run=draft,
        body=NewDraft,
        result=DraftAnswer,
    ),
    _read(
        path=_BATCH,
        name="read_batch",
        summary="A batch with its payouts",
        run=show,
        query=ItemQuery,
        result=BatchDetails,
    ),
    _post(
        path=f"{_BATCH}/approve",
        name="approve_batch",
        summary="Approve a batch of which you saw the total",
        run=approve,
        body=Approving,
        result=BatchAnswer,
    ),
    _post(
        path=f"{_BATCH}/submit",
        name="submit_batch",
        summary="Write the file of an approved batch, or begin its transfers",
        run=submit,
        result=BatchAnswer,
    ),
    _post(
        path=f"{_BATCH}/abort",
        name="abort_batch",
        summary="Give back everything of a batch that was not submitted",
        run=abort,
        result=BatchAnswer,
    ),
    _post(
        path=f"{_BATCH}/returns",
        name="upload_returns",
        summary="Settle a batch by a return file; the same file again changes nothing",
        run=take_returns,
        body=Returns,
        body_bytes=_RETURN_BYTES,
        result=ReturnsAnswer,
    ),
    _post(
        path=f"{_BATCH}/settle",
        name="settle_batch",
        summary="Note that all of a batch that is on its way was paid",
        run=settle,
        result=BatchAnswer,
    ),
    _post(
        path=f"{_BATCH}/items/{{payout}}/withdraw",
        name="withdraw_payout",
        summary="Take a payout out of a draft and give its money back",
        run=withdraw,
        body=Withdrawing,
        result=ItemAnswer,
    ),
    _post(
        path=f"{_BATCH}/items/{{payout}}/end",
        name="end_payout",
        summary="Note that a payout was paid or failed",
        run=end,
        body=Ending,
        result=ItemAnswer,
    ),
    Operation(
        method="PUT",
        path="/finance/payees/{account}",
        name="restrict_payee",
        summary="Hold an account's payouts, or withhold a part of them",
        tag="finance",
        run=restrict,
        scope=Scope.ACCOUNT_WRITE,
        body=Restriction,
        result=RestrictionAnswer,
    ),
)
