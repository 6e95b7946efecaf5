"""Rewards in words: what each asks for, what it gives, and what showed that it was reached."""

from __future__ import annotations

from collections.abc import Mapping

from backend.domain.instants import DAY
from backend.domain.money import BASIS_POINTS, format_amount
from backend.domain.rewards import CURRENCY, Flag, Grant, Measure, Reward

FLAG_WORDS = {
    Flag.SHOWCASE_PLACE: "a place in the showcase",
    Flag.PARTNER: "partner status",
    Flag.AI_COACH: "the coach",
    Flag.PRIORITY_SUPPORT: "priority support",
}


def dollars(cents: int) -> str:
    """Return cents as `$1,204.50`, whole dollars as `$500`."""
    whole, _, rest = format_amount(cents, CURRENCY).partition(".")
    return f"${int(whole):,}" + (f".{rest}" if rest.strip("0") else "")


def amount_words(measure: Measure, value: int) -> str:
    """Return an amount of a measure: `7 conversions`, `$9,500`, `990 people`."""
    if measure is Measure.REVENUE:
        return dollars(value)
    one, many = ("person", "people") if measure is Measure.NETWORK else _CONVERSIONS
    return f"{value:,} {one if value == 1 else many}"


def goal_words(reward: Reward) -> str:
    """Return what a reward asks for."""
    amount = amount_words(reward.measure, reward.goal)
    if reward.measure is Measure.SURVIVED:
        return f"{amount} that stood for 30 days"
    if reward.measure is Measure.BURST:
        return f"{amount} within 30 days"
    if reward.measure is Measure.REVENUE:
        return f"{amount} of revenue from people you brought"
    if reward.measure is Measure.NETWORK:
        return f"A network of {amount}, {reward.depth} levels deep"
    return amount


def gift_words(reward: Reward) -> str:
    """Return what a reward gives."""
    parts = []
    if reward.cents:
        parts.append(dollars(reward.cents))
    if reward.credits:
        parts.append(f"{reward.credits:,} credits")
    if reward.months:
        parts.append(f"Pro for {reward.months} months")
    if reward.tier_up:
        parts.append(
            f"one tier up for {reward.tier_up // DAY} days"
            f" ({reward.credits_instead:,} credits on the highest)"
        )
    if reward.bonus_bp > BASIS_POINTS:
        more = (reward.bonus_bp - BASIS_POINTS) // 100
        parts.append(f"{more} % more on each commission")
    parts += sorted(FLAG_WORDS[flag] for flag in reward.flags)
    said = " and ".join(parts)
    return said[:1].upper() + said[1:]


def progress_words(reward: Reward, value: int, depth: int) -> str:
    """Return how far somebody is: `3 of 10 conversions; 7 to go`."""
    shown = min(value, reward.goal)
    missing = reward.goal - shown
    if reward.measure is Measure.REVENUE:
        said = f"{dollars(shown)} of {dollars(reward.goal)}"
        return f"{said}; {dollars(missing)} to go" if missing else said
    said = f"{shown:,} of {amount_words(reward.measure, reward.goal)}"
    if missing:
        said += f"; {missing:,} to go"
    if reward.depth:
        said += f"; {min(depth, reward.depth)} of {reward.depth} levels"
    return said


def evidence_words(reward: Reward, evidence: Mapping[str, int | str]) -> str:
    """Return what showed that a reward was reached; never who it was."""
    value = evidence.get(reward.measure.value)
    if not isinstance(value, int):
        return goal_words(reward)
    if reward.measure is Measure.NETWORK:
        return f"{amount_words(reward.measure, value)}, {evidence.get('depth', 0)} levels deep"
    if reward.measure is Measure.REVENUE:
        return f"{dollars(value)} of revenue"
    tail = {Measure.SURVIVED: " that stood for 30 days", Measure.BURST: " within 30 days"}
    return amount_words(reward.measure, value) + tail.get(reward.measure, "")


def booked_words(grant: Grant) -> str:
    """Return what of a grant's money stands, '' when it gave none."""
    if not grant.cents:
        return ""
    if not grant.booked:
        return "Taken back with its conversions"
    if grant.is_paid_out:
        return dollars(grant.booked)
    return f"{grant.booked:,} credits"


_CONVERSIONS = ("conversion", "conversions")
