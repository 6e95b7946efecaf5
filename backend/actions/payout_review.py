"""What whoever approves a batch should know of it: how many have to, and what looks odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.payout_submission import CHANGED
from backend.actions.payouts import dollars_of
from backend.domain.actors import Actor, Role
from backend.domain.payees import REASON_WORDS, find_obstacle
from backend.domain.payouts import Batch, Payout, PayoutState, approvals_for
from backend.store import payees as payee_store
from backend.store.tables.base import TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`dollars` is the total in cents of USD, None without a rate; `needed` how many have to
    approve; `warnings` what is odd about payouts, by their ids.
    """

    dollars: int | None
    needed: int
    warnings: dict[str, tuple[str, ...]]


def review(context: Context, actor: Actor, batch: Batch, payouts: Sequence[Payout]) -> Review:
    """Return what is to be known of a batch and of some of its payouts. Raises Forbidden."""
    actor.needs_role(Role.FINANCE)
    now = context.clock.now()
    waiting = [one for one in payouts if one.state is PayoutState.QUEUED]
    accounts = [one.account for one in waiting]
    shared = Counter(one.digest for one in waiting)
    warnings: dict[str, tuple[str, ...]] = {}
    with context.database.reading() as session:
        dollars = dollars_of(session, batch, now)
        known = payee_store.find_all(session, TENANT, accounts)
        standings = payee_store.read_standings(session, TENANT, accounts)
        for payout in waiting:
            payee = known.get(payout.account)
            obstacle = find_obstacle(
                payee, standings[payout.account], context.settings.payout_methods, now
            )
            words = [REASON_WORDS[obstacle]] if obstacle else []
            if payee is not None and payee.digest != payout.digest:
                words.append(CHANGED)
            others = payee_store.list_sharing(session, TENANT, payout.digest)
            if shared[payout.digest] > 1 or set(others) - {payout.account}:
                words.append("Another account is paid to the same destination.")
            if payout.withheld:
                words.append("A part is withheld for a tax office.")
            if words:
                warnings[payout.id] = tuple(words)
    needed = max(batch.approvals_needed, approvals_for(dollars))
    return Review(dollars=dollars, needed=needed, warnings=warnings)
