"""Live events within a process and between processes, with a real Redis that comes and goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backend.errors import Unavailable
from backend.gateways.live import LISTENER_MESSAGES, Fanout, Listener, check_redis
from backend.ids import SeededIds
from tests.support.redis import RunningRedis, start_redis


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RunningRedis]:
    with start_redis(tmp_path) as server:
        yield server


@contextmanager
def started(*urls: str | None) -> Iterator[list[Fanout]]:
    """Give one fan-out a process, as it were."""
    made = [Fanout(SeededIds(number), url) for number, url in enumerate(urls)]
    for fanout in made:
        fanout.start()
    try:
        yield made
    finally:
        for fanout in made:
            fanout.stop()


async def drain(listener: Listener, count: int, seconds: float = 5) -> list[object]:
    """Return the numbers of the next messages; the last is None when the listener was ended."""
    found: list[object] = []
    async with asyncio.timeout(seconds):
        while len(found) < count:
            message = await listener.next()
            found.append(message.values["n"] if message else None)
    return found


def test_a_listener_hears_its_channels_in_order() -> None:
    async def scenario() -> list[object]:
        with started(None) as (fanout,):
            listener = fanout.listen(["account:a", "showcase"])
            for number, channel in enumerate(["account:a", "account:b", "showcase", "account:a"]):
                await asyncio.to_thread(fanout.publish, channel, {"n": number})
            return await drain(listener, 3)

    assert asyncio.run(scenario()) == [0, 2, 3]


def test_a_slow_listener_is_let_go_and_the_publisher_never_waits() -> None:
    async def scenario() -> tuple[list[object], float]:
        with started(None) as (fanout,):
            listener = fanout.listen(["showcase"])
            began = time.perf_counter()
            for number in range(LISTENER_MESSAGES + 50):
                fanout.publish("showcase", {"n": number})
            took = time.perf_counter() - began
            return await drain(listener, LISTENER_MESSAGES + 1), took

    heard, took = asyncio.run(scenario())
    assert heard == [*range(LISTENER_MESSAGES), None]
    assert took < 20


def test_who_comes_back_hears_what_was_missed() -> None:
    async def scenario() -> tuple[list[object], list[object]]:
        with started(None) as (fanout,):
            listener = fanout.listen(["account:a"])
            fanout.publish("account:a", {"n": 1})
            first = await listener.next()
            assert first is not None
            fanout.leave(listener)
            for number, channel in ((2, "account:a"), (3, "account:b"), (4, "account:a")):
                fanout.publish(channel, {"n": number})
            again = fanout.listen(["account:a"], after=first.id)
            missed = await drain(again, 2)
            stranger = fanout.listen(["account:a"], after="unknown-1")
            fanout.publish("account:a", {"n": 5})
            return missed, await drain(stranger, 1)

    assert asyncio.run(scenario()) == ([2, 4], [5])


def test_stopping_ends_every_listener() -> None:
    async def scenario() -> object:
        fanout = Fanout(SeededIds(1))
        listener = fanout.listen(["showcase"])
        fanout.stop()
        return await listener.next()

    assert asyncio.run(scenario()) is None


def test_processes_hear_each_other_through_redis_and_themselves_once(
    redis_server: RunningRedis,
) -> None:
    async def scenario() -> tuple[list[object], list[object]]:
        with started(redis_server.url, redis_server.url) as (one, two):
            here, there = one.listen(["showcase"]), two.listen(["showcase"])
            await connected(one, two, there)
            one.publish("showcase", {"n": "first"})
            one.publish("showcase", {"n": "second"})
            await drain_until(here, "first")
            return await drain(here, 1), await drain_after(there, "first", 1)

    here, there = asyncio.run(scenario())
    assert here == ["second"]
    assert there == ["second"]


def test_without_redis_each_process_tells_its_own_and_finds_back_by_itself(
    redis_server: RunningRedis,
) -> None:
    async def scenario() -> None:
        with started(redis_server.url, redis_server.url) as (one, two):
            here, there = one.listen(["showcase"]), two.listen(["showcase"])
            await connected(one, two, there)
            await asyncio.to_thread(redis_server.kill)
            assert "ConnectionError" in (one.find_problem() or "")
            began = time.perf_counter()
            one.publish("showcase", {"n": "alone"})
            assert time.perf_counter() - began < 2
            await drain_until(here, "alone")
            await asyncio.to_thread(redis_server.start)
            await connected(one, two, there)
            await connected(two, one, here)
            assert one.find_problem() is None

    with capture_logs() as lines:
        asyncio.run(scenario())
    names = [line["event"] for line in lines]
    assert names.count("redis_gone") == 2  # once a process
    assert names.count("redis_back") == 2


async def connected(sender: Fanout, _receiver: Fanout, listener: Listener) -> None:
    """Wait until what `sender` says arrives at the other process's listener."""
    for number in range(200):
        sender.publish("showcase", {"n": f"probe {number}"})
        try:
            await drain_until(listener, f"probe {number}", seconds=0.2)
        except TimeoutError:
            continue
        return
    raise AssertionError("the processes do not hear each other")


async def drain_until(listener: Listener, wanted: object, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while (message := await listener.next()) is not None:
            if message.values["n"] == wanted:
                return


async def drain_after(listener: Listener, wanted: object, count: int) -> list[object]:
    await drain_until(listener, wanted)
    return await drain(listener, count)


def test_a_redis_that_does_not_answer_is_said_at_the_start() -> None:
    with pytest.raises(Unavailable, match="Redis cannot be used") as caught:
        check_redis("redis://:hidden@127.0.0.1:1/0")
    assert "hidden" not in caught.value.message
