"""Whatever happens in whatever order, everybody has what a plain reckoning says they should.

The seeds are fixed; `TEST_STORIES=200` tells more stories, from the seed `TEST_STORIES_FROM` on.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from backend.actions.checking import check
from backend.domain.ledger import fold
from backend.store import ledger
from backend.store.tables.base import TENANT
from tests.support.money import balances
from tests.support.money_stories import Teller, make_teller

STORIES = int(os.environ.get("TEST_STORIES", "3"))
FIRST = int(os.environ.get("TEST_STORIES_FROM", "0"))
STEPS = 25


@pytest.mark.parametrize("seed", range(FIRST, FIRST + STORIES))
def test_a_story_ends_as_the_plain_reckoning_says(
    tmp_path: Path, seed: int, any_database: str | None
) -> None:
    teller = make_teller(tmp_path, any_database, seed)
    for _ in range(STEPS):
        teller.step()
        _compare(teller)
    teller.finish()
    _compare(teller)
    teller.context.database.close()


def _compare(teller: Teller) -> None:
    context = teller.context
    assert balances(context) == teller.naive.balances()
    assert check(context) == []
    with context.database.reading() as session:
        folded = fold(placed.entry for placed in ledger.walk(session, TENANT))
        assert folded == ledger.read_balances(session, TENANT)


def test_any_order_of_the_same_events_gives_the_same_balances(tmp_path: Path) -> None:
    ends = []
    for order in range(4):
        teller = make_teller(tmp_path / str(order), None, 11)
        random.Random(order).shuffle(teller.events)  # noqa: S311  repeatable
        teller.finish()
        ends.append(balances(teller.context))
        teller.context.database.close()
    assert ends[0]
    assert ends == [ends[0]] * len(ends)
