"""The only `now` of the service; tests hand in a clock of their own."""

from __future__ import annotations

import time
from typing import Protocol

from backend.domain.instants import Instant


class Clock(Protocol):
    def now(self) -> Instant: ...


class SystemClock:
    """The machine's clock in UTC."""

    def now(self) -> Instant:
        return Instant(time.time_ns() // 1_000)


class FixedClock:
    """A clock that stands still until it is moved: for the demo world and for tests."""

    def __init__(self, at: Instant) -> None:
        self._at = at

    def now(self) -> Instant:
        return self._at

    def move(self, microseconds: int) -> None:
        self._at = Instant(self._at + microseconds)

    def set(self, at: Instant) -> None:
        self._at = at
