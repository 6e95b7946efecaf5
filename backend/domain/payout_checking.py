"""Payouts compared with what they claim, with the ledger, with their batch and its file.

Source: the model's invariants: what a payout claims adds up to it; a commission's claims add up to
what of it is settled; payouts add up to their batch, and both to its file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.checking import Difference
from backend.domain.claims import ClaimedLine
from backend.domain.ledger import EntryKind, own
from backend.domain.payouts import ENDED, Batch, BatchState, Payout, PayoutState

_ENTRIES: dict[PayoutState, frozenset[EntryKind]] = {
    PayoutState.QUEUED: frozenset({EntryKind.CLAIM}),
    PayoutState.SENT: frozenset({EntryKind.CLAIM}),
    PayoutState.PAID: frozenset({EntryKind.CLAIM, EntryKind.SETTLEMENT}),
    PayoutState.FAILED: frozenset({EntryKind.CLAIM, EntryKind.PAYOUT_FAILURE}),
    PayoutState.CANCELLED: frozenset({EntryKind.CLAIM, EntryKind.PAYOUT_FAILURE}),
}
_STATES: dict[BatchState, frozenset[PayoutState]] = {
    BatchState.DRAFT: frozenset({PayoutState.QUEUED, PayoutState.CANCELLED}),
    BatchState.APPROVED: frozenset({PayoutState.QUEUED, PayoutState.CANCELLED}),
    BatchState.SUBMITTED: frozenset(PayoutState),
    BatchState.SETTLED: ENDED,
    BatchState.ABORTED: frozenset({PayoutState.CANCELLED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRecord:
    """A payout, what it claims, and what its entries post: by kind, then by account."""

    payout: Payout
    lines: Sequence[ClaimedLine]
    posted: Mapping[EntryKind, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """A batch, its payouts added up, and its file: `file` is lines and total."""

    batch: Batch
    states: Collection[PayoutState]
    items: int
    total: int
    approvals: int
    file: tuple[int, int] | None
    is_file_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRecord:
    """A commission: what of it is settled, and what payouts claim of it that stand."""

    where: str
    settled: int
    claimed: int


def compare_payout(record: PayoutRecord) -> Iterator[Difference]:
    """Compare a payout with its lines, with its currencies, and with what is booked of it."""
    payout, where = record.payout, f"payout {record.payout.id}"
    sums: defaultdict[str, int] = defaultdict(int)
    for line in record.lines:
        sums[line.currency] += line.amount
    parts = {part.currency: part.amount for part in payout.parts}
    yield from _unless_equal("payout_line.amount", where, dict(sums), parts)
    converted = sum(part.converted for part in payout.parts)
    yield from _unless_equal("payout.amount", where, payout.amount, converted)
    wanted = _ENTRIES[payout.state]
    yield from _unless_equal("ledger_txn.kind", where, sorted(record.posted), sorted(wanted))
    account = own("payout", payout.account)
    claimed = record.posted.get(EntryKind.CLAIM, {}).get(account, 0)
    yield from _unless_equal("ledger_posting.amount", where, claimed, -payout.amount)
    left = sum(posted.get(account, 0) for posted in record.posted.values())
    on_its_way = 0 if payout.state in ENDED else -payout.amount
    yield from _unless_equal("ledger_posting.amount", where, left, on_its_way)
    if payout.state is PayoutState.PAID:
        settled = record.posted.get(EntryKind.SETTLEMENT, {})
        cash = sum(amount for name, amount in settled.items() if name.startswith("cash."))
        yield from _unless_equal("cash", where, cash, -payout.net - payout.fee)
        kept = settled.get("withheld", 0)
        yield from _unless_equal("withheld", where, kept, -payout.withheld)


def compare_batch(record: BatchRecord) -> Iterator[Difference]:
    """Compare a batch with its payouts, its approvals and its file."""
    batch, where = record.batch, f"batch {record.batch.id}"
    yield from _unless_equal("payout_batch.items", where, batch.items, record.items)
    yield from _unless_equal("payout_batch.total", where, batch.total, record.total)
    strays = sorted(set(record.states) - _STATES[batch.state])
    yield from _unless_equal("payout.state", where, strays, [])
    if batch.approved_at is not None and record.approvals < batch.approvals_needed:
        yield from _unless_equal("payout_approval", where, record.approvals, batch.approvals_needed)
    was_sent = batch.state in {BatchState.SUBMITTED, BatchState.SETTLED} and batch.has_file
    expected = (record.items, record.total) if was_sent else None
    yield from _unless_equal("payout_file", where, record.file, expected)
    if not record.is_file_whole:
        yield Difference(
            what="payout_file.sha256", where=where, stored="another file", computed="its digest"
        )


def compare_claims(record: ClaimRecord) -> Iterator[Difference]:
    """Compare what of a commission is settled with the payouts that claim it."""
    yield from _unless_equal("commission.settled", record.where, record.settled, record.claimed)


def _unless_equal(what: str, where: str, stored: object, computed: object) -> Iterator[Difference]:
    if stored != computed:
        yield Difference(what=what, where=where, stored=str(stored), computed=str(computed))
