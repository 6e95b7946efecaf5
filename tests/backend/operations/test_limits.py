"""Rate limits by themselves: whom they count, and what they do when Redis comes and goes."""

from __future__ import annotations

import time

import pytest
from structlog.testing import capture_logs

from backend.web.limits import REDIS_PAUSE_SECONDS, Limiter, network_key
from tests.support.redis import RunningRedis


def test_a_limit_counts_each_key_for_itself() -> None:
    limiter = Limiter(None)
    spent = [limiter.spend("sign-in", "3/hour", "a") for _ in range(4)]
    assert [each.remaining for each in spent] == [2, 1, 0, 0]
    assert [each.is_over for each in spent] == [False, False, False, True]
    assert not limiter.spend("sign-in", "3/hour", "b").is_over
    assert not limiter.spend("sign-up", "3/hour", "a").is_over


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("no address", "unknown"),
    ],
)
def test_a_household_counts_as_one(address: str, key: str) -> None:
    assert network_key(address) == key


def test_processes_share_a_limit_through_redis(redis_server: RunningRedis) -> None:
    one, two = Limiter(redis_server.url), Limiter(redis_server.url)
    assert [each.spend("x", "2/hour", "a").is_over for each in (one, two, one)] == [
        False,
        False,
        True,
    ]


def test_without_redis_each_process_limits_for_itself(redis_server: RunningRedis) -> None:
    one, two = Limiter(redis_server.url), Limiter(redis_server.url)
    assert not one.spend("x", "1/hour", "a").is_over
    redis_server.kill()
    with capture_logs() as lines:
        assert [one.spend("x", "1/hour", "a").is_over for _ in range(3)] == [False, True, True]
        assert not two.spend("x", "1/hour", "a").is_over
        redis_server.start()
        time.sleep(REDIS_PAUSE_SECONDS + 0.2)
        assert not one.spend("x", "1/hour", "a").is_over  # a new Redis has forgotten everybody
        assert two.spend("y", "1/hour", "a").is_over is False
        assert one.spend("y", "1/hour", "a").is_over
    assert [line["event"] for line in lines] == ["redis_gone", "redis_gone"] + ["redis_back"] * 2


def test_a_redis_that_is_gone_costs_one_wait(redis_server: RunningRedis) -> None:
    limiter = Limiter(redis_server.url)
    redis_server.kill()
    began = time.perf_counter()
    for number in range(50):
        limiter.spend("x", "100/hour", str(number))
    assert time.perf_counter() - began < 10
