"""Statements that nobody reads an answer of, sent without waiting for each.

Waiting costs a thread twice: for the network, and then for its turn at the interpreter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlmodel import Session


@contextmanager
def pipelined(session: Session) -> Iterator[None]:
    """Wait once, at the end of the block, for all that its statements do.

    They run in their order, and what breaks one breaks the block. SQLite answers at once anyway.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with translated(connection, "pipeline"), driver.pipeline():
        yield


@contextmanager
def translated(connection: Connection, statement: str) -> Iterator[None]:
    """Let errors of a lost or refusing PostgreSQL, met past SQLAlchemy, look as it reports them."""
    try:
        yield
    except connection.dialect.loaded_dbapi.OperationalError as error:
        raise OperationalError(statement, None, error) from error
