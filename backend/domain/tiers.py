"""What each tier costs, allows and multiplies. Source: the rules, "Tiers, prices, limits"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import HOUR

MEGABYTE = 1_000_000
GIGABYTE = 1_000 * MEGABYTE


class Tier(StrEnum):
    FREE = "free"
    PRO = "pro"
    BUSINESS = "business"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTerms:
    """One row of the table. None means no limit; the price is cents of a US dollar a month.

    `score_tenths` multiplies a site's score (13 = 1.3); `featuring` is how long one featuring
    lasts, in microseconds.
    """

    price_cents: int
    sites: int | None
    views_per_month: int | None
    storage_bytes: int
    calls_per_day: int | None
    custom_domains: int | None
    can_remove_powered_by: bool
    score_tenths: int
    featuring: int


TERMS: dict[Tier, TierTerms] = {
    Tier.FREE: TierTerms(
        price_cents=0,
        sites=3,
        views_per_month=10_000,
        storage_bytes=100 * MEGABYTE,
        calls_per_day=1_000,
        custom_domains=0,
        can_remove_powered_by=False,
        score_tenths=10,
        featuring=168 * HOUR,
    ),
    Tier.PRO: TierTerms(
        price_cents=2_900,
        sites=25,
        views_per_month=100_000,
        storage_bytes=GIGABYTE,
        calls_per_day=10_000,
        custom_domains=3,
        can_remove_powered_by=True,
        score_tenths=13,
        featuring=336 * HOUR,
    ),
    Tier.BUSINESS: TierTerms(
        price_cents=9_900,
        sites=100,
        views_per_month=1_000_000,
        storage_bytes=10 * GIGABYTE,
        calls_per_day=100_000,
        custom_domains=25,
        can_remove_powered_by=True,
        score_tenths=15,
        featuring=504 * HOUR,
    ),
    Tier.ENTERPRISE: TierTerms(
        price_cents=29_900,
        sites=None,
        views_per_month=None,
        storage_bytes=100 * GIGABYTE,
        calls_per_day=None,
        custom_domains=None,
        can_remove_powered_by=True,
        score_tenths=18,
        featuring=720 * HOUR,
    ),
}


def is_paying(tier: Tier) -> bool:
    """Tell whether the tier is pro or above."""
    return tier is not Tier.FREE
