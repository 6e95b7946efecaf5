"""One demo world for all tests that only look at it."""

from __future__ import annotations

import pytest

from backend.actions.context import Context
from tests.support.demo_world import share_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """The world at its last moment."""
    return share_world(tmp_path_factory)
