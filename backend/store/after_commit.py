"""Work that waits until a transaction is kept, so that whoever is told of it finds it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlmodel import Session


def after_commit(session: Session, work: Callable[[], None]) -> None:
    """Do `work` when the session's transaction was committed, and never when it was not."""
    event.listen(session, "after_commit", lambda _session: work(), once=True)
