"""A lock whose waiters go in the order they came.

SQLite lets one writer in at a time and whoever asks at the right moment: a thread that commits
without a pause would keep the others out until they give up. In one process they queue here.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Hands out turns first come, first served. Not for a thread that already has one."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    @contextmanager
    def take(self, seconds: float) -> Iterator[None]:
        """Hold the turn. Raises TimeoutError when it does not come within `seconds`."""
        self._wait(seconds)
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._is_taken = False

    def _wait(self, seconds: float) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(seconds):
            return
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                raise TimeoutError
            # It came between the end of the wait and this line: it is ours.
