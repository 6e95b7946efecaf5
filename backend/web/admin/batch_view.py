"""A batch of payouts in words: what it is, what is odd, and what can be done with it now."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.payout_returns import ReturnReport
from backend.actions.payout_review import Review
from backend.actions.payouts import BatchReport
from backend.domain.actors import Actor
from backend.domain.instants import Instant, to_datetime
from backend.domain.money import format_amount
from backend.domain.payouts import SECOND_APPROVAL_FROM, BatchState, Payout, PayoutState
from backend.errors import ServiceError
from backend.web.admin.acting import problem_of
from backend.web.admin.payouts import STATES
from backend.web.dashboard.amounts import write_amount
from backend.web.pages.payee import NAMES
from backend.web.pages.payee import STATES as PAYOUT_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """A payout of the batch; `warnings` are what is odd about it."""

    id: str
    account: str
    name: str
    destination: str
    amount: str
    parts: str
    state: str
    is_bad: bool
    reason: str
    reference: str
    warnings: tuple[str, ...]
    is_waiting: bool
    is_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """Something that happened to the batch."""

    words: str
    who: str
    at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """The page. `missing` is how many approvals lack; `is_other_needed` means that the reader has
    given theirs, and somebody else has to.
    """

    id: str
    method: str
    currency: str
    state: str
    total: str
    total_plain: str
    items: tuple[ItemView, ...]
    older: str
    steps: tuple[StepView, ...]
    needed: int
    missing: int
    why_two: str
    is_other_needed: bool
    can_approve: bool
    can_submit: bool
    can_abort: bool
    can_reconcile: bool
    has_file: bool
    file_name: str
    file_sha256: str
    warnings: int
    returned: ReturnReport | None
    problem: str
    hint: str


def title_of(report: BatchReport, known: Review) -> str:
    """Return what the batch is and what it waits for."""
    batch = report.batch
    what = f"{batch.items} payout{'' if batch.items == 1 else 's'} of"
    total = write_amount(batch.total, batch.currency)
    if batch.state is BatchState.DRAFT:
        lack = max(0, known.needed - len(report.approvals))
        wait = "waits" if batch.items == 1 else "wait"
        return f"{what} {total} {wait} for {lack} approval{'' if lack == 1 else 's'}"
    return f"{what} {total}: {STATES[batch.state].lower()}"


def view_batch(  # noqa: PLR0913  what the page shows, each named
    report: BatchReport,
    known: Review,
    names: Mapping[str, str],
    actor: Actor,
    *,
    error: ServiceError | None,
    returned: ReturnReport | None,
) -> BatchView:
    """Return the page of a batch."""
    batch, state = report.batch, report.batch.state
    has_approved = actor.account in {one.account for one in report.approvals}
    is_draft = state is BatchState.DRAFT
    problem = problem_of(error)
    return BatchView(
        id=batch.id,
        method=NAMES[batch.method],
        currency=batch.currency,
        state=STATES[state],
        total=write_amount(batch.total, batch.currency),
        total_plain=format_amount(batch.total, batch.currency),
        items=tuple(_item(one, known, names) for one in report.payouts),
        older=f"/admin/payouts/{batch.id}?after={report.after}" if report.after else "",
        steps=_steps(report, names),
        needed=known.needed,
        missing=max(0, known.needed - len(report.approvals)) if is_draft else 0,
        why_two=_why_two(known),
        is_other_needed=is_draft and has_approved,
        can_approve=is_draft and not has_approved and batch.items > 0,
        can_submit=state is BatchState.APPROVED,
        can_abort=state in {BatchState.DRAFT, BatchState.APPROVED},
        can_reconcile=state is BatchState.SUBMITTED,
        has_file=report.file is not None,
        file_name=report.file.name if report.file else "",
        file_sha256=report.file.sha256 if report.file else "",
        warnings=len(known.warnings),
        returned=returned,
        problem=problem.message,
        hint=problem.hint,
    )


def _why_two(known: Review) -> str:
    if known.needed < 2:
        return ""
    least = write_amount(SECOND_APPROVAL_FROM.minor, SECOND_APPROVAL_FROM.currency)
    if known.dollars is None:
        return f"There is no exchange rate that shows that it is below {least}"
    comes = write_amount(known.dollars, "USD")
    return f"It comes to {comes}, and from {least} on two different people have to approve"


def _steps(report: BatchReport, names: Mapping[str, str]) -> tuple[StepView, ...]:
    batch = report.batch
    found: list[tuple[str, str | None, Instant | None]] = [
        ("Drafted", batch.created_by, batch.created_at),
        *(("Approved", one.account, one.at) for one in report.approvals),
        ("Submitted", batch.submitted_by, batch.submitted_at),
        ("Aborted" if batch.state is BatchState.ABORTED else "Settled", None, batch.ended_at),
    ]
    return tuple(
        StepView(words=words, who=names.get(who or "", who or ""), at=to_datetime(at))
        for words, who, at in found
        if at is not None
    )


def _item(payout: Payout, known: Review, names: Mapping[str, str]) -> ItemView:
    parts = [
        f"{write_amount(part.amount, part.currency)} at {part.rate}"
        for part in payout.parts
        if part.currency != payout.currency
    ]
    if payout.withheld:
        parts.append(f"{write_amount(payout.withheld, payout.currency)} withheld")
    return ItemView(
        id=payout.id,
        account=payout.account,
        name=names.get(payout.account, payout.account),
        destination=payout.masked,
        amount=write_amount(payout.net, payout.currency),
        parts=", ".join(parts),
        state=PAYOUT_STATES[payout.state],
        is_bad=payout.state in {PayoutState.FAILED, PayoutState.CANCELLED},
        reason=payout.reason,
        reference=payout.provider_ref,
        warnings=known.warnings.get(payout.id, ()),
        is_waiting=payout.state is PayoutState.QUEUED,
        is_sent=payout.state is PayoutState.SENT,
    )
