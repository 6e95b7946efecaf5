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


@pytest.fixture(params=["sqlite", "postgresql"])
def any_paying(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()
    made = make_paying(tmp_path, url)
    yield made
    made.database.close()
