"""A data folder whose databases have the newest tables: a start finds nothing to migrate."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from backend.jobs.engine import Engine
from backend.settings import Settings
from tests.support.databases import bring_up_to_date
from tests.support.prepared_files import share_prepared_files


def make_ready(settings: Settings) -> None:
    """Put what is missing of a service over SQLite into its folder."""
    share_prepared_files(settings.data_dir)
    if settings.is_sqlite:
        bring_up_to_date(settings).close()
        jobs = _path_of(settings.jobs_url)
        if not jobs.exists():
            jobs.write_bytes(_jobs_file())


@cache
def _jobs_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env({"FOURSITE_DATA_DIR": folder})
        Engine(settings).prepare()
        return _path_of(settings.jobs_url).read_bytes()


def _path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
