"""The rules once more, slowly and plainly as they are written, to compare the service with.

It knows people instead of hashes, keeps every fact, and computes everything from the beginning
with fractions. It shares no rule with the service: numbers stand here again, as in the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

HOUR = 3_600_000_000
DAY = 24 * HOUR
WEIGHT_TIMES_BOOST = {
    "x": Fraction("5.0") * Fraction("1.5"),
    "linkedin": Fraction("4.0") * Fraction("1.3"),
    "reddit": Fraction("6.0") * Fraction("2.0"),
    "hackernews": Fraction("8.0") * Fraction("2.5"),
    "facebook": Fraction("3.0") * Fraction("1.2"),
    "email": Fraction("4.0") * Fraction("1.4"),
}
ENGAGEMENT = {
    "engagement": Fraction("0.5"),
    "conversion": Fraction("2.0"),
    "referral_click": Fraction("1.0"),
    "copy": Fraction("0.1"),
    "powered_click": Fraction("0.1"),
}
TIER_FACTOR = {
    "free": Fraction("1.0"),
    "pro": Fraction("1.3"),
    "business": Fraction("1.5"),
    "enterprise": Fraction("1.8"),
}
FEATURED_HOURS = {"free": 168, "pro": 336, "business": 504, "enterprise": 720}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a person did on a page at a time; `id` was drawn by the browser."""

    id: str
    kind: str
    person: str
    at: int
    page: str
    platform: str | None = None
    via: str | None = None


@dataclass(slots=True, kw_only=True)
class MadeShare:
    """A share that was recorded, with the time it stands for."""

    fact: Fact
    at: int
    is_counted: bool


@dataclass(slots=True, kw_only=True)
class NaiveSite:
    """A site by the rules. `tell` takes facts one after another; all else is asked."""

    published_at: int
    tier: str
    status: str = "active"
    wish: str = "unsaid"
    facts: list[Fact] = field(default_factory=list)
    shares: list[MadeShare] = field(default_factory=list)
    featurings: list[tuple[int, int]] = field(default_factory=list)

    def tell(self, fact: Fact, now: int) -> None:
        day = fact.at // DAY
        if any(known.id == fact.id and known.at // DAY == day for known in self.facts):
            return
        if fact.kind == "share" and any(made.fact.id == fact.id for made in self.shares):
            return
        liked = (known for known in self.facts if known.kind == fact.kind == "like")
        if any(known.person == fact.person and known.at // DAY == day for known in liked):
            return
        self.facts.append(fact)
        if fact.kind == "share":
            self._share(fact, now)
        if fact.via and any(made.fact.id == fact.via for made in self.shares):
            click = Fact(
                id=f"{fact.id} click",
                kind="referral_click",
                person=fact.person,
                at=fact.at,
                page=fact.page,
                via=fact.via,
            )
            self.facts.append(click)

    def counted(self) -> int:
        return sum(made.is_counted for made in self.shares)

    def clicks(self) -> dict[str, int]:
        vias = [fact.via for fact in self.facts if fact.kind == "referral_click"]
        return {made.fact.id: vias.count(made.fact.id) for made in self.shares}

    def score(self, now: int) -> int:
        """Return the score in hundredths, rounded half up."""
        base = (
            Fraction("0.1") * self._number("view")
            + 2 * self._number("like")
            + 3 * self._number("comment")
        )
        shares = sum(
            WEIGHT_TIMES_BOOST.get(str(made.fact.platform), Fraction("2.0") * Fraction("1.0"))
            for made in self.shares
            if made.is_counted
        )
        today = now // DAY
        engagement = sum(
            ENGAGEMENT.get(fact.kind, Fraction(0))
            for fact in self.facts
            if today - 30 < fact.at // DAY <= today
        )
        exact = (base + shares + engagement) * self._age(now) * TIER_FACTOR[self.tier]
        return int(exact * 100 + Fraction(1, 2))

    def featured_until(self) -> int | None:
        return self.featurings[-1][1] if self.featurings else None

    def is_listed(self, now: int) -> bool:
        if self.status != "active" or self.wish == "out":
            return False
        is_featured = any(end > now for _threshold, end in self.featurings)
        return is_featured or (self.wish == "in" and self.tier != "free")

    def _share(self, fact: Fact, now: int) -> None:
        theirs = [made for made in self.shares if made.fact.person == fact.person]
        at = max([fact.at, *(made.at + 1 for made in theirs)])
        recent = [made for made in theirs if at - made.at < 24 * HOUR]
        is_repeat = any(
            (made.fact.platform, made.fact.page) == (fact.platform, fact.page) for made in recent
        )
        is_counted = not is_repeat and sum(made.is_counted for made in recent) < 2
        self.shares.append(MadeShare(fact=fact, at=at, is_counted=is_counted))
        if is_counted and self.counted() % 5 == 0:
            end = max(now, self.featured_until() or 0) + FEATURED_HOURS[self.tier] * HOUR
            self.featurings.append((self.counted(), end))

    def _number(self, kind: str) -> int:
        return sum(fact.kind == kind for fact in self.facts)

    def _age(self, now: int) -> Fraction:
        days = (now - self.published_at) // DAY
        if days <= 7:
            return Fraction("1.2")
        if days <= 30:
            return Fraction("1.0")
        return Fraction("0.8") if days <= 90 else Fraction("0.6")
