"""Group commit: one thread writes whatever arrived while its last commit ran, as one batch.

An event is acknowledged when its batch is durable, and never before. A full queue refuses at
once; a batch that cannot be written is refused as a whole, and what one bad event breaks is
written without it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from backend.actions.context import Context
from backend.actions.recording import SiteChange, record
from backend.domain.events import Event
from backend.errors import Unavailable
from backend.metrics import BATCH_SECONDS, count_batch

BATCH_EVENTS = 1_000
PAUSE_SECONDS = 0.02
"""From the start of one commit to that of the next, unless as many requests wait as the last one
answered: few large batches cost less than many small ones. After a request that came alone there
is no pause.
"""
_LOG = structlog.get_logger("collecting")


@dataclass(slots=True)
class _Waiting:
    """One request: its events, and the future that its handler awaits."""

    events: Sequence[Event]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class Collector:
    """Takes events from the event loop and commits them in a thread of its own."""

    def __init__(
        self, context: Context, *, on_commit: Callable[[Sequence[SiteChange]], None]
    ) -> None:
        self._context = context
        self._on_commit = on_commit
        self._limit = context.settings.queue_size
        self._waiting: deque[_Waiting] = deque()
        self._wake = threading.Event()
        self._wanted = 1  # how many have to wait before the thread is woken
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)

    @property
    def depth(self) -> int:
        """How many requests wait for a commit."""
        return len(self._waiting)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Commit what has arrived, then end the thread."""
        self._is_stopping = True
        self._wake.set()
        self._thread.join()

    def submit(self, events: Sequence[Event]) -> asyncio.Future[None]:
        """Queue a request's events; the future is done when they are durable.

        Raises Unavailable when the queue is full or the service is stopping.
        """
        if len(self._waiting) >= self._limit or self._is_stopping:
            raise Unavailable("The service takes no more events for now.", hint="Try again later.")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(events=events, loop=loop, done=loop.create_future())
        self._waiting.append(waiting)
        if len(self._waiting) >= self._wanted and not self._wake.is_set():
            self._wake.set()
        return waiting.done

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while batch := self._take():
                began = time.monotonic()
                self._commit(batch)
                self._pause(len(batch), began)
            if self._is_stopping and not self._waiting:
                return

    def _pause(self, size: int, began: float) -> None:
        if size == 1:
            return
        self._wanted = size
        self._wake.clear()
        if len(self._waiting) < size and not self._is_stopping:
            self._wake.wait(max(0.0, began + PAUSE_SECONDS - time.monotonic()))
        self._wanted = 1

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        events = 0
        while self._waiting and events < BATCH_EVENTS:
            waiting = self._waiting.popleft()
            events += len(waiting.events)
            batch.append(waiting)
        return batch

    def _commit(self, batch: list[_Waiting]) -> None:
        events = [event for waiting in batch for event in waiting.events]
        try:
            with BATCH_SECONDS.time(), self._context.database.transaction() as session:
                changes = record(session, events, self._context.clock.now())
        except Unavailable as error:
            _LOG.warning("batch_refused", events=len(events), reason=str(error.__cause__))
            self._finish(batch, error)
        except Exception as error:
            self._commit_apart(batch, error)
        else:
            self._finish(batch, None)
            count_batch([event.kind for event in events], waiting=self.depth)
            self._tell(changes)

    def _commit_apart(self, batch: list[_Waiting], error: Exception) -> None:
        """Halve a batch that the database refused until the requests that break it are alone."""
        if len(batch) == 1:
            _LOG.exception("event_refused", exc_info=error)
            refused = Unavailable("The event could not be stored.", hint="It was logged.")
            self._finish(batch, refused)
            return
        middle = len(batch) // 2
        self._commit(batch[:middle])
        self._commit(batch[middle:])

    def _tell(self, changes: Sequence[SiteChange]) -> None:
        try:
            self._on_commit(changes)
        except Exception:
            _LOG.exception("listener_failed")

    @staticmethod
    def _finish(batch: Sequence[_Waiting], error: Exception | None) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for waiting in batch:
            by_loop.setdefault(waiting.loop, []).append(waiting.done)
        for loop, futures in by_loop.items():
            loop.call_soon_threadsafe(_resolve, futures, error)


def _resolve(futures: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for future in futures:
        if future.done():  # the visitor went away
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
