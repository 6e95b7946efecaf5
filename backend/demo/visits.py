"""Two months of visits: weekdays and weekends, launches, one project that everybody talks about.

Every number comes from a seeded source, so that the same start makes the same visits.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from backend.actions.visitors import Visitors
from backend.demo.cast import SPIKE, SPIKE_DAY, Project
from backend.domain.events import Event, EventKind
from backend.domain.instants import DAY, HOUR, SECOND, Instant
from backend.domain.shares import Platform
from backend.domain.sites import Site
from backend.ids import KEY_ALPHABET

PARTS = ((0, 0.12), (6, 0.30), (12, 0.36), (18, 0.22))
"""The hours at which the quarters of a day begin, and their parts of its views."""
_WEEK = (1.0, 1.05, 1.08, 1.02, 0.9, 0.55, 0.5)
_PAGES = ("", "", "", "install/", "usage/", "changelog/", "docs/reference/")
_PLATFORMS = {
    Platform.X: 16,
    Platform.REDDIT: 13,
    Platform.LINKEDIN: 12,
    Platform.HACKERNEWS: 7,
    Platform.MASTODON: 12,
    Platform.BLUESKY: 10,
    Platform.COPY_LINK: 14,
    Platform.EMAIL: 6,
    Platform.DISCORD: 5,
    Platform.WHATSAPP: 3,
    Platform.FACEBOOK: 2,
}
_AUDIENCE = {Platform.HACKERNEWS: 12, Platform.REDDIT: 7, Platform.X: 4, Platform.MASTODON: 4}
_COUNTRIES = {"US": 28, "DE": 15, "IN": 12, "GB": 8, "FR": 7, "JP": 6, "BR": 5, "SE": 4, "NG": 3}
_REFERRERS = (None, None, None, "github.com", "www.google.com", "duckduckgo.com", "lobste.rs")
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Mobile/15E148 Safari/604.1",
)
_DEVICES = ("desktop", "desktop", "desktop", "phone")
_SHARES_KEPT = 12
_SHARE_LIFE = 3 * DAY


@dataclass(slots=True)
class Stage:
    """A published project: its site, and the shares through which people still arrive."""

    project: Project
    site: Site
    shares: list[tuple[str, Instant, int]] = field(default_factory=list)

    def views_on(self, day: int, weekday: int, chance: random.Random) -> int:
        """Return how many views the day has; more at a launch, and after the great post.

        Monday is weekday 0.
        """
        age = day - self.project.launched
        grown = min(1.3, 0.6 + max(0, age) / 150)
        launch = 1 + 3 * max(0.0, 1 - age / 4) if age >= 0 else 0.0
        since = day - SPIKE_DAY
        talk = 26 * 0.42**since if self.project.name == SPIKE and since >= 0 else 0.0
        usual = self.project.crowd * _WEEK[weekday] * chance.uniform(0.8, 1.2)
        return round(usual * (grown * launch + talk))


class Crowd:
    """Everybody who visits."""

    def __init__(self, visitors: Visitors, chance: random.Random) -> None:
        self._visitors = visitors
        self._chance = chance

    def visit(self, stage: Stage, *, views: int, since: Instant, day: int) -> list[Event]:
        """Return the events of so many views within the six hours after `since`, in order."""
        chance = self._chance
        times = sorted(chance.randrange(6 * HOUR - 900 * SECOND) for _ in range(views))
        is_talk = stage.project.name == SPIKE and day in range(SPIKE_DAY, SPIKE_DAY + 3)
        events: list[Event] = []
        for offset in times:
            events += self._one_view(stage, Instant(since + offset), is_talk=is_talk)
        return sorted(events, key=lambda event: (event.at, event.id))

    def _one_view(self, stage: Stage, at: Instant, *, is_talk: bool) -> Iterator[Event]:
        chance = self._chance
        number = chance.randrange(40 + stage.project.crowd * 60)
        page = stage.site.url + chance.choice(_PAGES)
        referrer, via = chance.choice(_REFERRERS), self._arrival(stage, at)
        yield self._event(stage, EventKind.VIEW, at, number, page, referrer_host=referrer, via=via)
        later = at
        for kind, likely in _AFTER_A_VIEW:
            if chance.random() < likely:
                later = Instant(later + chance.randrange(2, 40) * SECOND)
                yield self._act(stage, kind, later, number, page)
        if chance.random() < (0.012 if is_talk else 0.0075):
            yield self._share(stage, Instant(later + 3 * SECOND), number, page, is_talk=is_talk)
        if chance.random() < 0.7:
            left = Instant(later + chance.randrange(5, 240) * SECOND)
            yield self._event(
                stage, EventKind.ENGAGEMENT, left, number, page,
                seconds=(left - at) // SECOND, depth=chance.randrange(10, 101),
            )  # fmt: skip

    def _act(self, stage: Stage, kind: EventKind, at: Instant, number: int, page: str) -> Event:
        made = self._event(stage, kind, at, number, page)
        if kind is EventKind.LIKE:  # once per visitor, site and day, as at the service's door
            return replace(made, id=f"like.{made.visitor}")
        return made

    def _share(self, stage: Stage, at: Instant, number: int, page: str, *, is_talk: bool) -> Event:
        platform = self._choose(_PLATFORMS)
        if is_talk and self._chance.random() < 0.3:
            platform = Platform.HACKERNEWS
        address, agent = self._who(number)
        visitor = self._visitors.identify(stage.site.id, address, agent, at)
        made = self._event(stage, EventKind.SHARE, at, number, page, platform=platform)
        stage.shares = [*stage.shares[-_SHARES_KEPT:], (made.id, at, _AUDIENCE.get(platform, 1))]
        return replace(made, visitor_yesterday=visitor.yesterday, network=visitor.network)

    def _arrival(self, stage: Stage, at: Instant) -> str | None:
        """Return the share that somebody follows, None for most."""
        fresh = [share for share in stage.shares if share[1] < at < share[1] + _SHARE_LIFE]
        audience = sum(weight for _id, _at, weight in fresh)
        if not fresh or self._chance.random() > min(0.4, audience * 0.02):
            return None
        weights = [weight for _id, _at, weight in fresh]
        return self._chance.choices([share for share, _at, _weight in fresh], weights)[0]

    def _event(  # noqa: PLR0913  an event's facts, each named
        self, stage: Stage, kind: EventKind, at: Instant, number: int, page: str, *,
        referrer_host: str | None = None, via: str | None = None,
        platform: Platform | None = None, seconds: int | None = None, depth: int | None = None,
    ) -> Event:  # fmt: skip
        address, agent = self._who(number)
        return Event(
            tenant=stage.site.tenant,
            site=stage.site.id,
            id="".join(self._chance.choices(KEY_ALPHABET, k=11)),
            kind=kind,
            at=at,
            visitor=self._visitors.hash_today(stage.site.id, address, agent, at),
            page=page,
            referrer_host=referrer_host,
            via=via,
            platform=platform,
            seconds=seconds,
            depth=depth,
            country=self._choose_country(number),
            device=_DEVICES[number % len(_AGENTS)],
        )

    def _who(self, number: int) -> tuple[str, str]:
        """Return a visitor's address, of the range that is kept for tests, and their browser."""
        return f"198.18.{number // 250 % 250}.{number % 250}", _AGENTS[number % len(_AGENTS)]

    def _choose(self, weighted: dict[Platform, int]) -> Platform:
        return self._chance.choices(list(weighted), list(weighted.values()))[0]

    def _choose_country(self, number: int) -> str:
        return _COUNTRY_OF[number * 7919 % len(_COUNTRY_OF)]


_AFTER_A_VIEW = (
    (EventKind.COPY, 0.07),
    (EventKind.LIKE, 0.02),
    (EventKind.CONVERSION, 0.008),
    (EventKind.POWERED_CLICK, 0.004),
)
_COUNTRY_OF = [country for country, weight in _COUNTRIES.items() for _ in range(weight)]
