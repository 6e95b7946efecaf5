"""What payment providers tell becomes entries of the ledger and commissions.

One event is one transaction. Repeats change nothing, and any order of events ends the same: what
is told of a payment before the payment itself waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.actions.context import Context
from backend.actions.instruments import remember_instruments
from backend.actions.ledger import post
from backend.actions.notifying import notify
from backend.actions.referrals import convert
from backend.domain.billing_events import Adjusted, AdjustmentKind, AdjustmentStatus, Paid
from backend.domain.chains import chain_of
from backend.domain.commissions import months_between
from backend.domain.earnings import Commission, expense_of, move, rebook
from backend.domain.instants import Instant
from backend.domain.ledger import Booked, Entry, EntryKind, Posting
from backend.domain.news import of_conversion
from backend.domain.payments import (
    Adjustment,
    Payment,
    check_adjusted,
    check_paid,
    check_same,
    merge,
    total,
)
from backend.domain.plans import DEFAULT_PLAN, Plan
from backend.errors import Invalid
from backend.ids import new_id
from backend.store import accounts, chains, commissions, holds, ledger, payments, plans, rewards
from backend.store.database import Session
from backend.store.tables.base import TENANT


class Outcome(StrEnum):
    BOOKED = "booked"
    KNOWN = "known"
    """It was told before, or changes nothing."""
    WAITING = "waiting"
    """Its payment is not known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of an event; `beneficiaries` are whose commissions it changed."""

    outcome: Outcome
    payment: str | None = None
    entries: tuple[Booked, ...] = ()
    beneficiaries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    """Why a payment is booked anew: the entry's kind, key and time, and where cash moves."""

    kind: EntryKind
    key: str
    at: Instant
    cash: str


def apply_event(context: Context, event: Paid | Adjusted) -> Applied:
    """Book an event. Raises Invalid for impossible amounts, an unknown account or currency, and
    Conflict when a known payment comes with other figures; nothing is booked then.
    """
    if isinstance(event, Paid):
        check_paid(event)
    else:
        check_adjusted(event)
    with context.database.transaction() as session:
        # First of all, so that everything below is one after the other for the whole tenant.
        ledger.lock(session, TENANT)
        if isinstance(event, Paid):
            applied = _apply_paid(session, context, event)
        else:
            applied = _apply_adjusted(session, context, event)
    for beneficiary in sorted(applied.beneficiaries):
        context.live.publish(f"account:{beneficiary}", {"earnings": event.provider.value})
    return applied


def _apply_paid(session: Session, context: Context, event: Paid) -> Applied:
    known = payments.find_by_ref(session, TENANT, event.provider, event.ref)
    if known is not None:
        check_same(known, event)
        remember_instruments(session, event)
        return Applied(outcome=Outcome.KNOWN, payment=known.id)
    if accounts.find_account(session, TENANT, event.account) is None:
        raise Invalid(f"There is no account {event.account[:40]!r}.", field="account")
    remember_instruments(session, event)
    referral = convert(session, event.account, event.paid_at)
    notify(session, context, of_conversion(referral, event.paid_at))
    first = payments.find_first(session, TENANT, event.account)
    payment = _new_payment(session, context, event, first)
    booked, touched = _book_sale(session, context, payment)
    adjustments = payments.list_adjustments(session, TENANT, event.provider, event.charge)
    for number in range(len(adjustments)):
        more, others = _settle(session, context, payment.id, adjustments[: number + 1])
        booked, touched = booked + more, touched | others
    more, others = _retarget(session, context, payment, first)
    return Applied(
        outcome=Outcome.BOOKED,
        payment=payment.id,
        entries=(*booked, *more),
        beneficiaries=touched | others,
    )


def _apply_adjusted(session: Session, context: Context, event: Adjusted) -> Applied:
    known = payments.find_adjustment(session, TENANT, event.provider, event.ref)
    adjustment = merge(known, event)
    payment = payments.find_by_charge(session, TENANT, event.provider, event.charge)
    if payment is not None and payment.currency != event.currency:
        raise Invalid(
            f"{event.ref} is in {event.currency}, and its payment in {payment.currency}.",
            field="currency",
        )
    if adjustment == known:
        return Applied(outcome=Outcome.KNOWN, payment=payment.id if payment else None)
    payments.save_adjustment(session, TENANT, adjustment)
    if payment is None:
        return Applied(outcome=Outcome.WAITING)
    every = payments.list_adjustments(session, TENANT, event.provider, event.charge)
    # The one that changed comes last: the entry is about it.
    every.sort(key=lambda one: one.ref == event.ref)
    booked, touched = _settle(session, context, payment.id, every)
    return Applied(
        outcome=Outcome.BOOKED if booked else Outcome.KNOWN,
        payment=payment.id,
        entries=tuple(booked),
        beneficiaries=touched,
    )


def _new_payment(session: Session, context: Context, event: Paid, first: Instant | None) -> Payment:
    plan = plans.plan_at(session, TENANT, event.paid_at, DEFAULT_PLAN)
    chain = chain_of(chains.read_chain(session, TENANT, event.account), event.paid_at)
    return Payment(
        id=new_id(context.ids, event.paid_at),
        provider=event.provider,
        ref=event.ref,
        charge=event.charge,
        account=event.account,
        currency=event.currency,
        country=event.country,
        gross=event.gross,
        tax=event.tax,
        fee=event.fee,
        paid_at=event.paid_at,
        period_start=event.period_start,
        months=months_between(_earlier(first, event.paid_at), event.period_start),
        plan=plan.name,
        plan_version=plan.version,
        chain=chain,
        bonuses=rewards.bonuses_of(session, TENANT, chain, event.paid_at),
    )


def _earlier(first: Instant | None, paid_at: Instant) -> Instant:
    """Return when the payer first paid: all of it is with the one referrer that they have."""
    return paid_at if first is None else min(first, paid_at)


def _book_sale(
    session: Session, context: Context, payment: Payment
) -> tuple[list[Booked], frozenset[str]]:
    cash = f"cash.{payment.provider}"
    money = [
        (cash, payment.gross - payment.fee),
        ("fees", payment.fee),
        ("tax", -payment.tax),
        ("sales", payment.tax - payment.gross),
    ]
    cause = _Cause(
        kind=EntryKind.SALE,
        key=f"{payment.provider}:{payment.ref}:paid",
        at=payment.paid_at,
        cash=cash,
    )
    return _book(session, context, payment, cause, money)


def _settle(
    session: Session, context: Context, payment_id: str, adjustments: Sequence[Adjustment]
) -> tuple[list[Booked], frozenset[str]]:
    """Book what adjustments change of a payment; the last of them is the cause."""
    before = payments.get(session, TENANT, payment_id)
    sums = total(adjustments, before.gross)
    after = replace(
        before,
        returned=sums.returned,
        fees_more=sums.fees_more,
        is_disputed=sums.is_disputed,
        held=sums.held,
    )
    if after == before:
        return [], frozenset()
    after = replace(after, revision=before.revision + 1)
    adjustment = adjustments[-1]
    cause = _cause_of(adjustment, after)
    fees = after.fees_more - before.fees_more
    money = [
        (cause.cash, before.returned - after.returned),
        (f"cash.{after.provider}", -fees),
        ("fees", fees),
        ("tax", before.tax_kept - after.tax_kept),
        ("sales", before.net - after.net),
    ]
    return _book(session, context, after, cause, money)


def _cause_of(adjustment: Adjustment, payment: Payment) -> _Cause:
    status = adjustment.status
    if status is AdjustmentStatus.OPEN:
        kind = EntryKind.HOLD
    elif status is AdjustmentStatus.WON:
        kind = EntryKind.RELEASE
    elif status in {AdjustmentStatus.FAILED, AdjustmentStatus.PENDING}:
        kind = EntryKind.RESTORED
    else:
        kind = _KINDS[adjustment.kind]
    is_outside = adjustment.kind is AdjustmentKind.CREDIT
    return _Cause(
        kind=kind,
        key=f"{adjustment.provider}:{adjustment.ref}:{status}:{payment.revision}",
        at=adjustment.at,
        cash="cash.bank" if is_outside else f"cash.{adjustment.provider}",
    )


_KINDS = {
    AdjustmentKind.REFUND: EntryKind.REFUND,
    AdjustmentKind.CREDIT: EntryKind.CREDIT_NOTE,
    AdjustmentKind.DISPUTE: EntryKind.CHARGEBACK,
}


def _retarget(
    session: Session, context: Context, payment: Payment, known_first: Instant | None
) -> tuple[list[Booked], frozenset[str]]:
    """Give the payer's later payments, which came before this one, the months they should have."""
    booked: list[Booked] = []
    touched: frozenset[str] = frozenset()
    later = payments.list_after(session, TENANT, payment.account, payment.paid_at)
    links = chains.read_chain(session, TENANT, payment.account) if later else []
    first = _earlier(known_first, payment.paid_at)
    for one in later:
        chain = one.chain or chain_of(links, one.paid_at)
        months = months_between(first, one.period_start)
        if (chain, months) == (one.chain, one.months):
            continue
        bonuses = one.bonuses
        if chain != one.chain:
            bonuses = rewards.bonuses_of(session, TENANT, chain, one.paid_at)
        after = replace(one, chain=chain, months=months, bonuses=bonuses, revision=one.revision + 1)
        cause = _Cause(
            kind=EntryKind.RETARGET,
            key=f"payment:{one.id}:months:{after.revision}",
            at=payment.paid_at,
            cash="",
        )
        more, others = _book(session, context, after, cause, [])
        booked, touched = booked + more, touched | others
    return booked, touched


def _book(
    session: Session,
    context: Context,
    payment: Payment,
    cause: _Cause,
    money: Sequence[tuple[str, int]],
) -> tuple[list[Booked], frozenset[str]]:
    """Store a payment as it is now, and post the money that moved with what its commissions lack.

    An entry without any movement, like a chargeback of a payment that nobody earned of, is none.
    """
    plan = plans.get_plan(session, TENANT, payment.plan, payment.plan_version)
    payments.save(session, TENANT, payment)
    known = commissions.list_of_payment(session, TENANT, payment.id)
    held = holds.find_held(session, TENANT, [who for who in payment.chain if who is not None])
    changes = rebook(payment, plan, known, held)
    commissions.save(session, TENANT, [after for _before, after in changes])
    postings = _postings(payment.currency, money, changes)
    if not postings:
        return [], frozenset()
    entry = Entry(
        kind=cause.kind,
        key=cause.key,
        at=cause.at,
        postings=postings,
        ref=payment.id,
        facts=_facts_of(payment, plan),
    )
    beneficiaries = frozenset(after.beneficiary for _before, after in changes)
    return post(session, context, [entry]), beneficiaries


def _postings(
    currency: str,
    money: Sequence[tuple[str, int]],
    changes: Sequence[tuple[Commission | None, Commission]],
) -> list[Posting]:
    sums: dict[str, int] = {}
    for account, amount in [*money, ("commission", expense_of(changes))]:
        sums[account] = sums.get(account, 0) + amount
    return [
        *(Posting(account=account, currency=currency, amount=amount)
          for account, amount in sums.items() if amount),
        *(posting for before, after in changes for posting in move(before, after)),
    ]  # fmt: skip


def _facts_of(payment: Payment, plan: Plan) -> dict[str, str]:
    return {"plan": f"{plan.name} {plan.version}", "months": str(payment.months)}
