"""Crashes between two statements, for whatever has to survive them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Connection, event

from backend.actions.context import Context


class Crash(BaseException):
    """The end of the process, as far as the database can tell."""


@contextmanager
def crashing(context: Context, at: int) -> Iterator[None]:
    """Crash before the statement with that number; a commit is one, too."""
    numbers = count(1)

    def crash(connection: Connection, *_arguments: object) -> None:
        if next(numbers) == at:
            connection.invalidate()
            raise Crash

    engine = context.database.engine
    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, crash)
    try:
        yield
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(engine, name, crash)
