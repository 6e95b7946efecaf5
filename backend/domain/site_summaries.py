"""How a site does, in the few numbers that a list of sites shows."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.builds import Build
from backend.domain.instants import Instant
from backend.domain.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """Where a site stands: score in hundredths, counted shares, the end of its featuring."""

    score: int
    shares: int
    featured_until: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSummary:
    """A site with its facts, the views of a period and of the one before, and its last build."""

    site: Site
    facts: SiteFacts
    views: int
    views_before: int
    last_build: Build | None


NO_FACTS = SiteFacts(score=0, shares=0, featured_until=None)
