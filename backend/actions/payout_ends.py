"""What becomes of payouts: they arrived, or their money is given back. Part of a transaction.

The caller holds the ledger's lock and the batch, and has asked the domain for each payout's new
state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from backend.actions.context import Context
from backend.actions.ledger import post
from backend.actions.notifying import notify
from backend.domain.claims import Claim, ClaimedLine, give_back, return_entry, state_among
from backend.domain.earnings import Commission, CommissionState
from backend.domain.instants import Instant
from backend.domain.ledger import Entry
from backend.domain.news import of_payouts
from backend.domain.payouts import GIVEN_BACK, Batch, Payout, settle, settlement_entry
from backend.store import commissions
from backend.store import payout_batches as batch_store
from backend.store import payouts as payout_store
from backend.store.database import Session
from backend.store.tables.base import TENANT

ENDED_AT_ONCE = 200
"""How many payouts end in one transaction, so that nobody waits long for the ledger."""

Lines = Sequence[ClaimedLine]
States = Sequence[CommissionState]


def end(
    session: Session, context: Context, batch: Batch, ended: Sequence[Payout], at: Instant
) -> None:
    """Store payouts that are paid, failed or cancelled now, and book what that means.

    What failed or was cancelled is available again (or owed back again), commission by commission.
    """
    payout_store.save(session, TENANT, ended)
    payout_store.forget_erased(session, TENANT, ended)
    lines = payout_store.list_lines(session, TENANT, [one.id for one in ended])
    entries = [
        _give_back(session, one, lines[one.id], at)
        if one.state in GIVEN_BACK
        else _settle(session, batch, one, lines[one.id], at)
        for one in ended
    ]
    post(session, context, entries)
    notify(session, context, of_payouts(ended))


def close_if_done(session: Session, batch: Batch, now: Instant) -> Batch:
    """Return the batch, settled and stored when all of its payouts have ended."""
    settled = settle(batch, payout_store.list_states(session, TENANT, batch.id), now)
    if settled != batch:
        batch_store.save(session, TENANT, settled)
    return settled


def tell(context: Context, ended: Sequence[Payout]) -> None:
    """Tell the open pages of the owners; after the transaction."""
    for account in sorted({payout.account for payout in ended}):
        context.live.publish(f"account:{account}", {"earnings": "payout"})


def _settle(session: Session, batch: Batch, payout: Payout, lines: Lines, at: Instant) -> Entry:
    def paid(commission: Commission, _amount: int, others: States) -> Commission:
        state = state_among([CommissionState.PAID, *others])
        return replace(commission, state=state or commission.state)

    _change(session, payout, lines, paid)
    return settlement_entry(payout, batch.method, at)


def _give_back(session: Session, payout: Payout, lines: Lines, at: Instant) -> Entry:
    changes = _change(session, payout, lines, give_back)
    claimed = Claim(
        account=payout.account,
        currency=payout.currency,
        amount=payout.amount,
        parts=payout.parts,
        lines=tuple(lines),
    )
    return return_entry(payout.id, claimed, changes, at, reason=payout.reason)


def _change(
    session: Session,
    payout: Payout,
    lines: Lines,
    change: Callable[[Commission, int, States], Commission],
) -> list[tuple[Commission, Commission]]:
    """Store what `change` makes of each commission that a payout claimed of; return both."""
    others = payout_store.list_claims(session, TENANT, lines, but=payout.id)
    amounts = {payout_store.key_of(line): line.amount for line in lines}
    changes = []
    for before in payout_store.list_claimed(session, TENANT, lines):
        key = (before.payment, before.level, before.line.value)
        changes.append((before, change(before, amounts[key], others.get(key, []))))
    commissions.save(session, TENANT, [after for _before, after in changes])
    return changes
