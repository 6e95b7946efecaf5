"""Which sites the showcase lists, in which order, and until when. Source: the rules, "the
showcase".
"""

from __future__ import annotations

import re
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """Where an entry stands in the order: higher score, then more shares, then older, then id.

    `score` is hundredths, `shares` the counted ones.
    """

    score: int
    shares: int
    published_at: Instant
    site: str

    def to_text(self) -> str:
        """Return the rank as a cursor for addresses."""
        return f"{self.score}.{self.shares}.{self.published_at}.{self.site}"

    @classmethod
    def from_text(cls, text: str) -> Rank | None:
        """Return the rank of a cursor, None when it is not one."""
        found = _CURSOR.fullmatch(text)
        if found is None:
            return None
        score, shares, published_at, site = found.groups()
        return cls(
            score=int(score),
            shares=int(shares),
            published_at=Instant(int(published_at)),
            site=site,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowcaseCard:
    """What the showcase shows of a site. All texts were written by its owner."""

    tenant: str
    key: str
    title: str
    description: str
    url: str
    repository: str | None
    kind: str
    language: str | None
    topics: tuple[str, ...]
    tier: Tier
    thumbnail: str | None
    rank: Rank
    featured_until: Instant | None
    listed_at: Instant

    def is_featured(self, now: Instant) -> bool:
        """Tell whether a featuring covers `now`."""
        return self.featured_until is not None and self.featured_until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowcaseFilter:
    """What cards must be: a kind, a language, one of their topics. None takes any."""

    kind: str | None = None
    language: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowcasePage:
    """Some cards in their order; `after` is the cursor of the next page, None on the last."""

    cards: tuple[ShowcaseCard, ...]
    after: str | None


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


_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.([0-9]{1,18})\.([0-9A-Za-z]{1,32})")
