"""The files that the service prepares in its data folder: made once a process, shared by tests."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

_NAMES = ("static", "widget")


def share_prepared_files(data: Path) -> None:
    """Let a data folder that has none yet show what was prepared for another one."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _NAMES:
        if not (data / name).exists():
            (data / name).symlink_to(_folder() / name)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in _NAMES:
        (folder / name).mkdir()
    return folder
