"""Commissions as they stand: what each level earned of a payment, and on which account it is.

Where a commission's money stands follows from the commission alone, so that every step of its life
(a refund, a hold, its maturity, a payout) posts the difference between two positions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.domain.commissions import Earnings, earnings_of
from backend.domain.instants import Instant
from backend.domain.ledger import Posting, own
from backend.domain.payments import Payment
from backend.domain.plans import Plan


class CommissionState(StrEnum):
    PENDING = "pending"
    AVAILABLE = "available"
    IN_PAYOUT = "in_payout"
    PAID = "paid"
    REVERSED = "reversed"
    DISPUTED = "disputed"


class Line(StrEnum):
    """What a commission is: the level's rate, or what a bonus or a region adds to it."""

    BASE = "base"
    BONUS = "bonus"
    REGION = "region"
    AWARD = "award"
    """What a dispute gave beside the plan; `level` only counts these."""
    REWARD = "reward"
    """A milestone's money, which comes of no payment: `payment` is the grant's own id."""


BESIDE_PLANS = frozenset({Line.AWARD, Line.REWARD})
"""Lines that follow from no plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What `beneficiary` earns of a payment by one level and line.

    `booked` is what its postings add up to, `settled` what of it payouts have claimed (what failed
    ones gave back is claimed no more). One that is void earns nothing any more. Before `matured_at`
    is set it waits until `hold_until`.
    """

    payment: str
    level: int
    line: Line
    beneficiary: str
    rate_bp: int
    currency: str
    booked: int = 0
    settled: int = 0
    state: CommissionState = CommissionState.PENDING
    hold_until: Instant
    matured_at: Instant | None = None
    is_disputed: bool = False
    is_held: bool = False
    is_void: bool = False
    payout: str | None = None

    @property
    def key(self) -> tuple[int, Line]:
        return self.level, self.line

    @property
    def outstanding(self) -> int:
        """What no payout has claimed; below zero, what has to be paid back."""
        return self.booked - self.settled


Changes = Sequence[tuple[Commission, Commission]]
"""Commissions as they were, each beside what it is now."""


def position(commission: Commission) -> dict[str, int]:
    """Return the signed balance that a commission is on its owner's accounts."""
    outstanding = commission.outstanding
    if outstanding == 0:
        return {}
    if outstanding < 0 and commission.matured_at is not None:
        return {own("partner.receivable", commission.beneficiary): -outstanding}
    if commission.is_disputed or commission.is_held:
        kind = "partner.held"
    else:
        kind = "partner.pending" if commission.matured_at is None else "partner.available"
    return {own(kind, commission.beneficiary): -outstanding}


def move(before: Commission | None, after: Commission) -> list[Posting]:
    """Return the postings on its owner's accounts that lead from one position to another."""
    change = Counter(position(after))
    change.subtract(position(before) if before else {})
    return [
        Posting(
            account=account,
            currency=after.currency,
            amount=amount,
            level=after.level,
            line=after.line.value,
        )
        for account, amount in sorted(change.items())
        if amount
    ]


def aggregate(changes: Changes) -> list[Posting]:
    """Return the postings of several changes, one an account and currency."""
    sums: Counter[tuple[str, str]] = Counter()
    for before, after in changes:
        for posting in move(before, after):
            sums[posting.account, posting.currency] += posting.amount
    return [
        Posting(account=account, currency=currency, amount=amount)
        for (account, currency), amount in sorted(sums.items())
        if amount
    ]


def with_state(commission: Commission) -> Commission:
    """Return the commission with the state that its figures say; payouts set theirs themselves."""
    if commission.settled:
        return commission
    if not commission.booked:
        state = CommissionState.REVERSED
    elif commission.is_disputed or commission.is_held:
        state = CommissionState.DISPUTED
    elif commission.matured_at is None:
        state = CommissionState.PENDING
    else:
        state = CommissionState.AVAILABLE
    return replace(commission, state=state)


def targets_of(payment: Payment, plan: Plan) -> dict[tuple[int, Line], int]:
    """Return what each level and line should have booked of a payment as it is now."""
    earned = earnings_of(
        plan,
        payment.net,
        payment.months,
        tuple(who is not None for who in payment.chain),
        bonuses=payment.bonuses,
        country=payment.country,
    )
    return {
        (level, line): amount
        for line, amounts in _lines(earned)
        for level, amount in enumerate(amounts, 1)
    }


def rebook(
    payment: Payment,
    plan: Plan,
    commissions: Iterable[Commission],
    held: Collection[str] = (),
) -> list[tuple[Commission | None, Commission]]:
    """Return each commission that changes with the payment: as it was (None when new) and will be.

    Posting the differences of all of them, and what they add up to as an expense, is *target minus
    booked*: any number of adjustments in any order ends the same. New ones of the owners in `held`,
    who are under review, are held as well; what a dispute gave stays as it is.
    """
    known = {one.key: one for one in commissions if one.line not in BESIDE_PLANS}
    targets = targets_of(payment, plan)
    changed: list[tuple[Commission | None, Commission]] = []
    for level, line in sorted(known.keys() | targets.keys()):
        before = known.get((level, line))
        is_void = before is not None and before.is_void
        target = 0 if is_void else targets.get((level, line), 0)
        if before is None and not target:
            continue
        after = with_state(
            replace(
                before or _new_commission(payment, plan, level, line, held),
                booked=target,
                is_disputed=payment.is_disputed,
                hold_until=Instant(payment.paid_at + plan.hold + payment.held),
                rate_bp=plan.rates_at(payment.months)[level - 1],
            )
        )
        if after != before:
            changed.append((before, after))
    return changed


def mature(commission: Commission) -> Commission:
    """Return a pending commission whose hold is over, available from its end on."""
    return with_state(replace(commission, matured_at=commission.hold_until))


def expense_of(changes: Sequence[tuple[Commission | None, Commission]]) -> int:
    """Return by how much the service's expense for commissions grows."""
    return sum(after.booked - (before.booked if before else 0) for before, after in changes)


def void(commission: Commission) -> Commission:
    """Return a commission that earns nothing any more; one that payouts claimed of stays."""
    if commission.settled or commission.line in BESIDE_PLANS:
        return commission
    return with_state(replace(commission, booked=0, is_void=True))


def award_of(  # noqa: PLR0913  what an award is, each named
    payment: Payment, account: str, number: int, amount: int, now: Instant, *, is_held: bool
) -> Commission:
    """Return what a dispute gives of a payment: beside the plan, and without a wait."""
    return with_state(
        Commission(
            payment=payment.id,
            level=number,
            line=Line.AWARD,
            beneficiary=account,
            rate_bp=0,
            currency=payment.currency,
            booked=amount,
            hold_until=now,
            matured_at=now,
            is_held=is_held,
        )
    )


def _new_commission(
    payment: Payment, plan: Plan, level: int, line: Line, held: Collection[str]
) -> Commission:
    beneficiary = payment.chain[level - 1]
    if beneficiary is None:
        raise AssertionError("an empty level earns nothing")
    return Commission(
        payment=payment.id,
        level=level,
        line=line,
        beneficiary=beneficiary,
        rate_bp=plan.rates_at(payment.months)[level - 1],
        currency=payment.currency,
        hold_until=Instant(payment.paid_at + plan.hold + payment.held),
        is_held=beneficiary in held,
    )


def _lines(earned: Earnings) -> Iterable[tuple[Line, tuple[int, ...]]]:
    return (Line.BASE, earned.base), (Line.BONUS, earned.bonus), (Line.REGION, earned.region)
