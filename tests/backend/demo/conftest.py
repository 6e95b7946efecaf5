"""One demo world for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.actions.context import Context
from tests.support.demo_world import copy_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """The world at its last moment."""
    made = copy_world(tmp_path_factory, tmp_path_factory.mktemp("demo"))
    yield made
    made.database.close()
