"""Who and what of the demo world looks like fraud: some of it is, some of it is not.

All of it is invented. Addresses are of the ranges that are kept for documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.demo.bills import REFUND, SUCCEEDED, Mishap
from backend.demo.cast import OWNERS, PRO, Owner

SUSPECTS = (
    # One card pays for all three of them.
    Owner(login="dorian--pike", name="Dorian Pike", joined=12, tier=PRO, paid=13),
    Owner(
        login="della--pike",
        name="Della Pike",
        joined=15,
        tier=PRO,
        paid=15,
        through="dorian--pike",
    ),
    Owner(
        login="drew--pike",
        name="Drew Pike",
        joined=16,
        tier=PRO,
        paid=16,
        through="dorian--pike",
    ),
    # Two of the four who came through her had their money back.
    Owner(login="selma--dahl", name="Selma Dahl", joined=10),
    Owner(
        login="aldo--berg",
        name="Aldo Berg",
        joined=20,
        tier=PRO,
        paid=21,
        left=40,
        through="selma--dahl",
    ),
    Owner(
        login="bea--falk",
        name="Bea Falk",
        joined=21,
        tier=PRO,
        paid=22,
        left=40,
        through="selma--dahl",
    ),
    Owner(
        login="cato--holm",
        name="Cato Holm",
        joined=23,
        tier=PRO,
        paid=24,
        through="selma--dahl",
    ),
    Owner(
        login="dina--moe",
        name="Dina Moe",
        joined=24,
        tier=PRO,
        paid=25,
        through="selma--dahl",
    ),
)
EVERYBODY = (*OWNERS, *SUSPECTS)
CARDS = {"dorian--pike": "card-pike", "della--pike": "card-pike", "drew--pike": "card-pike"}
"""What a payment provider would call the cards that people pay with."""
REFUNDS = (
    Mishap(login="aldo--berg", number=1, kind=REFUND, told=((12, SUCCEEDED),)),
    Mishap(login="bea--falk", number=1, kind=REFUND, told=((12, SUCCEEDED),)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Shares of a project's first page on a day from some minutes past midnight on.

    So many `people` share, `pace` milliseconds apart, from so many `networks`, each after looking
    at the page for `looks` seconds; None for those who never looked.
    """

    project: str
    day: int
    minute: int
    people: int
    pace: int
    networks: int = 1
    platforms: int = 1
    looks: int | None = None
    is_one: bool = False
    """Whether it is one person who shares again and again."""
    verdict: str = ""
    """Why a reviewer cleared it on the day after; '' when it waits or was confirmed. People who are
    cleared share at uneven times, and stay."""
    proof: str = ""
    """Why a reviewer confirmed it on the day after."""


GATHERINGS = (
    Gathering(
        project="clockwork-fox",
        day=45,
        minute=10 * 60 + 20,
        people=26,
        pace=4_300,
        looks=3,
        verdict="A workshop in Brno behind one address. The link was on the screen.",
    ),
    Gathering(
        project="kea",
        day=51,
        minute=2 * 60 + 5,
        people=22,
        platforms=2,
        pace=15_000,
        proof="One machine. Nobody had looked at a page, and nobody came through the shares.",
    ),
    Gathering(
        project="murmur", day=56, minute=16 * 60, people=18, pace=60_000, networks=9, looks=2
    ),
    Gathering(project="kora", day=57, minute=4 * 60 + 40, people=31, pace=12_000, platforms=2),
    Gathering(project="birchbark", day=58, minute=3 * 60 + 10, people=24, pace=20_000, platforms=2),
    Gathering(
        project="saltmarsh",
        day=59,
        minute=19 * 60 + 30,
        people=8,
        pace=350,
        platforms=8,
        looks=20,
        is_one=True,
    ),
)
