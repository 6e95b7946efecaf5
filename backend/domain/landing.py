"""What the landing page says in numbers: each read from the rules, none written again."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.events import ENGAGEMENT_POINTS, EventKind
from backend.domain.featuring import SHARES_PER_FEATURING
from backend.domain.instants import DAY, Instant
from backend.domain.plans import LIFETIME, CommissionStep
from backend.domain.scores import LIKE_POINTS, VIEW_POINTS, age_tenths
from backend.domain.shares import Platform, share_points
from backend.domain.tiers import GIGABYTE, MEGABYTE, TERMS, Tier, TierTerms, is_paying

_SHARED_ON = {
    Platform.HACKERNEWS: "Hacker News",
    Platform.REDDIT: "Reddit",
    Platform.X: "X",
    Platform.EMAIL: "email",
    Platform.LINKEDIN: "LinkedIn",
    Platform.FACEBOOK: "Facebook",
}
_AGES = ((7, "up to 7 days"), (30, "up to 30 days"), (90, "up to 90 days"), (91, "older"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Something that happens on a site, and its thousandths of score."""

    label: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What a site's points are multiplied by, in tenths."""

    label: str
    tenths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A tier as the price table shows it."""

    tier: Tier
    terms: TierTerms

    @property
    def dollars(self) -> int:
        return self.terms.price_cents // 100

    @property
    def featuring_days(self) -> int:
        return self.terms.featuring // DAY

    @property
    def storage(self) -> str:
        size = self.terms.storage_bytes
        return f"{size // GIGABYTE} GB" if size >= GIGABYTE else f"{size // MEGABYTE} MB"

    @property
    def is_listed(self) -> bool:
        """Whether the tier's sites may stand in the showcase without being featured."""
        return is_paying(self.tier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How score, featuring, prices and referrals work."""

    shares: tuple[Worth, ...]
    others: tuple[Worth, ...]
    ages: tuple[Factor, ...]
    prices: tuple[Price, ...]
    commissions: tuple[CommissionStep, ...]
    shares_per_featuring: int


def terms_of_service() -> Terms:
    """Return the rules as the landing page tells them."""
    shares = [
        Worth(label=f"a share on {name}", points=share_points(platform))
        for platform, name in _SHARED_ON.items()
    ]
    others = (
        Worth(label="a share anywhere else", points=share_points(Platform.MASTODON)),
        Worth(label="a like", points=LIKE_POINTS),
        Worth(label="a conversion", points=ENGAGEMENT_POINTS[EventKind.CONVERSION]),
        Worth(
            label="a visit through a shared link",
            points=ENGAGEMENT_POINTS[EventKind.REFERRAL_CLICK],
        ),
        Worth(label="a page that was read", points=ENGAGEMENT_POINTS[EventKind.ENGAGEMENT]),
        Worth(label="a page view", points=VIEW_POINTS),
    )
    return Terms(
        shares=tuple(sorted(shares, key=lambda worth: -worth.points)),
        others=others,
        ages=tuple(
            Factor(label=label, tenths=age_tenths(Instant(0), Instant(days * DAY)))
            for days, label in _AGES
        ),
        prices=tuple(Price(tier=tier, terms=terms) for tier, terms in TERMS.items()),
        commissions=LIFETIME,
        shares_per_featuring=SHARES_PER_FEATURING,
    )
