"""A content-addressed store on disk: what was made once from the same input is not made again.

One SQLite file in the user's cache folder. Losing it costs time, never correctness, so durability
is off, and a broken file is thrown away.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

# Pruned to this many bytes at the end of a build, oldest use first.
_LIMIT_BYTES = 256 * 1024 * 1024
_BATCH = 500


class Cache:
    """Bytes by key. Both sides of a fork may read; only the process that opened it writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = self._open()

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the stored values of those keys that are known."""
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, bytes] = {}
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT key, value FROM entries WHERE key IN ({marks})"  # noqa: S608  only marks
            with contextlib.suppress(sqlite3.DatabaseError):
                found.update(self._connection.execute(query, batch))
        return found

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Store values; a full or read-only disk is not an error of the build."""
        with contextlib.suppress(sqlite3.DatabaseError), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO entries (key, value) VALUES (?, ?)", list(values.items())
            )

    def close(self) -> None:
        with contextlib.suppress(sqlite3.DatabaseError):
            self._prune()
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            return self._connect()
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS entries"
            " (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB NOT NULL)"
        )
        return connection

    def _prune(self) -> None:
        """Drop the oldest entries while the whole is over the limit."""
        if self._path.stat().st_size <= _LIMIT_BYTES:
            return
        with self._connection:
            self._connection.execute(
                "DELETE FROM entries WHERE number <="
                " (SELECT number FROM entries ORDER BY number DESC LIMIT 1 OFFSET"
                "  (SELECT COUNT(*) / 2 FROM entries))"
            )
        self._connection.execute("VACUUM")
