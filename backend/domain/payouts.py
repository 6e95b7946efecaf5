"""Batches of payouts and their states, one function an edge. Source: the rules, "Payouts".

A batch goes `draft → approved → submitted → settled`, or is aborted before it was submitted; each
of its payouts `queued → sent → paid | failed`, or is cancelled before it was sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.domain.claims import Part
from backend.domain.destinations import Method
from backend.domain.instants import HOUR, Instant
from backend.domain.ledger import Entry, EntryKind, Posting, own
from backend.domain.money import Money, check_amount
from backend.domain.payout_files import LARGEST_FILE
from backend.errors import Conflict, Invalid

SECOND_APPROVAL_FROM = Money(minor=1_000_000, currency="USD")
"""From this total on, or its equivalent, a second administrator has to approve a batch, too."""
LARGEST_TRANSFERS = 1_000
"""The most payouts of a batch that is paid without a file."""
REPEATABLE = 23 * HOUR
"""How long a transfer that was begun may be repeated: Stripe forgets an idempotency key after 24
hours, and would send again."""
REASON_LENGTH = 300
REFERENCE_LENGTH = 100


class BatchState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    SETTLED = "settled"
    ABORTED = "aborted"


class PayoutState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({PayoutState.PAID, PayoutState.FAILED, PayoutState.CANCELLED})
GIVEN_BACK = frozenset({PayoutState.FAILED, PayoutState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Payouts of one method and currency. `items` and `total` leave cancelled ones out; `total` is
    what is to be sent, in minor units. `is_open` means that it still takes further payouts.
    """

    id: str
    method: Method
    currency: str
    state: BatchState
    is_open: bool
    approvals_needed: int
    items: int
    total: int
    created_by: str | None
    created_at: Instant
    approved_at: Instant | None = None
    submitted_by: str | None = None
    submitted_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def has_file(self) -> bool:
        """Whether it is paid by a file that somebody takes to a bank or provider."""
        return self.method in LARGEST_FILE

    @property
    def is_full(self) -> bool:
        return self.items >= LARGEST_FILE.get(self.method, LARGEST_TRANSFERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """One payment to one owner, whose id is its idempotency key for life.

    `amount` was claimed, `withheld` of it stays for a tax office; `fee` is what the payment cost
    the service.
    """

    id: str
    batch: str
    account: str
    currency: str
    amount: int
    withheld: int
    fee: int = 0
    state: PayoutState
    masked: str
    digest: str
    sealed: str
    parts: tuple[Part, ...]
    claimed_at: Instant
    sent_at: Instant | None = None
    ended_at: Instant | None = None
    provider_ref: str = ""
    reason: str = ""

    @property
    def net(self) -> int:
        """What is sent to the owner."""
        return self.amount - self.withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That an account approved a batch."""

    account: str
    at: Instant


def approvals_for(dollars: int | None) -> int:
    """Return how many administrators have to approve a batch of this many cents of USD; None is
    an amount that there is no rate for.
    """
    return 2 if dollars is None or dollars >= SECOND_APPROVAL_FROM.minor else 1


def add(batch: Batch, payout: Payout) -> Batch:
    """Return the batch with one more payout. Raises Conflict when it takes no more."""
    if batch.state is not BatchState.DRAFT or not batch.is_open:
        raise Conflict("The batch takes no further payouts.", hint="Draft another one.")
    grown = replace(batch, items=batch.items + 1, total=batch.total + payout.net)
    return replace(grown, is_open=not grown.is_full)


def take_out(batch: Batch, payout: Payout) -> Batch:
    """Return the batch without one of its payouts, which was cancelled."""
    return replace(batch, items=batch.items - 1, total=batch.total - payout.net)


def approve(
    batch: Batch, approver: str, known: Collection[Approval], *, dollars: int | None, now: Instant
) -> Batch:
    """Return the batch with one more approval; it is approved with the last that it needs.

    Raises Conflict when it is no draft, holds nothing, or the same administrator did so before.
    `dollars` is its total in cents of USD, None without a rate. From the first approval on it takes
    no further payouts.
    """
    _must_be(batch, BatchState.DRAFT, "be approved")
    if not batch.items:
        raise Conflict("There is nothing in this batch.", hint="Abort it.")
    if approver in {approval.account for approval in known}:
        raise Conflict(
            "You have approved this batch already.",
            hint="It needs the approval of another administrator.",
        )
    needed = max(batch.approvals_needed, approvals_for(dollars))
    is_last = len(known) + 1 >= needed
    return replace(
        batch,
        is_open=False,
        approvals_needed=needed,
        state=BatchState.APPROVED if is_last else BatchState.DRAFT,
        approved_at=now if is_last else None,
    )


def abort(batch: Batch, now: Instant) -> Batch:
    """Return the batch aborted. Raises Conflict once it was submitted."""
    if batch.state not in {BatchState.DRAFT, BatchState.APPROVED}:
        raise Conflict(
            f"The batch is {batch.state}; it cannot be aborted.",
            hint="Only what was not submitted yet can be.",
        )
    return replace(batch, state=BatchState.ABORTED, is_open=False, ended_at=now)


def submit(batch: Batch, by: str, now: Instant) -> Batch:
    """Return the batch submitted. Raises Conflict unless it is approved."""
    _must_be(batch, BatchState.APPROVED, "be submitted")
    return replace(batch, state=BatchState.SUBMITTED, submitted_by=by, submitted_at=now)


def settle(batch: Batch, states: Iterable[PayoutState], now: Instant) -> Batch:
    """Return a submitted batch, settled when all of its payouts have ended."""
    if batch.state is BatchState.SUBMITTED and set(states) <= ENDED:
        return replace(batch, state=BatchState.SETTLED, ended_at=now)
    return batch


def send(payout: Payout, now: Instant) -> Payout:
    """Return a payout that is on its way. Raises Conflict unless it waits."""
    _must_wait(payout)
    return replace(payout, state=PayoutState.SENT, sent_at=now)


def cancel(payout: Payout, reason: str, now: Instant) -> Payout:
    """Return a payout that is not sent after all. Raises Conflict when it was."""
    _must_wait(payout)
    return replace(payout, state=PayoutState.CANCELLED, reason=_cut(reason), ended_at=now)


def pay(payout: Payout, now: Instant, *, fee: int = 0, reference: str = "") -> Payout:
    """Return a payout that arrived; one that had done so stays as it is.

    Raises Conflict unless it is on its way, Invalid for a fee that cannot be.
    """
    if payout.state is PayoutState.PAID:
        return payout
    _must_be_sent(payout)
    return replace(
        payout,
        state=PayoutState.PAID,
        fee=check_amount(fee, field="fee"),
        provider_ref=reference[:REFERENCE_LENGTH] or payout.provider_ref,
        ended_at=now,
    )


def fail(payout: Payout, now: Instant, *, reason: str) -> Payout:
    """Return a payout whose money did not arrive; one that had failed stays as it is.

    Raises Conflict unless it is on its way.
    """
    if payout.state is PayoutState.FAILED:
        return payout
    _must_be_sent(payout)
    return replace(payout, state=PayoutState.FAILED, reason=_cut(reason), ended_at=now)


def may_repeat(payout: Payout, now: Instant) -> bool:
    """Tell whether a transfer that was begun may be asked for again under the same key."""
    return payout.sent_at is not None and now < payout.sent_at + REPEATABLE


def settlement_entry(payout: Payout, method: Method, at: Instant) -> Entry:
    """Return the entry of a payout that arrived: cash is gone, and what was withheld is owed."""
    cash = "cash.stripe" if method is Method.STRIPE else "cash.bank"
    postings = (
        (own("payout", payout.account), payout.amount),
        ("withheld", -payout.withheld),
        ("fees", payout.fee),
        (cash, -payout.net - payout.fee),
    )
    return Entry(
        kind=EntryKind.SETTLEMENT,
        key=f"payout:{payout.id}:settlement",
        at=at,
        ref=payout.id,
        postings=[
            Posting(account=account, currency=payout.currency, amount=amount)
            for account, amount in postings
            if amount
        ],
    )


def read_outcome(text: str) -> PayoutState:
    """Return what somebody says became of a payout. Raises Invalid."""
    if text not in {PayoutState.PAID, PayoutState.FAILED}:
        raise Invalid(
            f"{text[:20]!r} is nothing that becomes of a payout.",
            field="outcome",
            hint="Say paid or failed.",
        )
    return PayoutState(text)


def _must_be(batch: Batch, state: BatchState, wanted: str) -> None:
    if batch.state is not state:
        raise Conflict(
            f"The batch is {batch.state}; only one that is {state} can {wanted}.",
            hint="Look at it again: somebody else may have been quicker.",
        )


def _must_wait(payout: Payout) -> None:
    if payout.state is not PayoutState.QUEUED:
        raise Conflict(f"The payout {payout.id} is {payout.state} already.")


def _must_be_sent(payout: Payout) -> None:
    if payout.state is not PayoutState.SENT:
        raise Conflict(
            f"The payout {payout.id} is {payout.state}, not on its way.",
            hint="Nothing was booked.",
        )


def _cut(reason: str) -> str:
    return " ".join(reason.split())[:REASON_LENGTH]
