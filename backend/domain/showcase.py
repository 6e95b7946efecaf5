"""Which sites the showcase lists, and until when. Source: the rules, "the showcase"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import DAY, Instant
from backend.domain.tiers import Tier, is_paying

REVIEW_AFTER = 30 * DAY
"""Entries older than this are decided anew by a job."""


class SiteStatus(StrEnum):
    DRAFT = "draft"
    BUILDING = "building"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class ShowcaseWish(StrEnum):
    """What the owner said about the showcase; `UNSAID` lists a site only while it is featured."""

    UNSAID = "unsaid"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A place in the showcase; `until` is None when it does not end by itself."""

    until: Instant | None


def listing_of(
    *,
    status: SiteStatus,
    wish: ShowcaseWish,
    tier: Tier,
    featured_until: Instant | None,
    now: Instant,
) -> Listing | None:
    """Return the site's place, or None when it has none at `now`."""
    if status is not SiteStatus.ACTIVE or wish is ShowcaseWish.OUT:
        return None
    if wish is ShowcaseWish.IN and is_paying(tier):
        return Listing(until=None)
    if featured_until is not None and featured_until > now:
        return Listing(until=featured_until)
    return None
