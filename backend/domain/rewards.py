"""Milestones and achievements as data: what, when, and what for it. Source: the rules, "Rewards"
and "Referrals" (milestones).

Everything is reckoned from facts: conversions that stand, what they paid, and who is in a network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from backend.domain.earnings import Commission, Line, with_state
from backend.domain.instants import DAY, Instant
from backend.domain.money import BASIS_POINTS
from backend.domain.subscriptions import TIERS
from backend.domain.tiers import Tier

CURRENCY = "USD"
"""A credit is one cent of it off the next invoice."""
HOLD = 30 * DAY
"""How long rewards that are money wait before they can be used."""
WINDOW = 30 * DAY
"""Within what time Viral Sensation counts conversions."""


class RewardKind(StrEnum):
    MILESTONE = "milestone"
    ACHIEVEMENT = "achievement"


class Measure(StrEnum):
    """What is counted."""

    CONVERSIONS = "conversions"
    SURVIVED = "survived_conversions"
    """Conversions that have stood for the 30 days of their hold."""
    BURST = "conversions_within_30_days"
    REVENUE = "revenue_cents"
    """What direct referrals paid, without tax and without what was given back."""
    NETWORK = "people"


OF_CONVERSIONS = frozenset({Measure.CONVERSIONS, Measure.SURVIVED, Measure.BURST})
"""What is taken back when conversions are."""


class Flag(StrEnum):
    """What an account may use because it was granted."""

    SHOWCASE_PLACE = "showcase_place"
    PARTNER = "partner"
    AI_COACH = "ai_coach"
    PRIORITY_SUPPORT = "priority_support"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """What `goal` of a measure earn. `cents` are paid out like commissions, `credits` are cents off
    the next invoice, `months` are of the tier pro, `tier_up` says how long the tier is one up, and
    `bonus_bp` multiplies commissions from then on.

    Where there is no tier above, `credits_instead` are given.
    """

    key: str
    name: str
    kind: RewardKind
    measure: Measure
    goal: int
    depth: int = 0
    cents: int = 0
    credits: int = 0
    months: int = 0
    tier_up: int = 0
    credits_instead: int = 0
    bonus_bp: int = BASIS_POINTS
    flags: frozenset[Flag] = frozenset()


def _milestone(
    goal: int, *, dollars: int = 0, months: int = 0, flags: frozenset[Flag] = frozenset()
) -> Reward:
    return Reward(
        key=f"milestone_{goal}",
        name=f"{goal} conversions" if goal > 1 else "First conversion",
        kind=RewardKind.MILESTONE,
        measure=Measure.SURVIVED,
        goal=goal,
        cents=dollars * 100,
        months=months,
        flags=flags,
    )


MONEY_MAKER = "money_maker"
REWARDS: dict[str, Reward] = {
    reward.key: reward
    for reward in (
        _milestone(1, dollars=10),
        _milestone(10, months=12),
        _milestone(50, dollars=500),
        _milestone(100, dollars=1_000, flags=frozenset({Flag.SHOWCASE_PLACE})),
        _milestone(500, dollars=5_000, flags=frozenset({Flag.PARTNER})),
        Reward(
            key="ambassador",
            name="Ambassador",
            kind=RewardKind.ACHIEVEMENT,
            measure=Measure.CONVERSIONS,
            goal=1,
            credits=100,
        ),
        Reward(
            key="viral_sensation",
            name="Viral Sensation",
            kind=RewardKind.ACHIEVEMENT,
            measure=Measure.BURST,
            goal=50,
            tier_up=30 * DAY,
            credits_instead=1_000,
        ),
        Reward(
            key=MONEY_MAKER,
            name="Money Maker",
            kind=RewardKind.ACHIEVEMENT,
            measure=Measure.REVENUE,
            goal=1_000_000,
            bonus_bp=10_500,
        ),
        Reward(
            key="empire_builder",
            name="Empire Builder",
            kind=RewardKind.ACHIEVEMENT,
            measure=Measure.NETWORK,
            goal=1_000,
            depth=5,
            flags=frozenset({Flag.AI_COACH, Flag.PRIORITY_SUPPORT}),
        ),
    )
}
"""Every reward by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A referral that paid, and some of it was not given back. `survived_at` is the end of its
    hold once that has passed.
    """

    referred: str
    at: Instant
    survived_at: Instant | None
    is_disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What a direct referral paid with one invoice, in cents."""

    payment: str
    paid_at: Instant
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rewards of an account are reckoned from; `people` and `depth` are of its network."""

    conversions: tuple[Conversion, ...] = ()
    revenue: tuple[Revenue, ...] = ()
    people: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """That a reward's goal was reached, when, and what shows it."""

    at: Instant
    evidence: Mapping[str, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A reward that an account was given, once. `at` is when its goal was reached.

    `cents` is what was promised in money or credits, `booked` what of it stands in the ledger,
    after `revision` entries; it can be used from `usable_at` on.
    """

    account: str
    key: str
    kind: RewardKind
    at: Instant
    granted_at: Instant
    evidence: Mapping[str, int | str] = field(default_factory=dict)
    until: Instant | None = None
    cents: int = 0
    booked: int = 0
    revision: int = 0
    usable_at: Instant | None = None

    @property
    def is_paid_out(self) -> bool:
        """Whether its cents are money; otherwise they are credits."""
        return self.kind is RewardKind.MILESTONE

    @property
    def payment(self) -> str:
        """What stands for a payment where its money is a commission; it begins with its time."""
        digest = hashlib.sha256(f"{self.account}:{self.key}".encode()).hexdigest()
        return f"{self.granted_at // 1_000:012x}{digest}"[:32]


def value_of(reward: Reward, facts: Facts) -> int:
    """Return how much of a reward's measure there is."""
    if reward.measure is Measure.REVENUE:
        return sum(one.cents for one in facts.revenue)
    if reward.measure is Measure.NETWORK:
        return facts.people
    times = _times(reward.measure, facts.conversions)
    return _densest(times) if reward.measure is Measure.BURST else len(times)


def find_reached(reward: Reward, facts: Facts, now: Instant) -> Reached | None:
    """Return when a goal was reached, None when it is not. What is disputed does not count."""
    if reward.measure is Measure.REVENUE:
        return _reached_by_revenue(reward, facts.revenue)
    if reward.measure is Measure.NETWORK:
        if facts.people < reward.goal or facts.depth < reward.depth:
            return None
        return Reached(at=now, evidence={"people": facts.people, "depth": facts.depth})
    counted = [one for one in facts.conversions if not one.is_disputed]
    times = _times(reward.measure, counted)
    ends = list(range(reward.goal - 1, len(times)))
    if reward.measure is Measure.BURST:
        ends = [end for end in ends if times[end][0] - times[end - reward.goal + 1][0] <= WINDOW]
    if not ends:
        return None
    at, last = times[ends[0]]
    return Reached(at=at, evidence={reward.measure.value: reward.goal, "last": last})


def is_upheld(reward: Reward, facts: Facts) -> bool:
    """Tell whether what was reached still stands; a dispute that is open does not count against."""
    return reward.measure not in OF_CONVERSIONS or value_of(reward, facts) >= reward.goal


def tier_above(tier: Tier) -> Tier | None:
    """Return the next higher tier, None above the highest."""
    place = TIERS.index(tier) + 1
    return TIERS[place] if place < len(TIERS) else None


def flags_of(grants: Sequence[Grant]) -> frozenset[Flag]:
    """Return what grants allow."""
    return frozenset(
        flag for grant in grants if grant.key in REWARDS for flag in REWARDS[grant.key].flags
    )


def held_of(grants: Sequence[Grant], now: Instant) -> int:
    """Return the credits that are booked and cannot be used yet."""
    return sum(
        grant.booked
        for grant in grants
        if not grant.is_paid_out and grant.usable_at is not None and grant.usable_at > now
    )


def commission_of(grant: Grant, known: Commission | None, *, is_held: bool) -> Commission:
    """Return the money of a milestone as it stands: a commission of no payment."""
    before = known or Commission(
        payment=grant.payment,
        level=0,
        line=Line.REWARD,
        beneficiary=grant.account,
        rate_bp=0,
        currency=CURRENCY,
        hold_until=grant.usable_at or grant.granted_at,
        is_held=is_held,
    )
    return with_state(replace(before, booked=grant.booked))


def entry_key(grant: Grant, revision: int) -> str:
    """Return the key of a grant's entry in the ledger, the first one being 1."""
    return f"reward:{grant.account}:{grant.key}:{revision}"


def words_of(evidence: Mapping[str, int | str]) -> str:
    """Return evidence in one line."""
    return ", ".join(f"{name} {value}" for name, value in evidence.items())


def _times(measure: Measure, conversions: Sequence[Conversion]) -> list[tuple[Instant, str]]:
    if measure is not Measure.SURVIVED:
        return sorted((one.at, one.referred) for one in conversions)
    return sorted(
        (one.survived_at, one.referred) for one in conversions if one.survived_at is not None
    )


def _densest(times: Sequence[tuple[Instant, str]]) -> int:
    """Return the most conversions that lie within one window."""
    most = first = 0
    for place, (at, _referred) in enumerate(times):
        while at - times[first][0] > WINDOW:
            first += 1
        most = max(most, place - first + 1)
    return most


def _reached_by_revenue(reward: Reward, revenue: Sequence[Revenue]) -> Reached | None:
    total = 0
    for one in sorted(revenue, key=lambda one: (one.paid_at, one.payment)):
        total += one.cents
        if total >= reward.goal:
            return Reached(
                at=one.paid_at, evidence={"revenue_cents": total, "payment": one.payment}
            )
    return None
