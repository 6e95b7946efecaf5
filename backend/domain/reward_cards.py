"""What a picture of a reward says, and the key under which a drawn one may be kept."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass

from backend.domain.boards import CURRENCY
from backend.domain.instants import date_of, day_of
from backend.domain.money import format_amount
from backend.domain.reward_words import evidence_words
from backend.domain.rewards import Grant, Measure, Reward, RewardKind

_EDITION = 1
"""Raise it when the drawing changes."""
_UNITS = {
    Measure.CONVERSIONS: ("conversion", "conversions"),
    Measure.SURVIVED: ("conversion", "conversions"),
    Measure.BURST: ("in 30 days", "in 30 days"),
    Measure.REVENUE: ("of revenue", "of revenue"),
    Measure.NETWORK: ("person", "people"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardCard:
    """A card; `name` is '' for somebody without a public name. `amount` and `unit` stand in the
    seal, `day` is ISO 8601, `host` where the service is.
    """

    name: str
    title: str
    kind: str
    evidence: str
    amount: str
    unit: str
    day: str
    host: str

    @property
    def key(self) -> str:
        """Equal for equal cards: 32 hexadecimal digits."""
        parts = "\0".join([str(_EDITION), *astuple(self)])
        return hashlib.blake2b(parts.encode("utf-8", "replace"), digest_size=16).hexdigest()


def card_of(reward: Reward, grant: Grant, *, name: str, host: str) -> RewardCard:
    """Return the card of a reward that was given."""
    one, many = _UNITS[reward.measure]
    is_milestone = reward.kind is RewardKind.MILESTONE
    return RewardCard(
        name=name,
        title=reward.name,
        kind="Milestone" if is_milestone else "Achievement",
        # The goal and not what there was exactly: that is nobody else's.
        evidence=evidence_words(reward, {reward.measure.value: reward.goal, "depth": reward.depth}),
        amount=_amount(reward),
        unit=one if reward.goal == 1 else many,
        day=date_of(day_of(grant.granted_at)).isoformat(),
        host=host,
    )


def is_standing(grant: Grant) -> bool:
    """Tell whether a reward was not taken back with its conversions."""
    return not grant.cents or grant.booked > 0


def _amount(reward: Reward) -> str:
    if reward.measure is not Measure.REVENUE:
        return f"{reward.goal:,}"
    whole = int(format_amount(reward.goal, CURRENCY).partition(".")[0])
    return f"${whole // 1_000}k" if whole % 1_000 == 0 else f"${whole:,}"
