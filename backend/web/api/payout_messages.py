"""What is said to and by `/api/v1/finance/payouts`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from backend.domain.instants import to_text
from backend.domain.payouts import Batch, Payout
from backend.web.api.fields import Limit, Time, time_of
from backend.web.api.operation import Input, Output
from backend.web.api.payee import Currency, MethodName, RowId

Word = Annotated[str, Meta(max_length=300)]
Reference = Annotated[str, Meta(max_length=100)]


class BatchAnswer(Output, frozen=True):
    """A batch. `total` is in minor units, and is what `approve` asks for."""

    id: str
    method: str
    currency: str
    state: str
    items: int
    total: int
    approvals_needed: int
    created_by: str | None
    created_at: Time
    approved_at: Time | None
    submitted_by: str | None
    submitted_at: Time | None
    ended_at: Time | None


class ApprovalAnswer(Output, frozen=True):
    """Who approved a batch."""

    account: str
    at: Time


class FileAnswer(Output, frozen=True):
    """A batch's file without its content."""

    name: str
    sha256: str
    lines: int
    total: int


class ItemAnswer(Output, frozen=True):
    """A payout of a batch, in minor units."""

    id: str
    account: str
    amount: int
    withheld: int
    net: int
    fee: int
    state: str
    destination: str
    reference: str
    reason: str
    sent_at: Time | None
    ended_at: Time | None


class BatchDetails(Output, frozen=True):
    """A batch with who approved it, its file, and a page of its payouts."""

    batch: BatchAnswer
    approvals: list[ApprovalAnswer]
    file: FileAnswer | None
    items: list[ItemAnswer]
    next: str | None


class NewDraft(Input, frozen=True):
    """Whom to pay: everybody who is paid this way."""

    method: MethodName
    currency: Currency


class SkippedAnswer(Output, frozen=True):
    """Somebody for whom something is due who is not paid, and why."""

    account: str
    reason: str


class DraftAnswer(Output, frozen=True):
    """What drafting came to."""

    batches: list[str]
    claimed: int
    skipped: list[SkippedAnswer]


class Approving(Input, frozen=True):
    """The total that was seen, in minor units."""

    total: Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Withdrawing(Input, frozen=True):
    """Why a payout is taken out."""

    reason: Word


class Ending(Input, frozen=True):
    """What became of a payout. `fee` is in minor units."""

    outcome: Literal["paid", "failed"]
    fee: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    reference: Reference = ""
    reason: Word = ""


class Returns(Input, frozen=True):
    """A return file as text."""

    content: Annotated[str, Meta(max_length=8_000_000)]


class ReturnsAnswer(Output, frozen=True):
    """What came of a return file; of what differs or is unknown nothing was booked."""

    sha256: str
    paid: int
    failed: int
    unchanged: int
    waiting: int
    differing: list[str]
    unknown: list[str]


class Restriction(Input, frozen=True):
    """What holds for an account's payouts; `withheld_bp` in basis points."""

    is_held: bool
    withheld_bp: Annotated[int, Meta(ge=0, le=9_999)] = 0
    note: Word = ""


class RestrictionAnswer(Output, frozen=True):
    """An account's payouts, and who else is paid to the same destination."""

    account: str
    method: str
    currency: str
    destination: str
    state: str
    is_held: bool
    withheld_bp: int
    note: str
    same_destination: list[str]


class BatchQuery(Input, frozen=True):
    """Which batches, and where a page begins."""

    state: Literal["draft", "approved", "submitted", "settled", "aborted"] | None = None
    after: RowId | None = None
    limit: Limit = 20


class ItemQuery(Input, frozen=True):
    """Where a page of payouts begins, and how long it is."""

    after: RowId | None = None
    limit: Limit = 100


def batch_answer(batch: Batch) -> BatchAnswer:
    """Return a batch as finance sees it."""
    return BatchAnswer(
        id=batch.id,
        method=batch.method.value,
        currency=batch.currency,
        state=batch.state.value,
        items=batch.items,
        total=batch.total,
        approvals_needed=batch.approvals_needed,
        created_by=batch.created_by,
        created_at=to_text(batch.created_at),
        approved_at=time_of(batch.approved_at),
        submitted_by=batch.submitted_by,
        submitted_at=time_of(batch.submitted_at),
        ended_at=time_of(batch.ended_at),
    )


def item_answer(payout: Payout) -> ItemAnswer:
    """Return a payout as finance sees it."""
    return ItemAnswer(
        id=payout.id,
        account=payout.account,
        amount=payout.amount,
        withheld=payout.withheld,
        net=payout.net,
        fee=payout.fee,
        state=payout.state.value,
        destination=payout.masked,
        reference=payout.provider_ref,
        reason=payout.reason,
        sent_at=time_of(payout.sent_at),
        ended_at=time_of(payout.ended_at),
    )
