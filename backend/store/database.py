"""The database: one engine, transactions that mean to write, and readings that do not.

SQLite runs in WAL with one writer at a time (`BEGIN IMMEDIATE`); PostgreSQL as it is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from backend.errors import Unavailable
from backend.settings import Settings
from backend.store.turns import Turns

__all__ = ["Database", "Session"]

BUSY_SECONDS = 5
CONNECT_SECONDS = 10
IDLE_SECONDS = 1
"""How long a connection to PostgreSQL may have been idle to be used without asking whether it is
still there.
"""
_CACHE_KIB = 64 * 1024
_CHECKPOINT_PAGES = 8_000
"""Pages of log, of 4 KiB, before it is worked into the file: a page that changes in each batch is
written there once in so many. SQLite's own 1 000 doubles the cost of an event.
"""


class Database:
    """Where facts are kept. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.is_sqlite = settings.is_sqlite
        self.url = settings.database_url
        self.engine = _make_engine(settings)
        self._turns = Turns()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that is committed at the end, or rolled back on an error.

        Raises Unavailable when the database is locked, full or gone; nothing was changed then.
        """
        with self._translated(), self._turn(), self._session() as session:
            if self.is_sqlite:
                session.connection().execute(text("BEGIN IMMEDIATE"))
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one moment of the database and writes nothing."""
        with self._translated(), self._session() as session:
            if self.is_sqlite:
                session.connection().execute(text("BEGIN"))
            else:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
            session.rollback()

    def close(self) -> None:
        self.engine.dispose()

    def _session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def _turn(self) -> AbstractContextManager[None]:
        return self._turns.take(BUSY_SECONDS) if self.is_sqlite else nullcontext()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, PoolTimeout, TimeoutError) as error:
            raise Unavailable(
                "The database cannot be used at the moment.", hint="Try again in some seconds."
            ) from error


def _make_engine(settings: Settings) -> Engine:
    if not settings.is_sqlite:
        engine = create_engine(
            settings.database_url,
            connect_args={"connect_timeout": CONNECT_SECONDS},
            pool_size=10,
            max_overflow=10,
            hide_parameters=True,  # errors are logged, and values are people's
        )
        _ping_what_was_idle(engine)
        return engine
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(
        settings.database_url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # We begin transactions ourselves: the driver would do it too late, and never IMMEDIATE.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {settings.synchronous}",
            "foreign_keys = ON",
            "recursive_triggers = ON",  # or REPLACE would pass by those of the ledger
            f"cache_size = -{_CACHE_KIB}",
            f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _ping_what_was_idle(engine: Engine) -> None:
    """Have a pooled connection answer before it is used, unless it has just been.

    SQLAlchemy's own `pool_pre_ping` asks each time, one trip more for every transaction.
    """

    @event.listens_for(engine, "checkin")
    def _note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() < record.info.get("idle_since", math.inf) + IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.OperationalError as error:
            raise InvalidatePoolError from error  # the others are no better
