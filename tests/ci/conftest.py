"""What tests of CI share."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every installed distribution but 4site, so that installing needs no index."""
    folder = tmp_path_factory.mktemp("lent")
    for child in Path(sysconfig.get_path("purelib")).iterdir():
        if "4site" not in child.name:
            (folder / child.name).symlink_to(child)
    return folder
