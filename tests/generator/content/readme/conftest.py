"""The one way these tests have to look at a README."""

from __future__ import annotations

import pytest

from generator.model.files import FileTree
from tests.support.readmes import Taker, make_pictures


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> FileTree:
    return make_pictures(tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def take(pictures: FileTree) -> Taker:
    return Taker(pictures)
