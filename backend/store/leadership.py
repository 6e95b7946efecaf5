"""One process among several: a lock that its holder loses when it dies, and not before.

On SQLite a file beside the database is locked, on PostgreSQL a connection holds an advisory lock.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from backend.store.database import Database

_LOCK = 4_519_873  # any number but that of migrations, the same in every process


class Leadership:
    """The lock as one process sees it. Used from one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: IO[bytes] | None = None
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Tell whether this process has the lock now. Asked again, it says whether it still has.

        False also while the database cannot be asked.
        """
        if self._database.is_sqlite:
            return self._take_file()
        try:
            return self._take_advisory()
        except DBAPIError:
            self.leave()
            return False

    def leave(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._connection is not None:
            # The server lets go of the lock with the connection, which must not go to the pool.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _take_file(self) -> bool:
        if self._file is not None or sys.platform == "win32":
            return True
        import fcntl  # noqa: PLC0415  not on Windows

        path = Path(self._database.url.removeprefix("sqlite:///") + ".lock")
        file = path.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def _take_advisory(self) -> bool:
        if self._connection is None:
            self._connection = self._database.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
            ask = text("SELECT pg_try_advisory_lock(:key)")
            if not self._connection.execute(ask, {"key": _LOCK}).scalar_one():
                self._connection.close()
                self._connection = None
                return False
            return True
        self._connection.execute(text("SELECT 1"))
        return True
