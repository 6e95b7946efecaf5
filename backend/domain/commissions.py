"""What referrers earn: the plans as data. Source: the rules, "Commission plans"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionStep:
    """A stretch of a referral's life and its rate. Months are whole ones since the referral
    converted; `until_month` belongs to the stretch, None has no end. 10 000 basis points are all.
    """

    name: str
    from_month: int
    until_month: int | None
    rate_bp: int


LIFETIME: tuple[CommissionStep, ...] = (
    CommissionStep(name="new", from_month=0, until_month=12, rate_bp=2_000),
    CommissionStep(name="established", from_month=13, until_month=48, rate_bp=2_500),
    CommissionStep(name="legacy", from_month=49, until_month=None, rate_bp=4_000),
)
"""The default plan: one level, and a rate that grows with the referral's age."""
