"""Who came to an owner's sites, what they shared, and what became of it, over a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from backend.domain.instants import Instant
from backend.domain.referrals import Basis
from backend.domain.referrals import k_factor as divide
from backend.domain.sources import OF_VIEWS, REST, Counts, SourceKind
from backend.domain.statistics import SiteDay


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCount:
    """How often a name was seen in a period and in the one before."""

    name: str
    count: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformShares:
    """The shares on one platform: made, counting, the clicks that came, and how many shares had
    their first click.
    """

    platform: str
    shares: int = 0
    counted: int = 0
    clicks: int = 0
    proved: int = 0

    @property
    def clicks_per_share(self) -> Fraction | None:
        return Fraction(self.clicks, self.shares) if self.shares else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How often each stage was reached within a period, each by when it happened.

    A click is a visit through a share or a followed referral link. For one site, sign-ups and what
    follows are those of people who followed that site's own link.
    """

    views: int = 0
    shares: int = 0
    clicks: int = 0
    sign_ups: int = 0
    activated: int = 0
    converted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Virality:
    """The measured viral coefficient and what it is made of (`store/virality.py` says of whom)."""

    sign_ups: int
    active: int

    @property
    def k_factor(self) -> Fraction | None:
        """Sign-ups by active user; None when nobody was active."""
        return divide(sign_ups=self.sign_ups, active=self.active)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRevenue:
    """What referred people paid in a currency, net of tax and of what was given back.

    `site` is the title of the site whose link they followed, None where that is not known.
    """

    basis: Basis
    site: str | None
    currency: str
    payments: int
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """A period beside the one before. `as_of` is when the open day was last counted, None when it
    was not, or is not in the period.
    """

    days: tuple[SiteDay, ...]
    days_before: tuple[SiteDay, ...]
    names: Mapping[SourceKind, tuple[NamedCount, ...]]
    platforms: tuple[PlatformShares, ...]
    platforms_before: tuple[PlatformShares, ...]
    funnel: Funnel
    funnel_before: Funnel
    as_of: Instant | None


def rank_names(
    sums: Counts, before: Counts, *, limit: int
) -> dict[SourceKind, tuple[NamedCount, ...]]:
    """Return the most frequent names of each kind that counts views, and the rest as the last."""
    return {kind: _rank(kind, sums, before, limit) for kind in OF_VIEWS}


def _rank(kind: SourceKind, sums: Counts, before: Counts, limit: int) -> tuple[NamedCount, ...]:
    names = {name for of, name in (*sums, *before) if of is kind and name != REST}
    counts = [
        NamedCount(name=name, count=sums.get((kind, name), 0), before=before.get((kind, name), 0))
        for name in names
    ]
    counts.sort(key=lambda one: (-one.count, -one.before, one.name))
    rest = NamedCount(
        name=REST,
        count=sums.get((kind, REST), 0) + sum(one.count for one in counts[limit:]),
        before=before.get((kind, REST), 0) + sum(one.before for one in counts[limit:]),
    )
    return (*counts[:limit], *([rest] if rest.count or rest.before else []))


def list_platforms(sums: Counts) -> tuple[PlatformShares, ...]:
    """Return the platforms of a period, most shares first."""
    counts: dict[str, dict[str, int]] = {}
    for (kind, name), number in sums.items():
        if kind not in OF_VIEWS:
            counts.setdefault(name, {})[kind.value] = number
    found = [PlatformShares(platform=name, **values) for name, values in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.shares, -one.clicks, one.platform)))
