"""What became of submitted payouts: by a return file, or by hand.

A file is told by its SHA-256: uploaded again it gets the same report, and money stays where it is.
After a crash in the middle the same file goes on, since a payout that has ended stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from backend.actions.audit import note, note_alone
from backend.actions.context import Context
from backend.actions.payout_ends import ENDED_AT_ONCE, close_if_done, end, tell
from backend.domain import payouts
from backend.domain.actors import Actor, Role
from backend.domain.payout_files import Returned, match_returns
from backend.domain.payouts import ENDED, Batch, BatchState, Payout, PayoutState
from backend.errors import Conflict, Invalid
from backend.gateways.payouts import read_returns
from backend.store import ledger
from backend.store import payout_batches as batch_store
from backend.store import payouts as payout_store
from backend.store.tables.base import TENANT

LARGEST_RETURN = 8_000_000
"""The most bytes of a return file that are read."""
LISTED = 100
"""How many ids of each kind a report names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReport:
    """What came of a return file. `unchanged` had ended that way already; `differing` are payouts
    of which it says something that cannot be (another amount, another end), and `unknown` ids that
    are not of this batch: of both nothing was booked.
    """

    sha256: str
    paid: int
    failed: int
    unchanged: int
    waiting: int
    differing: tuple[str, ...]
    unknown: tuple[str, ...]


def apply_returns(context: Context, actor: Actor, batch: str, content: bytes) -> ReturnReport:
    """Settle a submitted batch by what a return file says of its payouts.

    Raises Invalid for a file of another kind, Conflict unless the batch was submitted.
    """
    actor.needs_role(Role.FINANCE)
    if not 0 < len(content) <= LARGEST_RETURN:
        raise Invalid(
            f"A return file has 1 to {LARGEST_RETURN} bytes.", field="content", hint="Split it."
        )
    sha256 = hashlib.sha256(content).hexdigest()
    with context.database.reading() as session:
        known = batch_store.get(session, TENANT, batch)
        before = batch_store.find_report(session, TENANT, batch, sha256)
        listed = payout_store.list_of_batch(session, TENANT, batch)
    if before is not None:
        return _to_report(before)
    _needs_submission(known)
    told = match_returns(
        known.method,
        read_returns(known.method, content),
        [one.id for one in listed],
        order_id=batch,
    )
    good, differing = _compare(listed, told.found)
    changed = [
        payout
        for start in range(0, len(good), ENDED_AT_ONCE)
        for payout in _end_some(context, batch, good[start : start + ENDED_AT_ONCE])
    ]
    report = ReturnReport(
        sha256=sha256,
        paid=sum(one.state is PayoutState.PAID for one in changed),
        failed=sum(one.state is PayoutState.FAILED for one in changed),
        unchanged=len(good) - len(changed),
        waiting=sum(one.state not in ENDED for one in listed) - len(changed),
        differing=tuple(differing[:LISTED]),
        unknown=tuple((one.line_id or one.batch)[:80] for one in told.unknown[:LISTED]),
    )
    with context.database.transaction() as session:
        batch_store.add_report(
            session, TENANT, batch, sha256,
            by=actor.account, at=context.clock.now(), report=json.dumps(asdict(report)),
        )  # fmt: skip
        facts = {"sha256": sha256, "paid": report.paid, "failed": report.failed}
        note(session, context, actor, "batch.returns", f"batch:{batch}", **facts)
    return report


def end_by_hand(  # noqa: PLR0913  what a person knows of a payment, each named
    context: Context,
    actor: Actor,
    batch: str,
    payout: str,
    *,
    outcome: str,
    fee: int = 0,
    reference: str = "",
    reason: str = "",
) -> Payout:
    """Note that a submitted payout was paid or failed, as a person has seen it.

    Raises Conflict unless it is on its way, or had another end; Invalid without a reason for a
    failure.
    """
    actor.needs_role(Role.FINANCE)
    state, now = payouts.read_outcome(outcome), context.clock.now()
    if state is PayoutState.FAILED and not reason.strip():
        raise Invalid("A reason is missing.", field="reason", hint="Say why it failed.")
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = batch_store.get(session, TENANT, batch, is_locked=True)
        before = payout_store.get(session, TENANT, batch, payout)
        if state is PayoutState.PAID:
            after = payouts.pay(before, now, fee=fee, reference=reference)
        else:
            after = payouts.fail(before, now, reason=reason)
        if after != before:
            end(session, context, known, [after], now)
            facts = {"batch": batch, "outcome": outcome, "reason": reason[:1_000]}
            note(session, context, actor, "payout.end", f"payout:{payout}", **facts)
        close_if_done(session, known, now)
    tell(context, [after])
    return after


def settle_all(context: Context, actor: Actor, batch: str) -> Batch:
    """Note that everything of a submitted batch that is still on its way was paid."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        _needs_submission(batch_store.get(session, TENANT, batch))
        listed = payout_store.list_in_state(session, TENANT, batch, PayoutState.SENT)
    note_alone(context, actor, "batch.settle", f"batch:{batch}", payouts=len(listed))
    good = [Returned(line_id=one.id, outcome="paid", reason="") for one in listed]
    for start in range(0, len(good), ENDED_AT_ONCE):
        _end_some(context, batch, good[start : start + ENDED_AT_ONCE])
    with context.database.transaction() as session:
        note(session, context, actor, "batch.settle", f"batch:{batch}", payouts=len(good))
        return batch_store.get(session, TENANT, batch)


def _compare(
    listed: Sequence[Payout], found: Sequence[Returned]
) -> tuple[list[Returned], list[str]]:
    """Return the returns that can be, and the ids of the payouts about which others cannot."""
    by_id = {one.id: one for one in listed}
    good: list[Returned] = []
    differing = []
    for returned in found:
        payout = by_id[returned.line_id]
        can_be = payout.state in {PayoutState.SENT, PayoutState(returned.outcome)}
        if can_be and _is_same_money(payout, returned):
            good.append(returned)
        else:
            differing.append(payout.id)
    return good, differing


def _is_same_money(payout: Payout, returned: Returned) -> bool:
    return (returned.amount is None or abs(returned.amount) == payout.net) and (
        returned.currency is None or returned.currency == payout.currency
    )


def _end_some(context: Context, batch: str, some: Sequence[Returned]) -> list[Payout]:
    """End payouts as they were returned; those that somebody else ended meanwhile stay."""
    now = context.clock.now()
    changed = []
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = batch_store.get(session, TENANT, batch, is_locked=True)
        for returned in some:
            before = payout_store.get(session, TENANT, batch, returned.line_id)
            if before.state is not PayoutState.SENT:
                continue
            is_paid = returned.outcome == "paid"
            reason = returned.reason or "no reason was given"
            changed.append(
                payouts.pay(before, now) if is_paid else payouts.fail(before, now, reason=reason)
            )
        end(session, context, known, changed, now)
        close_if_done(session, known, now)
    tell(context, changed)
    return changed


def _needs_submission(batch: Batch) -> None:
    if batch.state not in {BatchState.SUBMITTED, BatchState.SETTLED}:
        raise Conflict(
            f"The batch is {batch.state}; nothing of it was sent.",
            hint="Only a submitted batch can come back.",
        )


def _to_report(text: str) -> ReturnReport:
    values = json.loads(text)
    lists = {name: tuple(values[name]) for name in ("differing", "unknown")}
    return ReturnReport(**{**values, **lists})
