"""A service that pays by every method, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.actions.context import Context
from tests.support.payouts import make_paying


@pytest.fixture
def paying(tmp_path: Path) -> Iterator[Context]:
    made = make_paying(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def any_paying(tmp_path: Path, any_database: str | None) -> Iterator[Context]:
    made = make_paying(tmp_path, any_database)
    yield made
    made.database.close()
