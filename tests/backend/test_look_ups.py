"""Look-ups that many requests want at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence

import pytest

from backend.errors import Unavailable
from backend.web.look_ups import LookUps


class Source:
    """Answers with the key in capitals; the first answer waits until it may be given."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.may_answer = threading.Event()

    def ask(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.asked.append(sorted(keys))
        assert self.may_answer.wait(10)
        return {key: key.upper() for key in keys}


def test_keys_wanted_meanwhile_are_asked_for_together_and_each_once() -> None:
    source = Source()

    async def want() -> list[str]:
        look_ups = LookUps(source.ask)
        first = asyncio.create_task(look_ups.get("a"))
        while not source.asked:
            await asyncio.sleep(0.001)
        others = [asyncio.create_task(look_ups.get(key)) for key in ("b", "c", "b", "c", "b")]
        await asyncio.sleep(0)
        source.may_answer.set()
        return await asyncio.gather(first, *others)

    assert asyncio.run(want()) == ["A", "B", "C", "B", "C", "B"]
    assert source.asked == [["a"], ["b", "c"]]


def test_a_visitor_who_goes_away_leaves_the_answer_to_the_others() -> None:
    source = Source()

    async def want() -> str:
        look_ups = LookUps(source.ask)
        gone, stays = (asyncio.create_task(look_ups.get("a")) for _ in range(2))
        while not source.asked:
            await asyncio.sleep(0.001)
        gone.cancel()
        await asyncio.sleep(0)
        source.may_answer.set()
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await stays

    assert asyncio.run(want()) == "A"
    assert source.asked == [["a"]]


def test_what_goes_wrong_reaches_everybody_and_the_next_one_asks_again() -> None:
    answers: list[Mapping[str, str] | Exception] = [Unavailable("Away."), {"a": "A"}]

    def ask(_keys: Sequence[str]) -> Mapping[str, str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def want() -> tuple[list[object], str]:
        look_ups = LookUps(ask)
        both = await asyncio.gather(
            look_ups.get("a"), look_ups.get("a"), return_exceptions=True
        )  # fmt: skip
        return list(both), await look_ups.get("a")

    both, then = asyncio.run(want())
    assert [type(one) for one in both] == [Unavailable, Unavailable]
    assert then == "A"
