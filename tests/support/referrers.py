"""A population of referrers, seeded: honest ones with classes and crowds, and four kinds of cheats.

They are judged once a day for six weeks by what is known on that day, as the hourly job does it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from backend.domain.fraud_cases import Case, CaseKind, CaseState, follow_referrer
from backend.domain.fraud_referrals import SignUp, judge_referrals
from backend.domain.fraud_rules import DEFAULT
from backend.domain.instants import DAY, HOUR, MINUTE, Instant
from backend.store.tables.base import TENANT
from tests.support.service import NOON

DAYS = 42
HELD_DAYS = 30
"""How long a commission is pending."""
NEVER = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A referred person: when they sign up and from where, and how many days later they publish,
    pay and get that back.
    """

    at: float
    network: str
    publishes: float = NEVER
    pays: float = NEVER
    refunded: float = NEVER
    card: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of referrers of one kind; `late` were caught when money was payable already."""

    referrers: int
    caught: int
    late: int


def _person(chance: random.Random, at: float, network: str, published: float) -> Person:
    """Return somebody who may publish and pay as people do."""
    publishes = chance.uniform(0, 5) if chance.random() < published else NEVER
    pays = publishes + chance.uniform(0, 12) if chance.random() < 0.25 else NEVER
    refunded = pays + chance.uniform(1, 9) if chance.random() < 0.04 else NEVER
    card = f"card{at}{network}"
    return Person(
        at=at, network=network, publishes=publishes, pays=pays, refunded=refunded, card=card
    )


def _usual(chance: random.Random) -> list[Person]:
    """A handful of people over a month, each from somewhere else."""
    return [
        _person(chance, chance.uniform(0, 28 * DAY), f"n{number}", 0.6)
        for number in range(chance.randint(0, 7))
    ]


def _teacher(chance: random.Random) -> list[Person]:
    """A class that signs up within an hour behind one address, to publish something."""
    return [
        _person(chance, chance.uniform(0, HOUR), "school", 0.8)
        for _ in range(chance.randint(14, 28))
    ]


def _speaker(chance: random.Random) -> list[Person]:
    """A hall full of people: half of them sign up on its network, the others later at home."""
    return [
        _person(chance, chance.uniform(0, 10 * HOUR), chance.choice(("hall", f"n{number}")), 0.4)
        for number in range(chance.randint(20, 60))
    ]


def _writer(chance: random.Random) -> list[Person]:
    """A post that many people read: a hundred sign-ups in a day, of whom one in four publishes."""
    return [
        _person(chance, chance.triangular(0, DAY, 2 * HOUR), f"n{number}", 0.25)
        for number in range(chance.randint(60, 120))
    ]


def _ring(chance: random.Random) -> list[Person]:
    """Accounts that one person made in an evening; none of them does anything."""
    return [
        Person(at=number * chance.uniform(1, 6) * MINUTE, network="one")
        for number in range(chance.randint(11, 25))
    ]


def _one_card(chance: random.Random) -> list[Person]:
    """Accounts from different networks that all pay with one card."""
    return [
        Person(at=number * 3 * DAY, network=f"n{number}", publishes=1, pays=2, card="one")
        for number in range(chance.randint(2, 5))
    ]


def _oneself(chance: random.Random) -> list[Person]:
    """A second account of the referrer's own, among others that are real."""
    own = Person(at=DAY, network="home", publishes=1, pays=1, card="own")
    return [own, *_usual(chance)]


def _refunder(chance: random.Random) -> list[Person]:
    """Customers who pay, and half of whom have it back before the commission is due."""
    return [
        Person(
            at=number * DAY, network=f"n{number}", publishes=1, pays=1, card=f"c{number}",
            refunded=chance.uniform(5, 14) if number % 2 else NEVER,
        )
        for number in range(chance.randint(6, 12))
    ]  # fmt: skip


Play = Callable[[random.Random], list[Person]]
HONEST: dict[str, tuple[Play, int]] = {
    "usual": (_usual, 85),
    "teacher": (_teacher, 5),
    "speaker": (_speaker, 5),
    "writer": (_writer, 5),
}
"""Each kind of honest referrer, and how many of a hundred are of it."""
CHEATS: dict[str, Play] = {
    "ring": _ring,
    "one card": _one_card,
    "oneself": _oneself,
    "refunder": _refunder,
}


def play_referrers(*, honest: int, cheats: int, seed: int = 4) -> dict[str, Judged]:
    """Judge `honest` referrers in all, and `cheats` of each kind of cheat."""
    plays = [(name, how, max(1, honest * part // 100)) for name, (how, part) in HONEST.items()]
    plays += [(name, how, cheats) for name, how in CHEATS.items()]
    return {
        name: _judge_all(
            # A text is a seed that is the same in every process.
            [how(random.Random(f"{seed} {name} {n}")) for n in range(number)]  # noqa: S311
        )
        for name, how, number in plays
    }


def _judge_all(referrers: Sequence[list[Person]]) -> Judged:
    days = [(people, _caught_on(people)) for people in referrers]
    caught = [(people, day) for people, day in days if day is not None]
    late = sum(
        day > min(one.at / DAY + one.pays for one in people) + HELD_DAYS for people, day in caught
    )
    return Judged(referrers=len(days), caught=len(caught), late=late)


def _caught_on(people: Sequence[Person]) -> int | None:
    """Return on which day a case is opened that holds; None for never."""
    last: Case | None = None
    for day in range(1, DAYS + 1):
        now = Instant(NOON + day * DAY)
        known = sorted((one for one in people if one.at <= day * DAY), key=lambda one: one.at)
        found = judge_referrals([_seen(one, day) for one in known], DEFAULT, now)
        case, is_held = follow_referrer(last, found.verdict, replace(_FRESH, opened_at=now))
        if is_held:
            return day
        last = case or last
    return None


def _seen(one: Person, day: int) -> SignUp:
    """Return what is known on a day; networks are forgotten after two."""
    age = day - one.at / DAY
    has_paid = age >= one.pays
    instruments = frozenset({one.card}) if has_paid and one.card else frozenset[str]()
    return SignUp(
        referred=f"{one.at} {one.network} {one.card}",
        at=Instant(NOON + int(one.at)),
        has_published=age >= one.publishes,
        has_converted=has_paid,
        is_refunded=age >= one.refunded,
        network=one.network if age <= 2 else "",
        instruments=instruments,
        of_referrer=instruments & {"own"},
    )


_FRESH = Case(
    tenant=TENANT,
    id="case",
    account="referrer",
    site=None,
    kind=CaseKind.REFERRALS,
    state=CaseState.NOTED,
    score=0,
    signals=(),
    held=0,
    opened_at=Instant(NOON),
    updated_at=Instant(NOON),
)
