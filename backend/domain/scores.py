"""The viral score of a site and the boost level of an owner. Source: the rules, sections 3 and 4.

Everything is an integer of thousandths; a score is whole hundredths, rounded half up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import Instant, whole_days
from backend.domain.tiers import TERMS, Tier, is_paying

VIEW_POINTS = 100
LIKE_POINTS = 2_000
COMMENT_POINTS = 3_000

ENGAGEMENT_DAYS = 30
"""The engagement window: the UTC day of the reading and the 29 days before it."""

VIRAL_SCORE = 10_000
"""Hundredths of score from which a site can be viral."""
VIRAL_SHARES = 5
"""Counted shares within 30 days from which a site can be viral."""

# (up to this many whole days since publishing, factor in tenths)
_AGE_STEPS = ((7, 12), (30, 10), (90, 8))
_OLDEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFacts:
    """What a score is computed from. Counts are over the site's life.

    `share_points` is the sum over counted shares, `engagement_points` the sum over the engagement
    window, both in thousandths.
    """

    views: int = 0
    likes: int = 0
    comments: int = 0
    share_points: int = 0
    engagement_points: int = 0

    @property
    def points(self) -> int:
        """All of it in thousandths, before age and tier."""
        base = VIEW_POINTS * self.views + LIKE_POINTS * self.likes + COMMENT_POINTS * self.comments
        return base + self.share_points + self.engagement_points


class BoostLevel(StrEnum):
    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"
    VIRAL = "viral"


# (at least this many counted shares, level, coefficient in tenths), highest first
_LEVELS = (
    (101, BoostLevel.VIRAL, 30),
    (51, BoostLevel.PLATINUM, 25),
    (16, BoostLevel.GOLD, 20),
    (6, BoostLevel.SILVER, 15),
    (1, BoostLevel.BRONZE, 12),
    (0, BoostLevel.NONE, 10),
)


def score(facts: ScoreFacts, *, published_at: Instant | None, tier: Tier, now: Instant) -> int:
    """Return the score in hundredths. A site not published yet has the age of a new one.

    (base + shares + engagement) × age × tier, rounded half up
    """
    return weigh(facts.points, published_at=published_at, tier=tier, now=now)


def weigh(points: int, *, published_at: Instant | None, tier: Tier, now: Instant) -> int:
    """Return the score in hundredths of so many thousandths of points."""
    hundred_thousandths = points * age_tenths(published_at, now) * TERMS[tier].score_tenths
    return (hundred_thousandths + 500) // 1_000


def age_tenths(published_at: Instant | None, now: Instant) -> int:
    """Return the age factor in tenths, by whole days since the site was published."""
    days = whole_days(published_at, now) if published_at is not None else 0
    for limit, factor in _AGE_STEPS:
        if days <= limit:
            return factor
    return _OLDEST


def boost_level(counted_shares: int) -> tuple[BoostLevel, int]:
    """Return an owner's level and its coefficient in tenths, by counted shares of all sites."""
    return next((level, tenths) for least, level, tenths in _LEVELS if counted_shares >= least)


def next_level(counted_shares: int) -> tuple[BoostLevel, int] | None:
    """Return the level above that of so many shares and how many are missing, None at the top."""
    above = [(least, level) for least, level, _tenths in _LEVELS if least > counted_shares]
    return None if not above else (above[-1][1], above[-1][0] - counted_shares)


def is_viral(*, score_hundredths: int, shares_in_30_days: int, tier: Tier) -> bool:
    """Tell whether a site is shown as viral."""
    return score_hundredths >= VIRAL_SCORE and shares_in_30_days >= VIRAL_SHARES and is_paying(tier)
