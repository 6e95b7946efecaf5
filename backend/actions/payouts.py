"""Batches of payouts up to their approval: draft, look, approve, take out, abort.

Each payout is claimed in a transaction of its own, under the ledger's lock: two who draft at once
share the work, and what one claimed is not there for the other. Everything here is for who is in
charge of finance; what an owner sees of their own payouts is at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.actions import payees as payee_actions
from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.exchange import rates_for
from backend.actions.ledger import post
from backend.actions.payout_ends import ENDED_AT_ONCE, end, tell
from backend.domain import payouts
from backend.domain.actors import Actor, Role
from backend.domain.claims import Claim, ClaimedLine, claim, claim_entry
from backend.domain.destinations import Method
from backend.domain.exchange import convert
from backend.domain.instants import Instant, day_of
from backend.domain.payees import (
    Payee,
    Reason,
    check_terms,
    reason_not_payable,
    withheld_of,
)
from backend.domain.payouts import (
    SECOND_APPROVAL_FROM,
    Approval,
    Batch,
    BatchState,
    Payout,
    PayoutState,
)
from backend.errors import Conflict, Invalid, RateMissing
from backend.ids import new_id
from backend.store import commissions, ledger
from backend.store import payees as payee_store
from backend.store import payout_batches as batch_store
from backend.store import payouts as payout_store
from backend.store.database import Session
from backend.store.payout_batches import StoredFile
from backend.store.tables.base import TENANT

PAGE = 100
ABORTED = "the batch was aborted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What drafting came to: the batches that took payouts, how many, and who is not paid why."""

    batches: tuple[str, ...]
    claimed: int
    skipped: tuple[tuple[str, Reason], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """A batch, who approved it, its file once there is one, and a page of its payouts."""

    batch: Batch
    approvals: tuple[Approval, ...]
    file: StoredFile | None
    payouts: tuple[Payout, ...]
    after: str | None


def draft(context: Context, by: Actor | None, method: Method, currency: str) -> Drafted:
    """Claim what is due of everybody who is paid by `method` in `currency`, into open batches.

    It can be repeated, also after a crash: it goes on where it was. None stands for the clock.
    Raises Invalid for a method that is off or does not pay the currency.
    """
    if by is not None:
        by.needs_role(Role.FINANCE)
    check_terms(method, currency, context.settings.payout_methods)
    with context.database.reading() as session:
        waiting = payee_store.list_waiting(session, TENANT, method, currency)
    made: list[Payout] = []
    skipped: list[tuple[str, Reason]] = []
    for account in waiting:
        found = _draft_one(context, by, account, (method, currency))
        if isinstance(found, Payout):
            made.append(found)
        elif found is not None:
            skipped.append((account, found))
    tell(context, made)
    batches = tuple(dict.fromkeys(payout.batch for payout in made))
    return Drafted(batches=batches, claimed=len(made), skipped=tuple(skipped))


def draft_all(context: Context, by: Actor | None) -> dict[tuple[Method, str], Drafted]:
    """Draft every method and currency that somebody is to be paid by and that is offered."""
    with context.database.reading() as session:
        ways = payee_store.list_ways(session, TENANT)
    offered = context.settings.payout_methods
    return {(way, code): draft(context, by, way, code) for way, code in ways if way in offered}


def _draft_one(
    context: Context, by: Actor | None, account: str, way: tuple[Method, str]
) -> Payout | Reason | None:
    """Claim what is due to one payee; return why not, None when there is nothing any more."""
    now = context.clock.now()
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        payee = payee_store.find(session, TENANT, account)
        if payee is None or (payee.method, payee.currency) != way:
            return Reason.NO_METHOD
        made, dollars = payee_actions.reckon(session, context, account, payee.currency)
        if made is not None and not made.lines:
            return None  # somebody else has just drafted it
        standing = payee_store.read_standings(session, TENANT, [account])[account]
        offered = context.settings.payout_methods
        reason = reason_not_payable(payee, standing, offered, now, dollars=dollars)
        if reason is not None or made is None:
            return reason
        fresh = _new_batch(context, by, way, now)
        batch = batch_store.open_batch(session, TENANT, fresh)
        payout = _claim(session, context, batch, payee, made)
        batch_store.save(session, TENANT, payouts.add(batch, payout))
        if by is not None:
            facts = {"payout": payout.id, "amount": payout.amount, "currency": payout.currency}
            note(session, context, by, "batch.draft", f"batch:{batch.id}", **facts)
        return payout


def _claim(session: Session, context: Context, batch: Batch, payee: Payee, made: Claim) -> Payout:
    """Store a payout of all that is due to a payee, and book that it is on its way."""
    now = context.clock.now()
    payout = Payout(
        id=new_id(context.ids, now),
        batch=batch.id,
        account=payee.account,
        currency=payee.currency,
        amount=made.amount,
        withheld=withheld_of(payee, made.amount),
        state=PayoutState.QUEUED,
        masked=payee.masked,
        digest=payee.digest,
        sealed=payee.sealed,
        parts=made.parts,
        claimed_at=now,
    )
    before = payout_store.list_claimed(session, TENANT, made.lines)
    changes = [(one, claim(one, payout.id)) for one in before]
    commissions.save(session, TENANT, [after for _before, after in changes])
    payout_store.insert_payout(session, TENANT, payout, made.lines)
    post(session, context, [claim_entry(payout.id, made, changes, now)])
    return payout


def list_batches(
    context: Context, actor: Actor, *, state: BatchState | None = None, after: str = "", limit: int
) -> list[Batch]:
    """Return batches, the newest first."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        return batch_store.list_batches(session, TENANT, state=state, after=after, limit=limit)


def get_batch(
    context: Context, actor: Actor, batch: str, *, after: str = "", limit: int = PAGE
) -> BatchReport:
    """Return a batch with a page of its payouts. Raises NotFound."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        found = batch_store.get(session, TENANT, batch)
        page = payout_store.list_of_batch(session, TENANT, batch, after=after, limit=limit + 1)
        return BatchReport(
            batch=found,
            approvals=tuple(batch_store.list_approvals(session, TENANT, batch)),
            file=batch_store.find_file(session, TENANT, batch),
            payouts=tuple(page[:limit]),
            after=page[limit - 1].id if len(page) > limit else None,
        )


def approve(context: Context, actor: Actor, batch: str, *, total: int) -> Batch:
    """Approve a batch of which the actor has seen that `total` minor units are to be sent.

    From $10 000 or its equivalent on, two different administrators have to. Raises Conflict when
    it is another total by now, or the actor approved before.
    """
    actor.needs_role(Role.FINANCE)
    now = context.clock.now()
    with context.database.transaction() as session:
        known = batch_store.get(session, TENANT, batch, is_locked=True)
        if known.state is BatchState.DRAFT and known.total != total:
            raise Conflict(
                f"The batch comes to {known.total} minor units by now, not to {total}.",
                hint="Look at it again before you approve it.",
            )
        approvals = batch_store.list_approvals(session, TENANT, batch)
        dollars = dollars_of(session, known, now)
        approved = payouts.approve(known, actor.account, approvals, dollars=dollars, now=now)
        made = Approval(account=actor.account, at=now)
        batch_store.add_approval(session, TENANT, batch, made)
        batch_store.save(session, TENANT, approved)
        facts = {"total": total, "state": approved.state.value}
        note(session, context, actor, "batch.approve", f"batch:{batch}", **facts)
    return approved


def withdraw(context: Context, actor: Actor, batch: str, payout: str, *, reason: str) -> Payout:
    """Take a payout out of a draft and give its money back; approvals begin anew.

    Raises Conflict once the batch is approved, NotFound for a payout of another batch.
    """
    actor.needs_role(Role.FINANCE)
    now = context.clock.now()
    if not reason.strip():
        raise Invalid("A reason is missing.", field="reason", hint="Say why it is not paid.")
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = batch_store.get(session, TENANT, batch, is_locked=True)
        if known.state is not BatchState.DRAFT:
            raise Conflict(f"The batch is {known.state}.", hint="Abort it to change it.")
        out = payouts.cancel(payout_store.get(session, TENANT, batch, payout), reason, now)
        batch_store.drop_approvals(session, TENANT, batch)
        batch_store.save(session, TENANT, payouts.take_out(known, out))
        end(session, context, known, [out], now)
        facts = {"batch": batch, "reason": reason[:1_000]}
        note(session, context, actor, "payout.withdraw", f"payout:{payout}", **facts)
    tell(context, [out])
    return out


def abort(context: Context, actor: Actor, batch: str) -> Batch:
    """Abort a batch that was not submitted, and give back what it claimed.

    The batch is aborted first, then its payouts are cancelled some at a time; after a crash the
    same call goes on. Raises Conflict once it was submitted.
    """
    actor.needs_role(Role.FINANCE)
    with context.database.transaction() as session:
        known = batch_store.get(session, TENANT, batch, is_locked=True)
        if known.state is not BatchState.ABORTED:
            known = payouts.abort(known, context.clock.now())
            batch_store.save(session, TENANT, known)
            note(session, context, actor, "batch.abort", f"batch:{batch}")
    while _cancel_some(context, known):
        pass
    with context.database.reading() as session:
        return batch_store.get(session, TENANT, batch)


def _cancel_some(context: Context, batch: Batch) -> bool:
    now = context.clock.now()
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = batch_store.get(session, TENANT, batch.id, is_locked=True)
        waiting = payout_store.list_in_state(
            session, TENANT, batch.id, PayoutState.QUEUED, limit=ENDED_AT_ONCE
        )
        out = [payouts.cancel(one, ABORTED, now) for one in waiting]
        for one in out:
            known = payouts.take_out(known, one)
        batch_store.save(session, TENANT, known)
        end(session, context, known, out, now)
    tell(context, out)
    return len(out) == ENDED_AT_ONCE


def list_own(
    context: Context, actor: Actor, *, before: str = "", limit: int
) -> list[tuple[Payout, Method]]:
    """Return the actor's own payouts, the newest first, with how each is paid."""
    with context.database.reading() as session:
        found = payout_store.list_own(session, actor, before=before, limit=limit)
        return _with_methods(session, found)


def get_own(
    context: Context, actor: Actor, payout: str
) -> tuple[Payout, Method, list[ClaimedLine]]:
    """Return a payout of the actor and what it is made of. Raises NotFound."""
    with context.database.reading() as session:
        found = payout_store.get_own(session, actor, payout)
        ((_payout, method),) = _with_methods(session, [found])
        return found, method, payout_store.list_lines(session, actor.tenant, [payout])[payout]


def _with_methods(session: Session, found: Iterable[Payout]) -> list[tuple[Payout, Method]]:
    methods: dict[str, Method] = {}
    pairs = []
    for payout in found:
        if payout.batch not in methods:
            methods[payout.batch] = batch_store.get(session, TENANT, payout.batch).method
        pairs.append((payout, methods[payout.batch]))
    return pairs


def _new_batch(context: Context, by: Actor | None, way: tuple[Method, str], now: Instant) -> Batch:
    method, currency = way
    return Batch(
        id=new_id(context.ids, now),
        method=method,
        currency=currency,
        state=BatchState.DRAFT,
        is_open=True,
        approvals_needed=1,
        items=0,
        total=0,
        created_by=by.account if by else None,
        created_at=now,
    )


def dollars_of(session: Session, batch: Batch, now: Instant) -> int | None:
    """Return what a batch comes to in cents of USD, None without a rate."""
    rates = rates_for(session, day_of(now))
    try:
        return convert(batch.total, batch.currency, SECOND_APPROVAL_FROM.currency, rates).amount
    except RateMissing:
        return None
