"""A population of owners, seeded: honest ones with crowds of every kind, and six kinds of cheats.

Each owner has one site. What their visitors do becomes events, which go through the real recorder
in the order of time.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from time import thread_time

from backend.actions.context import Context
from backend.actions.recording import record
from backend.clock import FixedClock
from backend.domain.events import Event, EventKind
from backend.domain.fraud_cases import CaseState
from backend.domain.instants import HOUR, MINUTE, SECOND, Instant
from backend.domain.shares import Platform
from backend.store import fraud
from backend.store.tables.base import TENANT
from tests.support.service import add_account, add_site
from tests.support.sharing import PAGE, a_share, a_visit, an_act

_PLATFORMS = (
    *[Platform.X] * 4, *[Platform.COPY_LINK] * 4, Platform.REDDIT, Platform.LINKEDIN,
    Platform.NATIVE, Platform.WHATSAPP, Platform.EMAIL,
)  # fmt: skip
_PAGES = (*[PAGE] * 3, f"{PAGE}docs/", f"{PAGE}install/", f"{PAGE}changelog/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where one owner's visitors act: the site, when it begins, and a chance of their own."""

    site: str
    begin: int
    chance: random.Random

    def person(
        self, name: str, at: float, *, network: str, platform: Platform | None = None
    ) -> list[Event]:
        """Return somebody who reads a page, shares it, and mostly stays for a while."""
        acts = a_visit(
            self.site,
            f"{self.site[-6:]}{name}"[-16:],
            self.begin + int(at),
            network=network,
            platform=platform or self.chance.choice(_PLATFORMS),
            page=self.chance.choice(_PAGES),
            reads_seconds=int(self.chance.lognormvariate(3.7, 0.8)) + 4,
            stays_seconds=int(self.chance.lognormvariate(3.5, 1)) + 1,
        )
        return acts if self.chance.random() < 0.8 else acts[:2]

    def reader(self, name: str, at: float) -> list[Event]:
        """Return somebody who only looks."""
        visitor = f"{self.site[-6:]}r{name}"[-16:]
        first = self.begin + int(at)
        left = an_act(self.site, EventKind.ENGAGEMENT, visitor, first + 50 * SECOND, seconds=50)
        return [an_act(self.site, EventKind.VIEW, visitor, first), left]

    def share(self, name: str, at: float, network: str, platform: Platform) -> Event:
        """Return a share that nothing came before."""
        visitor = f"{self.site[-6:]}{name}"[-16:]
        return a_share(self.site, visitor, self.begin + int(at), network=network, platform=platform)


Play = Callable[[Stage], Iterator[Event]]


def ordinary(stage: Stage) -> Iterator[Event]:
    """A site with some dozens of readers over two days; one in fifteen shares."""
    for number in range(stage.chance.randint(20, 90)):
        at = stage.chance.uniform(0, 48 * HOUR)
        yield from stage.reader(str(number), at)
        if stage.chance.random() < 0.07:
            yield from stage.person(f"p{number}", at, network=f"n{number}")


def spike(stage: Stage) -> Iterator[Event]:
    """500 shares within an hour, from many networks, among three times as many readers."""
    for number in range(1_500):
        at = stage.chance.triangular(0, HOUR, HOUR / 4)
        if number % 3:
            yield from stage.reader(str(number), at)
        else:
            network = f"n{stage.chance.randint(0, 400)}"
            yield from stage.person(f"p{number}", at, network=network)


def classroom(stage: Stage) -> Iterator[Event]:
    """30 people behind one address who do the same exercise, within three quarters of an hour."""
    platform = stage.chance.choice(_PLATFORMS)
    for number in range(30):
        at = stage.chance.uniform(0, 45 * MINUTE)
        yield from stage.person(f"p{number}", at, network="school", platform=platform)


def conference(stage: Stage) -> Iterator[Event]:
    """300 people in one hall and on one network; four in ten share while the talk goes on."""
    for number in range(300):
        at = stage.chance.triangular(0, 90 * MINUTE, 20 * MINUTE)
        if stage.chance.random() < 0.4:
            yield from stage.person(f"p{number}", at, network="hall")
        else:
            yield from stage.reader(str(number), at)


def office(stage: Stage) -> Iterator[Event]:
    """14 colleagues who share a release on the same morning, from two networks."""
    for number in range(14):
        at = stage.chance.uniform(0, 4 * HOUR)
        yield from stage.person(f"p{number}", at, network=f"office{number % 2}")


def carrier(stage: Stage) -> Iterator[Event]:
    """70 people over a day whose telephones all come from two addresses of one carrier."""
    for number in range(70):
        at = stage.chance.uniform(0, 20 * HOUR)
        network = f"carrier{stage.chance.randint(0, 1)}"
        yield from stage.person(f"p{number}", at, network=network)


def newsletter(stage: Stage) -> Iterator[Event]:
    """A mail with one link: 90 people send it on within two hours, nearly all of them by mail."""
    for number in range(90):
        at = stage.chance.triangular(0, 2 * HOUR, 10 * MINUTE)
        platform = Platform.EMAIL if stage.chance.random() < 0.9 else Platform.COPY_LINK
        yield from stage.person(f"p{number}", at, network=f"n{number}", platform=platform)


def flood(stage: Stage) -> Iterator[Event]:
    """A script over rented addresses: 150 shares in ten minutes, and nobody looks at anything."""
    for number in range(150):
        at = stage.chance.uniform(0, 10 * MINUTE)
        network = f"n{stage.chance.randint(0, 10_000)}"
        yield stage.share(f"c{number}", at, network, stage.chance.choice(_PLATFORMS))


def farm(stage: Stage) -> Iterator[Event]:
    """One machine with many browsers' names: 40 shares over a day, and no views."""
    for number in range(40):
        at = stage.chance.uniform(0, 20 * HOUR)
        network = f"n{stage.chance.randint(0, 1)}"
        yield stage.share(f"c{number}", at, network, stage.chance.choice(_PLATFORMS))


def clicker(stage: Stage) -> Iterator[Event]:
    """Ten visitors of which each shares on everything there is within three seconds."""
    for person in range(10):
        at = stage.chance.uniform(0, 10 * HOUR)
        for number, platform in enumerate(list(Platform)[:8]):
            moment = at + number * SECOND // 3
            yield stage.share(f"c{person}", moment, f"n{person}", platform)


def metronome(stage: Stage) -> Iterator[Event]:
    """A share every minute from many networks, each after a view, and nobody stays."""
    for number in range(90):
        at = number * MINUTE + stage.chance.uniform(0, 3 * SECOND)
        platform = Platform.HACKERNEWS
        acts = stage.person(f"c{number}", at, network=f"n{number}", platform=platform)
        yield from acts[:1]
        yield stage.share(f"c{number}", at + 8 * SECOND, f"n{number}", platform)


def hasty(stage: Stage) -> Iterator[Event]:
    """Scripted browsers on one network that load a page and share it a second later."""
    for number in range(60):
        at = stage.chance.uniform(0, 6 * HOUR)
        acts = stage.person(f"c{number}", at, network="one", platform=Platform.HACKERNEWS)
        yield acts[0]
        yield stage.share(f"c{number}", at + SECOND, "one", Platform.HACKERNEWS)


def patient(stage: Stage) -> Iterator[Event]:
    """The same, with the pauses of people: but nobody ever stays on a page."""
    for number in range(60):
        at = stage.chance.uniform(0, 8 * HOUR)
        pause = stage.chance.uniform(10, 60) * SECOND
        acts = stage.person(f"c{number}", at, network="one", platform=Platform.HACKERNEWS)
        yield acts[0]
        yield stage.share(f"c{number}", at + pause, "one", Platform.HACKERNEWS)


HONEST: dict[str, tuple[Play, int]] = {
    "ordinary": (ordinary, 79),
    "spike": (spike, 3),
    "classroom": (classroom, 4),
    "conference": (conference, 4),
    "office": (office, 4),
    "carrier": (carrier, 3),
    "newsletter": (newsletter, 3),
}
"""Each kind of honest owner, and how many of a hundred are of it."""
CHEATS: dict[str, Play] = {
    "flood": flood,
    "farm": farm,
    "clicker": clicker,
    "metronome": metronome,
    "hasty": hasty,
    "patient": patient,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the owners of one kind: how many were caught, and how many shares waited."""

    owners: int
    caught: int
    shares: int
    held: int


def play(
    context: Context,
    *,
    honest: int,
    cheats: int,
    batch: int = SECOND,
    seed: int = 4,
    spent: list[float] | None = None,
) -> dict[str, Outcome]:
    """Let a population live: `honest` owners in all, and `cheats` of each kind of cheat.

    The context's clock is moved as time passes; what happens within `batch` is recorded at once.
    `spent` is given the seconds of processor time of each batch with shares, all of its recording.
    """
    clock = context.clock
    assert isinstance(clock, FixedClock)
    events, kinds = _make(context, honest=honest, cheats=cheats, seed=seed)
    shares: dict[str, int] = defaultdict(int)
    for number, some in groupby(events, key=lambda event: event.at // batch):
        together = list(some)
        clock.set(Instant(max(clock.now(), (number + 1) * batch - 1)))
        began = thread_time()
        with context.database.transaction() as session:
            record(session, together, clock.now())
        sent = [event.site for event in together if event.kind is EventKind.SHARE]
        if spent is not None and sent:
            spent.append(thread_time() - began)
        for site in sent:
            shares[site] += 1
    return _count(context, kinds, shares)


def _make(
    context: Context, *, honest: int, cheats: int, seed: int
) -> tuple[list[Event], dict[str, str]]:
    plays: list[tuple[str, Play]] = []
    for name, (how, part) in HONEST.items():
        plays += [(name, how)] * max(1, honest * part // 100)
    for name, how in CHEATS.items():
        plays += [(name, how)] * cheats
    events: list[Event] = []
    kinds: dict[str, str] = {}
    now = context.clock.now()
    for number, (name, how) in enumerate(plays):
        site, _key = add_site(context, add_account(context, tier="pro"))
        kinds[site] = name
        chance = random.Random(seed * 10_000 + number)  # noqa: S311  the same each time
        begin = now + chance.randint(0, 12 * HOUR)
        events += how(Stage(site=site, begin=begin, chance=chance))
    return sorted(events, key=lambda event: event.at), kinds


def _count(context: Context, kinds: dict[str, str], shares: dict[str, int]) -> dict[str, Outcome]:
    with context.database.reading() as session:
        cases = fraud.list_cases(session, TENANT, (CaseState.OPEN,), limit=10_000)
    held = {case.site: case.held for case in cases}
    outcomes = {}
    for name in dict.fromkeys(kinds.values()):
        sites = [site for site, kind in kinds.items() if kind == name]
        outcomes[name] = Outcome(
            owners=len(sites),
            caught=sum(site in held for site in sites),
            shares=sum(shares[site] for site in sites),
            held=sum(held.get(site, 0) for site in sites),
        )
    return outcomes
