"""Payments and commissions compared with the rules: one comparison a function.

Source: the domain's invariants of payments. Each yields a `Difference` for each value that is not
what it should be; a commission is compared with its payment, a payment with its adjustments, and
both with what was posted for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.chains import Link, chain_of
from backend.domain.checking import Difference, unless_equal
from backend.domain.commissions import months_between
from backend.domain.disputes import Dispute
from backend.domain.earnings import Commission, CommissionState, Line, targets_of, with_state
from backend.domain.instants import Instant
from backend.domain.payments import Adjustment, Payment, total
from backend.domain.plans import Plan

CLAIMED = {CommissionState.IN_PAYOUT, CommissionState.PAID}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRecord:
    """A payment as it is kept, with everything that it follows from and that follows from it.

    `first_paid_at` is when its pair of payer and direct referrer first paid, `links` the referrals
    above the payer. `posted` sums up the entries about it by currency and the service's own
    accounts, all cash as one; `earned` those on owners' accounts by level and line. `held` are
    those of its people who are under review, `confirmed` those of whom a review ever was.
    """

    payment: Payment
    plan: Plan | None
    adjustments: Sequence[Adjustment]
    commissions: Sequence[Commission]
    links: Sequence[Link]
    first_paid_at: Instant
    posted: Mapping[tuple[str, str], int]
    earned: Mapping[tuple[int, str], int]
    disputes: Sequence[Dispute] = ()
    held: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()


def compare_payment(record: PaymentRecord) -> Iterator[Difference]:
    """Compare a payment with what was told of it, with the referrals, and with its postings."""
    payment, where = record.payment, f"payment {record.payment.id}"
    sums = total(record.adjustments, payment.gross)
    for name in ("returned", "fees_more", "is_disputed", "held"):
        stored, computed = getattr(payment, name), getattr(sums, name)
        yield from unless_equal(f"payment.{name}", where, stored, computed)
    months = months_between(record.first_paid_at, payment.period_start)
    yield from unless_equal("payment.months", where, payment.months, months)
    yield from _compare_chain(record, where)
    yield from _compare_posted(record, where)
    if record.plan is None:
        name = f"{payment.plan} {payment.plan_version}"
        yield Difference(what="payment.plan", where=where, stored=name, computed="a known plan")


def compare_commissions(record: PaymentRecord, overdue: Instant) -> Iterator[Difference]:
    """Compare a payment's commissions with its plan, and each with itself.

    One that waits although its hold was over before `overdue` is a difference as well.
    """
    payment, plan = record.payment, record.plan
    if plan is None:
        return
    targets = targets_of(payment, plan)
    known = {one.key: one for one in record.commissions}
    awards = {
        (one.award, Line.AWARD): one.amount for one in record.disputes if one.award is not None
    }
    for level, line in sorted(targets.keys() | awards.keys() | known.keys()):
        where = f"payment {payment.id}, level {level}, {line}"
        one = known.get((level, line))
        expected = awards if line is Line.AWARD else targets
        target = 0 if one is not None and one.is_void else expected.get((level, line), 0)
        if one is None:
            if target:
                yield Difference(
                    what="commission", where=where, stored="none", computed=str(target)
                )
            continue
        yield from unless_equal("commission.booked", where, one.booked, target)
        yield from _compare_holds(record, one, where)
        if line is not Line.AWARD:
            yield from _compare_terms(payment, plan, one, where)
        yield from _compare_state(payment, plan, one, where)
        if one.state is CommissionState.PENDING and one.hold_until < overdue:
            yield Difference(
                what="commission.matured_at", where=where, stored="None", computed="matured"
            )


def _compare_chain(record: PaymentRecord, where: str) -> Iterator[Difference]:
    payment = record.payment
    computed = chain_of(record.links, payment.paid_at)
    yield from unless_equal("payment.chain", where, payment.chain, computed)
    people = [who for who in payment.chain if who is not None]
    if payment.account in people or len(set(people)) < len(people):
        yield Difference(
            what="payment.chain", where=where, stored=str(people), computed="nobody twice"
        )


def _compare_posted(record: PaymentRecord, where: str) -> Iterator[Difference]:
    """Compare what was posted with the figures; together: what came in is what it became."""
    payment, currency = record.payment, record.payment.currency
    fees = payment.fee + payment.fees_more
    expected = {
        (currency, "cash"): payment.gross - payment.returned - fees,
        (currency, "fees"): fees,
        (currency, "tax"): -payment.tax_kept,
        (currency, "sales"): -payment.net,
        (currency, "commission"): sum(one.booked for one in record.commissions),
    }
    for key in sorted(expected.keys() | record.posted.keys()):
        stored, computed = record.posted.get(key, 0), expected.get(key, 0)
        yield from unless_equal(f"{key[1]} posted in {key[0]}", where, stored, computed)
    booked = {(one.level, one.line.value): -one.booked for one in record.commissions}
    for level, line in sorted(booked.keys() | record.earned.keys()):
        at = f"{where}, level {level}, {line}"
        stored = record.earned.get((level, line), 0)
        yield from unless_equal("commission posted", at, stored, booked.get((level, line), 0))


def _compare_holds(record: PaymentRecord, one: Commission, where: str) -> Iterator[Difference]:
    is_disputed = any(
        dispute.holds and dispute.account == one.beneficiary for dispute in record.disputes
    )
    is_held = is_disputed or one.beneficiary in record.held
    yield from unless_equal("commission.is_held", where, one.is_held, is_held)
    if one.is_void and one.beneficiary not in record.confirmed:
        yield Difference(what="commission.is_void", where=where, stored="True", computed="False")


def _compare_terms(
    payment: Payment, plan: Plan, one: Commission, where: str
) -> Iterator[Difference]:
    beneficiary = payment.chain[one.level - 1] if one.level <= len(payment.chain) else None
    rates = plan.rates_at(payment.months)
    rate = rates[one.level - 1] if one.level <= len(rates) else 0
    hold_until = payment.paid_at + plan.hold + payment.held
    for name, computed in (
        ("beneficiary", beneficiary),
        ("rate_bp", rate),
        ("currency", payment.currency),
        ("hold_until", hold_until),
        ("is_disputed", payment.is_disputed),
    ):
        yield from unless_equal(f"commission.{name}", where, getattr(one, name), computed)


def _compare_state(
    payment: Payment, plan: Plan, one: Commission, where: str
) -> Iterator[Difference]:
    states = set() if one.payout is None else set(CLAIMED)
    if not one.settled:
        states.add(with_state(one).state)
    if one.state not in states:
        computed = " or ".join(sorted(states)) or "claimed by a payout"
        yield Difference(what="commission.state", where=where, stored=one.state, computed=computed)
    # A chargeback that is opened after it matured moves only the end of the hold.
    is_early = one.matured_at is not None and one.matured_at < payment.paid_at + plan.hold
    if is_early and one.line is not Line.AWARD:
        yield Difference(
            what="commission.matured_at",
            where=where,
            stored=str(one.matured_at),
            computed=f"not before {payment.paid_at + plan.hold}",
        )
