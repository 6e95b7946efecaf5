"""Keeps the transparency log at the ledger's heels: looks each second whether something was booked.

A look is one cheap read, so whoever books has nothing to tell anybody. Every process may run one:
the log lets one extend it at a time.
"""

from __future__ import annotations

import threading

import structlog

from backend.actions.context import Context
from backend.actions.transparency import integrate, is_behind
from backend.errors import Unavailable

SECONDS = 1.0
_LOG = structlog.get_logger("jobs")


class LogKeeper:
    """A thread beside requests, from `start` to `stop`."""

    def __init__(self, context: Context, *, seconds: float = SECONDS) -> None:
        self._context = context
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                if is_behind(self._context):
                    integrate(self._context)
            except Unavailable as error:
                _LOG.warning("log_behind", reason=error.message)
            except Exception:
                _LOG.exception("log_behind")
