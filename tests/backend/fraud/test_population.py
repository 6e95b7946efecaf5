"""Cheats of every kind are caught, and honest crowds are left alone."""

from __future__ import annotations

from backend.actions.checking import check
from backend.actions.context import Context
from backend.domain.instants import MINUTE
from tests.support import referrers
from tests.support.population import CHEATS, HONEST, play


def test_cheats_are_caught_and_crowds_are_not(context: Context) -> None:
    outcomes = play(context, honest=20, cheats=2, batch=10 * MINUTE)
    assert {name: outcomes[name].caught for name in HONEST} == dict.fromkeys(HONEST, 0)
    assert {name: outcomes[name].caught for name in CHEATS} == dict.fromkeys(CHEATS, 2)
    assert sum(outcomes[name].held for name in HONEST) == 0
    for name in CHEATS:
        assert outcomes[name].held >= outcomes[name].shares // 2, name
    assert check(context) == []


def test_cheating_referrers_are_caught_in_time_and_classes_are_not() -> None:
    judged = referrers.play_referrers(honest=100, cheats=3)
    assert {name: judged[name].caught for name in referrers.HONEST} == dict.fromkeys(
        referrers.HONEST, 0
    )
    for name in referrers.CHEATS:
        assert (judged[name].caught, judged[name].late) == (3, 0), name
