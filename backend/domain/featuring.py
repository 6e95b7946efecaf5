"""Automatic featuring: each fifth counted share. Source: the rules, "Auto-featuring"."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.instants import Instant
from backend.domain.tiers import TERMS, Tier

SHARES_PER_FEATURING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Featuring:
    """A stretch in which a site is featured. `threshold` is the counted share that began it."""

    threshold: int
    starts_at: Instant
    ends_at: Instant


def featurings_of(
    *, before: int, after: int, featured_until: Instant | None, tier: Tier, now: Instant
) -> tuple[Featuring, ...]:
    """Return what begins when a site's counted shares grow from `before` to `after`.

    Each one extends from the later of now and the current end, by the tier's duration.
    """
    begun = []
    for threshold in range(
        (before // SHARES_PER_FEATURING + 1) * SHARES_PER_FEATURING,
        after + 1,
        SHARES_PER_FEATURING,
    ):
        starts_at = now if featured_until is None else max(now, featured_until)
        featured_until = Instant(starts_at + TERMS[tier].featuring)
        begun.append(Featuring(threshold=threshold, starts_at=now, ends_at=featured_until))
    return tuple(begun)


def shares_to_featuring(shares: int) -> int:
    """Return how many counted shares are missing until a site is featured again."""
    return SHARES_PER_FEATURING - shares % SHARES_PER_FEATURING
