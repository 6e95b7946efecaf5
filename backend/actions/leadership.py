"""Which of several processes does what only one may do at a time."""

from __future__ import annotations

from typing import Protocol

from backend.actions.context import Context
from backend.store.leadership import Leadership


class Lead(Protocol):
    """A lock that its holder loses when it dies, and not before."""

    def take(self) -> bool:
        """Tell whether this process leads: it does from the first True until it leaves or dies."""

    def leave(self) -> None: ...


def lead_of(context: Context) -> Lead:
    """Return the lock of the context's database."""
    return Leadership(context.database)
