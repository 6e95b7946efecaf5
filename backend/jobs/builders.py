"""Workers that build sites: threads of each process, which share one queue in the database.

The durable engine has one process at a time do its jobs, and bounds its queues in all or for each
partition, not both; builds want every machine, one at a time for each owner, and turns. So the
build's own row is the queue: what a dead process had is taken up by whoever lives.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable

import structlog

from backend.actions.building import Worker, build_next, recover_lost
from backend.actions.context import Context
from backend.errors import Unavailable

POLL_SECONDS = 1.0
RECOVERY_SECONDS = 5.0
_LOG = structlog.get_logger("builds")


class Builders:
    """Builds what waits while the process runs. One a process; a part of the application."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        settings = self._context.settings
        if not settings.builds or settings.sites_host is None:
            return
        place = f"{socket.gethostname()[:30]}.{os.getpid()}"
        work: list[tuple[Callable[[str], None], str]] = [(self._recover, "recovery")]
        work += [(self._build, f"{number}") for number in range(settings.build_concurrency)]
        for target, name in work:
            thread = threading.Thread(target=target, args=(f"{place}.{name}",))
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stop within seconds; builds under way go back into the queue."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _build(self, name: str) -> None:
        worker = Worker(name=name, is_stopping=self._stopped.is_set)
        while not self._stopped.is_set():
            if not self._tried(lambda: build_next(self._context, worker) is not None):
                self._stopped.wait(POLL_SECONDS)

    def _recover(self, _name: str) -> None:
        while not self._stopped.wait(RECOVERY_SECONDS):
            self._tried(lambda: recover_lost(self._context) > 0)

    def _tried(self, work: Callable[[], bool]) -> bool:
        """Do a piece of work; what fails is logged, and tried again later."""
        try:
            return work()
        except Unavailable as error:
            _LOG.warning("builds_unavailable", reason=error.message)
        except Exception:
            _LOG.exception("builds_broken")
        return False
