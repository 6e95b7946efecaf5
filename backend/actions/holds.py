"""Reviews of owners: hold all that they earned and will earn, release it, or make it void.

Every step is kept with who took it and why, and booked: held money stands on an account of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import groupby

from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.ledger import post
from backend.domain.actors import Actor, Role
from backend.domain.earnings import (
    Changes,
    Commission,
    aggregate,
    expense_of,
    move,
    void,
    with_state,
)
from backend.domain.holds import Hold, HoldStep, check_reason, check_step
from backend.domain.ledger import Entry, EntryKind, Posting
from backend.errors import Conflict, NotFound
from backend.store import accounts, commissions, disputes, holds, ledger
from backend.store.database import Session
from backend.store.tables.base import TENANT

_ACTS = {
    HoldStep.ACTIVE: "commissions.hold",
    HoldStep.RELEASED: "commissions.release",
    HoldStep.CONFIRMED: "commissions.void",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A step that was taken, and how many commissions it changed."""

    hold: Hold
    changed: int


def hold_commissions(context: Context, actor: Actor, account: str, reason: str) -> Reviewed:
    """Hold what an account earned and no payout claimed, and whatever it earns from now on.

    Raises Conflict when it is held already, NotFound for an unknown account.
    """
    return _take(context, actor, account, HoldStep.ACTIVE, reason)


def release_commissions(context: Context, actor: Actor, account: str, reason: str) -> Reviewed:
    """Let everything go on as if it had never been held.

    Raises Conflict when nothing is held, or to the actor.
    """
    return _take(context, actor, account, HoldStep.RELEASED, reason)


def confirm_hold(context: Context, actor: Actor, account: str, reason: str) -> Reviewed:
    """Make void what is held and was never claimed; what is earned later counts again.

    Raises Conflict when nothing is held, or to the actor.
    """
    return _take(context, actor, account, HoldStep.CONFIRMED, reason)


def list_holds(context: Context, actor: Actor, account: str) -> list[Hold]:
    """Return the steps of an account's reviews, the oldest first."""
    actor.needs_role(Role.REVIEWER, Role.FINANCE)
    with context.database.reading() as session:
        return holds.list_steps(session, TENANT, account)


def _take(context: Context, actor: Actor, account: str, step: HoldStep, reason: str) -> Reviewed:
    actor.needs_role(Role.REVIEWER, Role.FINANCE)
    said = check_reason(reason)
    if account == actor.account and step is not HoldStep.ACTIVE:
        raise Conflict("Nobody ends a review of themselves.", hint="Ask somebody else.")
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        if accounts.find_account(session, TENANT, account) is None:
            raise NotFound("There is no such account.")
        taken = take_step(session, context, account, step, reason=said, by=actor.account)
        facts = {"reason": said, "changed": taken.changed, "step": taken.hold.n}
        note(session, context, actor, _ACTS[step], f"account:{account}", **facts)
    context.live.publish(f"account:{account}", {"earnings": step.value})
    return taken


def take_step(  # noqa: PLR0913  a step's own facts, each named
    session: Session,
    context: Context,
    account: str,
    step: HoldStep,
    *,
    reason: str,
    by: str | None,
) -> Reviewed:
    """Take a step in the caller's transaction, which holds the ledger's lock; `by` None is a rule.

    Raises Conflict when it cannot be the next one.
    """
    number = check_step(holds.find_last(session, TENANT, account), step)
    hold = Hold(account=account, n=number, step=step, reason=reason, by=by, at=context.clock.now())
    holds.add(session, TENANT, hold)
    changes = _changes(session, account, step)
    commissions.save(session, TENANT, [after for _before, after in changes])
    post(session, context, _entries(hold, changes))
    return Reviewed(hold=hold, changed=len(changes))


def _changes(session: Session, account: str, step: HoldStep) -> Changes:
    earned = commissions.list_of_beneficiary(session, TENANT, account)
    questioned = disputes.find_questioned(session, TENANT, {one.payment for one in earned})
    changes = [(one, _next(one, step, questioned)) for one in earned]
    return [(before, after) for before, after in changes if after != before]


def _next(
    commission: Commission, step: HoldStep, questioned: Collection[tuple[str, str]]
) -> Commission:
    if step is HoldStep.ACTIVE:
        return with_state(replace(commission, is_held=True))
    # A dispute of the owner's own goes on, whatever became of the review.
    is_held = (commission.payment, commission.beneficiary) in questioned
    ended = void(commission) if step is HoldStep.CONFIRMED else commission
    return with_state(replace(ended, is_held=is_held))


def _entries(hold: Hold, changes: Changes) -> list[Entry]:
    if hold.step is not HoldStep.CONFIRMED:
        kind = EntryKind.HOLD if hold.step is HoldStep.ACTIVE else EntryKind.RELEASE
        postings = aggregate(changes)
        entry = Entry(kind=kind, key=hold.key, at=hold.at, ref=hold.account, postings=postings)
        return [entry] if postings else []
    entries = [
        _correction(hold, payment, list(some))
        for payment, some in groupby(sorted(changes, key=_payment_of), key=_payment_of)
    ]
    return [entry for entry in entries if entry.postings]


def _payment_of(change: tuple[Commission, Commission]) -> str:
    return change[0].payment


def _correction(hold: Hold, payment: str, changes: Changes) -> Entry:
    """Return the entry that takes back what a payment earned, line by line."""
    spent = expense_of(changes)
    currency = changes[0][0].currency
    expense = [Posting(account="commission", currency=currency, amount=spent)] if spent else []
    return Entry(
        kind=EntryKind.CORRECTION,
        key=f"{hold.key}:{payment}",
        at=hold.at,
        ref=payment,
        postings=[*expense, *(one for before, after in changes for one in move(before, after))],
        facts={"review": hold.key},
    )
