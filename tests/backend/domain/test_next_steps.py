"""What an owner is told to do next follows from facts, the first things first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.next_steps import SiteFacts, Situation, next_steps
from backend.domain.scores import BoostLevel, next_level

SITE = SiteFacts(id="s", title="Lantern", is_verified=True, views=10, shares=0)
QUIET = Situation(
    sites=(SITE,),
    is_over_limit=False,
    review="",
    has_earned=False,
    is_payable=False,
    has_referred=True,
)


def words(situation: Situation) -> list[str]:
    return [step.words for step in next_steps(situation)]


def test_nothing_is_asked_of_who_has_done_it_all() -> None:
    assert words(QUIET) == []


def test_without_a_site_that_is_the_only_step() -> None:
    assert words(replace(QUIET, sites=(), has_referred=False)) == ["Add your first site"]


def test_money_comes_before_sites_and_three_steps_are_enough() -> None:
    silent = replace(SITE, views=0)
    busy = replace(
        QUIET, sites=(silent, silent), is_over_limit=True, has_earned=True, has_referred=False
    )
    assert words(busy) == [
        "Choose a bigger plan, or wait for next month",
        "Say where your money should go",
        "Put the widget into Lantern",
    ]


@pytest.mark.parametrize(
    ("shares", "told"),
    [(0, []), (2, []), (3, ["Share Lantern"]), (4, ["Share Lantern once more"]), (5, [])],
)
def test_a_site_near_its_featuring_is_named(shares: int, told: list[str]) -> None:
    assert words(replace(QUIET, sites=(replace(SITE, shares=shares),))) == told


def test_the_way_to_the_next_level_is_that_of_the_rules() -> None:
    found = {shares: next_level(shares) for shares in (0, 5, 6, 15, 50, 100)}
    assert found == {
        0: (BoostLevel.BRONZE, 1),
        5: (BoostLevel.SILVER, 1),
        6: (BoostLevel.GOLD, 10),
        15: (BoostLevel.GOLD, 1),
        50: (BoostLevel.PLATINUM, 1),
        100: (BoostLevel.VIRAL, 1),
    }
    assert next_level(101) is None
