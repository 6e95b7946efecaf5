"""Disputes: owners open them and give evidence, who is in charge of finance decides.

While a commission is disputed it is held; what an upheld dispute gives is booked as a correction of
the payment it is about, and can be claimed at once. Chargebacks of payers are none of these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.ledger import post
from backend.actions.notifying import notify
from backend.domain import disputes
from backend.domain.actors import Actor, Role
from backend.domain.disputes import Dispute, DisputeKind, DisputeState, Message
from backend.domain.earnings import Commission, Line, aggregate, award_of, move, with_state
from backend.domain.holds import check_reason
from backend.domain.instants import Instant
from backend.domain.ledger import Entry, EntryKind, Posting
from backend.domain.news import of_decision, of_question
from backend.domain.payments import Payment
from backend.errors import Invalid, NotFound
from backend.ids import new_id
from backend.store import commissions, holds, ledger, payments, payouts
from backend.store import disputes as store
from backend.store.database import Session
from backend.store.tables.base import TENANT

AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What an owner says when they open a dispute."""

    kind: DisputeKind
    text: str
    link: str = ""
    payment: str | None = None
    payout: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is decided. An upheld dispute may give `amount` minor units in the currency of
    `payment`, which has to be named unless the dispute does.
    """

    is_upheld: bool
    reason: str
    amount: int = 0
    payment: str | None = None


def open_dispute(context: Context, actor: Actor, opening: Opening) -> Dispute:
    """Open a dispute, and hold the commission that it is about.

    Raises Invalid for what cannot be, NotFound for what is not the actor's, LimitReached.
    """
    now = context.clock.now()
    text, link = disputes.check_message(opening.text, opening.link, 0)
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        undecided = store.count_undecided(session, actor)
        disputes.check_opening(opening.kind, opening.payment, opening.payout, undecided)
        if opening.payout is not None:
            payouts.get_own(session, actor, opening.payout)
        if opening.payment is not None and not _own(session, actor.account, opening.payment):
            raise NotFound("You have no commission of such a payment.")
        opened = Dispute(
            id=new_id(context.ids, now),
            account=actor.account,
            kind=opening.kind,
            payment=opening.payment,
            payout=opening.payout,
            opened_at=now,
            due_at=Instant(now + disputes.DECIDE_WITHIN),
        )
        store.save(session, TENANT, opened)
        _say(session, opened, text, link, now, is_owner=True)
        _turn(session, context, opened, EntryKind.HOLD)
    return opened


def add_evidence(context: Context, actor: Actor, dispute: str, text: str, link: str) -> Dispute:
    """Add a text of the owner. Raises Conflict once it is decided."""
    now = context.clock.now()
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        answered = disputes.answer(store.get_own(session, actor, dispute))
        before = len(store.list_messages(session, TENANT, dispute))
        said, shown = disputes.check_message(text, link, before)
        _say(session, answered, said, shown, now, is_owner=True)
        store.save(session, TENANT, answered)
    return answered


def withdraw(context: Context, actor: Actor, dispute: str) -> Dispute:
    """Withdraw a dispute of the actor's; what it held goes on."""
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        before = store.get_own(session, actor, dispute)
        return _end(session, context, disputes.withdraw(before, context.clock.now()))


def list_own(
    context: Context, actor: Actor, *, before: str = "", limit: int = AT_ONCE
) -> list[Dispute]:
    """Return the actor's disputes, the newest first."""
    with context.database.reading() as session:
        return store.list_own(session, actor, before=before, limit=limit)


def get_own(context: Context, actor: Actor, dispute: str) -> tuple[Dispute, list[Message]]:
    """Return a dispute of the actor's with what was said. Raises NotFound."""
    with context.database.reading() as session:
        found = store.get_own(session, actor, dispute)
        return found, store.list_messages(session, TENANT, dispute)


def list_all(
    context: Context,
    actor: Actor,
    *,
    state: DisputeState | None = None,
    before: str = "",
    limit: int = AT_ONCE,
) -> list[Dispute]:
    """Return everybody's disputes, the newest first."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        return store.list_all(session, TENANT, state, before=before, limit=limit)


def get(context: Context, actor: Actor, dispute: str) -> tuple[Dispute, list[Message]]:
    """Return a dispute with what was said. Raises NotFound."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        found = store.get(session, TENANT, dispute)
        return found, store.list_messages(session, TENANT, dispute)


def find_earned(
    context: Context, actor: Actor, account: str, payment: str
) -> tuple[Payment, list[Commission]] | None:
    """Return a payment and what an account earned of it, None where there is no such payment."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        found = payments.find(session, TENANT, payment)
        return None if found is None else (found, _own(session, account, payment))


def ask(context: Context, actor: Actor, dispute: str, text: str) -> Dispute:
    """Ask the owner for evidence, which has to come within 14 days. Raises Conflict."""
    actor.needs_role(Role.FINANCE)
    now = context.clock.now()
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        asked = disputes.ask(store.get(session, TENANT, dispute), now)
        before = len(store.list_messages(session, TENANT, dispute))
        said, _link = disputes.check_message(text, "", before)
        _say(session, asked, said, "", now, is_owner=False)
        notify(session, context, [of_question(asked, before + 1)])
        store.save(session, TENANT, asked)
        note(session, context, actor, "dispute.ask", f"dispute:{dispute}")
    context.live.publish(f"account:{asked.account}", {"dispute": asked.state.value})
    return asked


def decide(context: Context, actor: Actor, dispute: str, ruling: Ruling) -> Dispute:
    """Decide a dispute: what it held goes on, and what it gives is booked.

    Raises Conflict when it is decided already or the actor's own, Invalid for an amount that
    cannot be, NotFound for an unknown payment.
    """
    actor.needs_role(Role.FINANCE)
    reason = check_reason(ruling.reason)
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        decided = disputes.decide(
            store.get(session, TENANT, dispute),
            actor.account,
            context.clock.now(),
            is_upheld=ruling.is_upheld,
            reason=reason,
            amount=ruling.amount,
        )
        decided = _end(session, context, decided)
        if decided.amount:
            decided = _give(session, context, decided, ruling)
        notify(session, context, [of_decision(decided)])
        facts = {"state": decided.state.value, "amount": decided.amount, "reason": reason}
        note(session, context, actor, "dispute.decide", f"dispute:{dispute}", **facts)
    context.live.publish(f"account:{decided.account}", {"dispute": decided.state.value})
    return decided


def expire_disputes(context: Context) -> int:
    """End disputes whose evidence did not come in time; return how many."""
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        due = store.list_due(session, TENANT, context.clock.now(), limit=AT_ONCE)
        for dispute in due:
            ended = _end(session, context, disputes.expire(dispute))
            notify(session, context, [of_decision(ended)])
    return len(due)


def _own(session: Session, account: str, payment: str) -> list[Commission]:
    earned = commissions.list_of_payment(session, TENANT, payment)
    return [one for one in earned if one.beneficiary == account]


def _say(  # noqa: PLR0913  a message's parts
    session: Session, dispute: Dispute, text: str, link: str, at: Instant, *, is_owner: bool
) -> None:
    number = len(store.list_messages(session, TENANT, dispute.id)) + 1
    message = Message(n=number, is_owner=is_owner, text=text, link=link, at=at)
    store.add_message(session, TENANT, dispute.id, message)


def _end(session: Session, context: Context, ended: Dispute) -> Dispute:
    store.save(session, TENANT, ended)
    _turn(session, context, ended, EntryKind.RELEASE)
    return ended


def _turn(session: Session, context: Context, dispute: Dispute, kind: EntryKind) -> None:
    """Hold or release the owner's commission of a payment, as disputes and reviews say now."""
    if dispute.kind is not DisputeKind.COMMISSION or dispute.payment is None:
        return
    questioned = store.find_questioned(session, TENANT, [dispute.payment])
    is_held = (dispute.payment, dispute.account) in questioned or bool(
        holds.find_held(session, TENANT, [dispute.account])
    )
    changes = [
        (one, with_state(replace(one, is_held=is_held)))
        for one in _own(session, dispute.account, dispute.payment)
        if one.is_held != is_held
    ]
    commissions.save(session, TENANT, [after for _before, after in changes])
    postings = aggregate(changes)
    if postings:
        entry = Entry(
            kind=kind,
            key=f"dispute:{dispute.id}:{kind}",
            at=context.clock.now(),
            ref=dispute.id,
            postings=postings,
        )
        post(session, context, [entry])


def _give(session: Session, context: Context, dispute: Dispute, ruling: Ruling) -> Dispute:
    """Book what an upheld dispute gives, as a correction of its payment's first entry."""
    payment = _payment_of(session, dispute, ruling)
    earned = commissions.list_of_payment(session, TENANT, payment.id)
    number = sum(one.line is Line.AWARD for one in earned) + 1
    given = replace(dispute, payment=payment.id, award=number)
    is_held = bool(holds.find_held(session, TENANT, [dispute.account]))
    now = context.clock.now()
    award = award_of(payment, dispute.account, number, dispute.amount, now, is_held=is_held)
    commissions.save(session, TENANT, [award])
    store.save(session, TENANT, given)
    sale = f"{payment.provider}:{payment.ref}:paid"
    expense = Posting(account="commission", currency=payment.currency, amount=dispute.amount)
    entry = Entry(
        kind=EntryKind.CORRECTION,
        key=f"dispute:{dispute.id}:award",
        at=now,
        ref=payment.id,
        reverses=ledger.find_keys(session, TENANT, [sale])[sale][0],
        postings=[expense, *move(None, award)],
        facts={"dispute": dispute.id},
    )
    post(session, context, [entry])
    return given


def _payment_of(session: Session, dispute: Dispute, ruling: Ruling) -> Payment:
    named = dispute.payment or ruling.payment
    if named is None or (ruling.payment or named) != named:
        raise Invalid("Say which payment the amount is given for.", field="payment")
    payment = payments.find(session, TENANT, named)
    if payment is None:
        raise NotFound("There is no such payment.")
    if dispute.amount > payment.net:
        raise Invalid(
            f"{dispute.amount} is more than the {payment.net} that the payment is worth.",
            field="amount",
        )
    return payment
