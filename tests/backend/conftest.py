"""The service on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.actions.context import Context
from tests.support.postgresql import PostgreSQL, start_postgresql
from tests.support.service import make_context


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL server, one for each test process."""
    with start_postgresql() as server:
        yield server


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A service on SQLite."""
    made = make_context(tmp_path)
    yield made
    made.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite, and then the URL of a database on PostgreSQL."""
    if request.param == "sqlite":
        yield None
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.lend() as url:
        yield url


@pytest.fixture
def any_context(tmp_path: Path, any_database: str | None) -> Iterator[Context]:
    """A service on SQLite, and the same on PostgreSQL."""
    made = make_context(tmp_path, any_database)
    yield made
    made.database.close()
