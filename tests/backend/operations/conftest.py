"""A real Redis for the tests of operations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.redis import RunningRedis, start_redis


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RunningRedis]:
    """A running Redis of the test's own."""
    with start_redis(tmp_path) as server:
        yield server
