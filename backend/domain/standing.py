"""Where a site stands, and where it stands after more events: pure arithmetic over facts.

A `Standing` is all that a site's score, featuring and place in the showcase follow from. The
store keeps it as a cache; `4site server check` computes it anew from the facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from backend.domain.events import ENGAGEMENT_POINTS, EventKind
from backend.domain.featuring import Featuring, featurings_of
from backend.domain.instants import Day, Instant, day_of
from backend.domain.scores import ScoreFacts, score
from backend.domain.showcase import Listing, ShowcaseWish, SiteStatus, listing_of
from backend.domain.tiers import Tier


# Neither is frozen, though nobody changes them: making one frozen costs three times as much, and
# a batch makes them by the hundred.
@dataclass(slots=True, kw_only=True)
class DayTally:
    """What events add to one UTC day of a site. Points are thousandths of score."""

    views: int = 0
    engagements: int = 0
    engaged_seconds: int = 0
    shares: int = 0
    counted_shares: int = 0
    share_points: int = 0
    referral_clicks: int = 0
    likes: int = 0
    comments: int = 0
    conversions: int = 0
    copies: int = 0
    powered_clicks: int = 0

    @property
    def engagement_points(self) -> int:
        """What the day adds to the engagement window, in thousandths."""
        return sum([points * int(getattr(self, name)) for name, points in _ENGAGEMENT_POINTS])


TALLIED: dict[EventKind, str] = {
    EventKind.VIEW: "views",
    EventKind.ENGAGEMENT: "engagements",
    EventKind.SHARE: "shares",
    EventKind.LIKE: "likes",
    EventKind.COMMENT: "comments",
    EventKind.REFERRAL_CLICK: "referral_clicks",
    EventKind.CONVERSION: "conversions",
    EventKind.COPY: "copies",
    EventKind.POWERED_CLICK: "powered_clicks",
}
"""The count of a tally that one event of each kind adds one to."""
_ENGAGEMENT_POINTS = [(TALLIED[kind], points) for kind, points in ENGAGEMENT_POINTS.items()]
_COUNTS = tuple(field.name for field in fields(DayTally))
ENGAGING = tuple(TALLIED[kind] for kind in ENGAGEMENT_POINTS)
"""The counts of a tally that make up its engagement points."""


@dataclass(slots=True, kw_only=True)
class Standing:
    """A site at one moment. `score` is hundredths as of `as_of`; `shares` are counted ones.

    `engagement_points` covers the engagement window that ends with `window_day`.
    """

    tenant: str
    site: str
    account: str
    status: SiteStatus
    wish: ShowcaseWish
    tier: Tier
    published_at: Instant | None
    views: int
    likes: int
    comments: int
    shares: int
    share_points: int
    engagement_points: int
    window_day: Day
    score: int
    as_of: Instant
    featured_until: Instant | None

    @property
    def facts(self) -> ScoreFacts:
        return ScoreFacts(
            views=self.views,
            likes=self.likes,
            comments=self.comments,
            share_points=self.share_points,
            engagement_points=self.engagement_points,
        )

    def listing(self, now: Instant) -> Listing | None:
        """Return the site's place in the showcase at `now`."""
        return listing_of(
            status=self.status,
            wish=self.wish,
            tier=self.tier,
            featured_until=self.featured_until,
            now=now,
        )


def add_up(tallies: Iterable[DayTally]) -> DayTally:
    """Return the sum of several tallies."""
    parts = list(tallies)
    if len(parts) == 1:
        return parts[0]
    return DayTally(**{name: sum(getattr(part, name) for part in parts) for name in _COUNTS})


def advance(
    standing: Standing, added: DayTally, *, window: tuple[Day, int], now: Instant
) -> tuple[Standing, tuple[Featuring, ...]]:
    """Return the standing at `now` with `added`, and the featurings that this begins.

    `window` is the last day of the engagement window with its points, `added` included.
    """
    shares = standing.shares + added.counted_shares
    begun = featurings_of(
        before=standing.shares,
        after=shares,
        featured_until=standing.featured_until,
        tier=standing.tier,
        now=now,
    )
    day, points = window
    facts = ScoreFacts(
        views=standing.views + added.views,
        likes=standing.likes + added.likes,
        comments=standing.comments + added.comments,
        share_points=standing.share_points + added.share_points,
        engagement_points=points,
    )
    grown = Standing(
        tenant=standing.tenant,
        site=standing.site,
        account=standing.account,
        status=standing.status,
        wish=standing.wish,
        tier=standing.tier,
        published_at=standing.published_at,
        views=facts.views,
        likes=facts.likes,
        comments=facts.comments,
        shares=shares,
        share_points=facts.share_points,
        engagement_points=points,
        window_day=day,
        score=score(facts, published_at=standing.published_at, tier=standing.tier, now=now),
        as_of=now,
        featured_until=begun[-1].ends_at if begun else standing.featured_until,
    )
    return grown, begun


def rescore(standing: Standing, now: Instant) -> Standing:
    """Return the standing with its score computed for `now`."""
    value = score(standing.facts, published_at=standing.published_at, tier=standing.tier, now=now)
    return replace(standing, score=value, as_of=now)


def renew(standing: Standing, window_points: int, now: Instant) -> Standing:
    """Return the standing as the clock and the owner's tier want it at `now`, without events.

    `window_points` are the engagement points of the window that ends with the day of `now`; they
    matter when the window has moved.
    """
    if has_moved(standing, now):
        standing = replace(standing, engagement_points=window_points, window_day=day_of(now))
    return rescore(standing, now)


def has_changed(old: Standing, new: Standing) -> bool:
    """Tell whether renewing gave a standing another score or engagement.

    A window that moved without losing points says the same about the day it was read for.
    """
    return (old.score, old.engagement_points) != (new.score, new.engagement_points)


def has_moved(standing: Standing, now: Instant) -> bool:
    """Tell whether the engagement window ended on an earlier day than that of `now`."""
    return standing.window_day < day_of(now)
