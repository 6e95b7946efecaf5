"""Keeps what a build says: in batches, as it comes, and only so much of it."""

from __future__ import annotations

from backend.actions.builds import tell_build
from backend.actions.context import Context
from backend.domain.builds import LINE_CHARACTERS, LOG_BYTES, LOG_LINES, Build, LogLine
from backend.domain.instants import SECOND, Instant
from backend.store import build_lines

FLUSHED_AFTER = SECOND // 2
_BATCH = 200
_CUT = "The log is full; what follows is not kept."


class BuildLog:
    """The log of one build under way. A build that begins again goes on in the same log."""

    def __init__(self, context: Context, build: Build) -> None:
        self._context = context
        self._build = build
        self._waiting: list[LogLine] = []
        self._flushed_at = Instant(0)
        with context.database.reading() as session:
            self._lines, self._characters = build_lines.measure(session, build)

    def add(self, text: str) -> None:
        """Take a line; it is stored with the next one after half a second, or by a flush."""
        if self._is_full():
            return
        self._put(text)
        if self._is_full():
            self._put(_CUT)
        now = self._context.clock.now()
        if len(self._waiting) >= _BATCH or now - self._flushed_at >= FLUSHED_AFTER:
            self.flush()

    def flush(self) -> None:
        """Store what waits, and tell who looks at the build."""
        self._flushed_at = self._context.clock.now()
        if not self._waiting:
            return
        lines, self._waiting = self._waiting, []
        with self._context.database.transaction() as session:
            build_lines.append_lines(session, self._build, lines)
        tell_build(self._context, self._build)

    def _is_full(self) -> bool:
        return self._lines >= LOG_LINES - 1 or self._characters >= LOG_BYTES - LINE_CHARACTERS

    def _put(self, text: str) -> None:
        shown = text[:LINE_CHARACTERS].replace("\0", " ")
        self._lines += 1
        self._characters += len(shown)
        line = LogLine(number=self._lines, at=self._context.clock.now(), text=shown)
        self._waiting.append(line)
