"""What a network could earn its owner, beside what people really earned.

For calculators: the best case supposes that everybody below pays every month and nobody leaves, so
it is never shown without the median of real results. Source: the rules, "Commission plans".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.domain.commissions import shares_of
from backend.domain.money import BASIS_POINTS, split
from backend.domain.plans import LEVELS, Plan
from backend.domain.tiers import TERMS, Tier, is_paying
from backend.errors import Invalid

MOST_PEOPLE = 1_000_000
"""The most on one level that is reckoned with."""
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class BestCase:
    """Cents by month, the first one being that of the first payment, and by level over all."""

    by_month: tuple[int, ...]
    by_level: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.by_month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The best case, and the cents that the median referrer really earned in the same time.

    `median` is None where there are fewer than `ENOUGH` referrers to tell one.
    """

    best: BestCase
    median: int | None
    referrers: int


ENOUGH = 5
"""Referrers of whom a median tells nothing about any one of them."""


def best_case(
    plan: Plan, mix_bp: Mapping[Tier, int], network: Sequence[int], months: int
) -> BestCase:
    """Return what a plan pays if `network` people, by level, all pay from the first month on.

    `mix_bp` is which part of each level has which paying tier, 10 000 in all. Bonuses and regions
    are left out. Raises Invalid for what cannot be reckoned with.
    """
    _check(mix_bp, network, months)
    tiers = sorted(mix_bp, key=list(Tier).index)
    counts = [split(people, [mix_bp[tier] for tier in tiers]) for people in network]
    by_month = [0] * months
    by_level = [0] * len(network)
    for month in range(months):
        for place, tier in enumerate(tiers):
            shares = shares_of(TERMS[tier].price_cents, plan.rates_at(month))
            for level, share in enumerate(shares[: len(network)]):
                earned = share * counts[level][place]
                by_month[month] += earned
                by_level[level] += earned
    return BestCase(by_month=tuple(by_month), by_level=tuple(by_level))


def median_of(earned: Sequence[int], referrers: int) -> int | None:
    """Return what the median of `referrers` earned; who is not among `earned` earned nothing.

    Of an even number it is the lower one of the two in the middle: nothing is shown better than it
    is. None for too few.
    """
    if referrers < ENOUGH:
        return None
    place = (referrers - 1) // 2 - (referrers - len(earned))
    return sorted(earned)[place] if place >= 0 else 0


def _check(mix_bp: Mapping[Tier, int], network: Sequence[int], months: int) -> None:
    if sum(mix_bp.values()) != BASIS_POINTS or any(part < 0 for part in mix_bp.values()):
        raise Invalid("The parts of the tiers have to add up to 10 000 basis points.", field="mix")
    if not all(is_paying(tier) for tier in mix_bp):
        raise Invalid("Nobody pays for the tier free.", field="mix")
    if len(network) > LEVELS or any(not 0 <= people <= MOST_PEOPLE for people in network):
        raise Invalid(
            f"A network has at most {LEVELS} levels of at most {MOST_PEOPLE} people.",
            field="network",
        )
    if not 1 <= months <= MOST_MONTHS:
        raise Invalid(f"Reckon with 1 to {MOST_MONTHS} months.", field="months")
