"""Why a commission is what it is: the payment, the rule, the arithmetic, and what came of it.

Nobody else is named in it: the chain is so many levels, one of which is the owner's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.claims import Part
from backend.domain.destinations import Method
from backend.domain.disputes import Dispute
from backend.domain.earnings import Commission
from backend.domain.instants import Instant
from backend.domain.ledger import EntryKind, Posting
from backend.domain.money import BASIS_POINTS, split
from backend.domain.payments import Payment
from backend.domain.payouts import Payout
from backend.domain.plans import CommissionStep, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelShare:
    """What a level gets of a payment's net: rounded down, then perhaps one unit of those that were
    missing. `rest` are ten-thousandths of a unit; an empty level gets nothing.
    """

    level: int
    rate_bp: int
    is_filled: bool
    is_own: bool
    rounded_down: int
    rest: int
    extra: int

    @property
    def amount(self) -> int:
        return self.rounded_down + self.extra


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEntry:
    """An entry of the ledger that was about a commission, with what it did to the owner's accounts.

    One of a payout moves all that the payout claimed, of other commissions too.
    """

    seq: int
    kind: EntryKind
    at: Instant
    ref: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOf:
    """A payout that claimed `amount` of a commission, and at which rate, None in one currency."""

    payout: Payout
    method: Method
    amount: int
    part: Part | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything about what an owner earned of a payment by a level.

    `payment`, `plan` and `step` are None for a milestone's money, which comes of no payment;
    `log_size` is how many entries the published log holds.
    """

    commissions: tuple[Commission, ...]
    payment: Payment | None
    plan: Plan | None
    step: CommissionStep | None
    shares: tuple[LevelShare, ...]
    entries: tuple[StoryEntry, ...]
    claims: tuple[ClaimOf, ...]
    disputes: tuple[Dispute, ...]
    log_size: int

    @property
    def amount(self) -> int:
        return sum(one.booked for one in self.commissions)


def step_at(plan: Plan, months: int) -> CommissionStep:
    """Return the stretch of a referral's life in which the direct referrer's rate holds."""
    return next(
        step for step in plan.steps if step.until_month is None or months <= step.until_month
    )


def explain_split(
    net: int, rates: Sequence[int], filled: Sequence[bool], own_level: int
) -> tuple[LevelShare, ...]:
    """Return each level's share of `net` with its arithmetic, as `money.split` makes it."""
    known = [*filled[: len(rates)], *[False] * (len(rates) - len(filled))]
    paid = [rate if there else 0 for rate, there in zip(rates, known, strict=True)]
    shares = []
    for level, (rate, amount) in enumerate(zip(paid, split(net, paid), strict=True), 1):
        whole, rest = divmod(net * rate, BASIS_POINTS)
        shares.append(
            LevelShare(
                level=level,
                rate_bp=rates[level - 1],
                is_filled=known[level - 1],
                is_own=level == own_level,
                rounded_down=whole,
                rest=rest,
                extra=amount - whole,
            )
        )
    return tuple(shares)
