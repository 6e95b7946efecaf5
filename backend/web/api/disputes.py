"""`/api/v1/disputes` for owners; `/api/v1/finance/disputes` and `/holds` for who decides."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from msgspec import Meta

from backend.actions import disputes, holds
from backend.domain.actors import Scope
from backend.domain.disputes import (
    LONGEST_LINK,
    LONGEST_TEXT,
    Dispute,
    DisputeKind,
    DisputeState,
    Message,
)
from backend.domain.holds import LONGEST_REASON, Hold
from backend.domain.instants import to_text
from backend.domain.money import LARGEST
from backend.errors import NotFound
from backend.web.api.fields import Limit, Page, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output
from backend.web.api.payee import RowId

Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT, pattern=r"[^\s]")]
Link = Annotated[
    str,
    Meta(
        max_length=LONGEST_LINK,
        pattern=r"^(https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(/[!-~]*)?)?$",
    ),
]
Reason = Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]
Kind = Literal["attribution", "commission", "payout"]
State = Literal["open", "evidence", "upheld", "rejected", "withdrawn", "expired"]


class NewDispute(Input, frozen=True):
    """`payment` is that of the commission, `payout` the payout it is about."""

    kind: Kind
    text: Text
    link: Link = ""
    payment: RowId | None = None
    payout: RowId | None = None


class Evidence(Input, frozen=True):
    """What the owner adds."""

    text: Text
    link: Link = ""


class Question(Input, frozen=True):
    """What the owner is asked."""

    text: Text


class Decision(Input, frozen=True):
    """`amount` is in minor units of the currency of `payment`."""

    is_upheld: bool
    reason: Reason
    amount: Annotated[int, Meta(ge=0, le=LARGEST)] = 0
    payment: RowId | None = None


class DisputeQuery(Input, frozen=True):
    """Where a page begins: after the dispute with this id."""

    after: RowId | None = None
    limit: Limit = 20


class FinanceQuery(Input, frozen=True):
    """The same, of one state."""

    state: State | None = None
    after: RowId | None = None
    limit: Limit = 20


class Review(Input, frozen=True):
    """Why a step of a review is taken."""

    reason: Reason


class DisputeAnswer(Output, frozen=True):
    """A dispute; `amount` is what it gave."""

    id: str
    account: str
    kind: str
    state: str
    payment: str | None
    payout: str | None
    opened_at: Time
    due_at: Time | None
    decided_at: Time | None
    reason: str
    amount: int


class MessageAnswer(Output, frozen=True):
    """What one side said."""

    by: str
    text: str
    link: str
    at: Time


class DisputeDetails(Output, frozen=True):
    """A dispute with what was said."""

    dispute: DisputeAnswer
    messages: list[MessageAnswer]


class HoldAnswer(Output, frozen=True):
    """A step of the reviews of an account."""

    account: str
    step: str
    reason: str
    by: str | None
    at: Time


class HoldsAnswer(Output, frozen=True):
    """All steps of the reviews of an account, the oldest first."""

    steps: list[HoldAnswer]


def list_own(call: Call) -> Page[DisputeAnswer]:
    query: DisputeQuery = call.query
    found = disputes.list_own(
        call.context, call.owner, before=query.after or "", limit=query.limit + 1
    )
    return _page(found, query.limit)


def open_dispute(call: Call) -> DisputeAnswer:
    body: NewDispute = call.body
    kind = DisputeKind(body.kind)
    if kind is DisputeKind.COMMISSION and body.payment is None:
        raise NotFound("A dispute about a commission names its payment.")
    if kind is DisputeKind.PAYOUT and body.payout is None:
        raise NotFound("A dispute about a payout names it.")
    opening = disputes.Opening(
        kind=kind,
        text=body.text,
        link=body.link,
        payment=body.payment if kind is DisputeKind.COMMISSION else None,
        payout=body.payout if kind is DisputeKind.PAYOUT else None,
    )
    return _answer(disputes.open_dispute(call.context, call.owner, opening))


def show_own(call: Call) -> DisputeDetails:
    return _details(*disputes.get_own(call.context, call.owner, call.path["dispute"]))


def add_evidence(call: Call) -> DisputeAnswer:
    body: Evidence = call.body
    dispute = call.path["dispute"]
    found = disputes.add_evidence(call.context, call.owner, dispute, body.text, body.link)
    return _answer(found)


def withdraw(call: Call) -> DisputeAnswer:
    return _answer(disputes.withdraw(call.context, call.owner, call.path["dispute"]))


def list_all(call: Call) -> Page[DisputeAnswer]:
    query: FinanceQuery = call.query
    found = disputes.list_all(
        call.context,
        call.owner,
        state=DisputeState(query.state) if query.state else None,
        before=query.after or "",
        limit=query.limit + 1,
    )
    return _page(found, query.limit)


def show(call: Call) -> DisputeDetails:
    return _details(*disputes.get(call.context, call.owner, call.path["dispute"]))


def ask(call: Call) -> DisputeAnswer:
    found = disputes.ask(call.context, call.owner, call.path["dispute"], call.body.text)
    return _answer(found)


def decide(call: Call) -> DisputeAnswer:
    body: Decision = call.body
    ruling = disputes.Ruling(
        is_upheld=body.is_upheld, reason=body.reason, amount=body.amount, payment=body.payment
    )
    return _answer(disputes.decide(call.context, call.owner, call.path["dispute"], ruling))


def list_holds(call: Call) -> HoldsAnswer:
    found = holds.list_holds(call.context, call.owner, call.path["account"])
    return HoldsAnswer(steps=[_step(one) for one in found])


def hold(call: Call) -> HoldAnswer:
    account, reason = call.path["account"], call.body.reason
    return _step(holds.hold_commissions(call.context, call.owner, account, reason).hold)


def release(call: Call) -> HoldAnswer:
    account, reason = call.path["account"], call.body.reason
    return _step(holds.release_commissions(call.context, call.owner, account, reason).hold)


def confirm(call: Call) -> HoldAnswer:
    account, reason = call.path["account"], call.body.reason
    return _step(holds.confirm_hold(call.context, call.owner, account, reason).hold)


def _page(found: list[Dispute], limit: int) -> Page[DisputeAnswer]:
    page = found[:limit]
    more = page[-1].id if len(found) > limit else None
    return Page(items=[_answer(one) for one in page], next=more)


def _details(dispute: Dispute, messages: list[Message]) -> DisputeDetails:
    said = [
        MessageAnswer(
            by="owner" if one.is_owner else "finance",
            text=one.text,
            link=one.link,
            at=to_text(one.at),
        )
        for one in messages
    ]
    return DisputeDetails(dispute=_answer(dispute), messages=said)


def _answer(dispute: Dispute) -> DisputeAnswer:
    return DisputeAnswer(
        id=dispute.id,
        account=dispute.account,
        kind=dispute.kind.value,
        state=dispute.state.value,
        payment=dispute.payment,
        payout=dispute.payout,
        opened_at=to_text(dispute.opened_at),
        due_at=time_of(dispute.due_at),
        decided_at=time_of(dispute.decided_at),
        reason=dispute.reason,
        amount=dispute.amount,
    )


def _step(hold: Hold) -> HoldAnswer:
    return HoldAnswer(
        account=hold.account,
        step=hold.step.value,
        reason=hold.reason,
        by=hold.by,
        at=to_text(hold.at),
    )


_read: Any = partial(Operation, method="GET", scope=Scope.ACCOUNT_READ)
_post: Any = partial(Operation, method="POST", scope=Scope.ACCOUNT_WRITE, needs_key=True)
_OWN, _ALL = "/disputes", "/finance/disputes"
_ONE, _ANY = f"{_OWN}/{{dispute}}", f"{_ALL}/{{dispute}}"
_HOLDS = "/finance/holds/{account}"
_PAGE: Any = Page[DisputeAnswer]

OPERATIONS: tuple[Operation, ...] = (
    _read(path=_OWN, name="list_disputes", tag="disputes", run=list_own, query=DisputeQuery,
          summary="Your disputes, the newest first", result=_PAGE),
    _post(path=_OWN, name="open_dispute", tag="disputes", run=open_dispute, body=NewDispute,
          summary="Dispute a commission, a payout, or who brought a customer", status=201,
          result=DisputeAnswer),
    _read(path=_ONE, name="read_dispute", tag="disputes", run=show_own,
          summary="A dispute of yours with what was said", result=DisputeDetails),
    _post(path=f"{_ONE}/evidence", name="add_evidence", tag="disputes", run=add_evidence,
          summary="Add evidence", body=Evidence, result=DisputeAnswer),
    _post(path=f"{_ONE}/withdrawal", name="withdraw_dispute", tag="disputes", run=withdraw,
          summary="Withdraw a dispute", result=DisputeAnswer),
    _read(path=_ALL, name="list_all_disputes", tag="finance", run=list_all, query=FinanceQuery,
          summary="Everybody's disputes, the newest first", result=_PAGE),
    _read(path=_ANY, name="read_any_dispute", tag="finance", run=show,
          summary="A dispute with what was said", result=DisputeDetails),
    _post(path=f"{_ANY}/question", name="ask_for_evidence", tag="finance", run=ask,
          summary="Ask the owner for evidence", body=Question, result=DisputeAnswer),
    _post(path=f"{_ANY}/decision", name="decide_dispute", tag="finance", run=decide,
          summary="Uphold or reject a dispute", body=Decision, result=DisputeAnswer),
    _read(path=_HOLDS, name="list_holds", tag="finance", run=list_holds,
          summary="The reviews of an account", result=HoldsAnswer),
    _post(path=_HOLDS, name="hold_commissions", tag="finance", run=hold, body=Review,
          summary="Hold what an account earned and will earn", result=HoldAnswer),
    _post(path=f"{_HOLDS}/release", name="release_commissions", tag="finance", run=release,
          body=Review, summary="Let what is held go on", result=HoldAnswer),
    _post(path=f"{_HOLDS}/confirmation", name="confirm_hold", tag="finance", run=confirm,
          body=Review, summary="Make void what is held", result=HoldAnswer),
)  # fmt: skip
