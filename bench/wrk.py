"""Loads a server with `wrk` and `load.lua`, and reads what it measured."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One run: answers, how long it took, and percentiles of the time to an answer."""

    requests: int
    seconds: float
    refused: int
    p50_ms: float
    p95_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def check_wrk() -> None:
    """Exit with a word on how to get it when `wrk` is missing."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing.\nhint: install it, on Debian: apt-get install wrk")


def load(url: str, keys: Path, *, seconds: float, connections: int, pause_ms: float = 0.0) -> Load:
    """Send views for some seconds over some connections, each pausing between its requests."""
    done = subprocess.run(
        [
            "wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s",
            "-s", _SCRIPT, url, "--", keys, str(round(pause_ms)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("bench "))
    requests, microseconds, refused, broken, p50, p95, p99 = map(int, line.split()[1:])
    if broken:
        print(f"{broken} connections broke under load", file=sys.stderr)
    return Load(
        requests=requests,
        seconds=microseconds / 1e6,
        refused=refused,
        p50_ms=p50 / 1000,
        p95_ms=p95 / 1000,
        p99_ms=p99 / 1000,
    )
