"""What every action is handed: the database, the clock, ids, and the doors to the outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from backend.clock import Clock
from backend.ids import Ids
from backend.settings import Settings
from backend.store.database import Database


class Tasks(Protocol):
    """Work for later, done at least once even when the process dies (`jobs/engine.py`)."""

    def add(self, name: str, values: Mapping[str, str]) -> None:
        """Queue the task called `name`. Values are texts; the task looks up everything else."""

    def again(self, key: str) -> bool:
        """Queue the job with this id once more; tell whether it is still known."""


class Live(Protocol):
    """Tells whoever listens that something changed (`gateways/live.py`)."""

    def publish(self, channel: str, values: Mapping[str, object]) -> None:
        """Tell the listeners of `channel`: `account:ID`, or `showcase`. Never blocks or raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The service as actions see it. `secret` signs cookies and links; it never changes."""

    settings: Settings
    database: Database
    clock: Clock
    ids: Ids
    tasks: Tasks
    live: Live
    secret: bytes


class NoTasks:
    """Drops tasks: for commands that run without the jobs' engine."""

    def add(self, name: str, values: Mapping[str, str]) -> None:
        """Do nothing."""

    def again(self, key: str) -> bool:  # noqa: ARG002  the protocol's
        """Know of no job."""
        return False


class NoLive:
    """Tells nobody: for commands that run beside the server."""

    def publish(self, channel: str, values: Mapping[str, object]) -> None:
        """Do nothing."""
