"""Cheats of every kind are caught, and honest crowds are left alone."""

from __future__ import annotations

from backend.actions.checking import check
from backend.actions.context import Context
from backend.domain.instants import MINUTE
from tests.support.population import CHEATS, HONEST, play


def test_cheats_are_caught_and_crowds_are_not(context: Context) -> None:
    outcomes = play(context, honest=20, cheats=2, batch=10 * MINUTE)
    assert {name: outcomes[name].caught for name in HONEST} == dict.fromkeys(HONEST, 0)
    assert {name: outcomes[name].caught for name in CHEATS} == dict.fromkeys(CHEATS, 2)
    assert sum(outcomes[name].held for name in HONEST) == 0
    for name in CHEATS:
        assert outcomes[name].held >= outcomes[name].shares // 2, name
    assert check(context) == []
