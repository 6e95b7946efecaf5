"""Databases with the newest tables: the steps run once a process, what they made is copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from backend.settings import Settings
from backend.store.database import Database
from backend.store.migration import head_revision, migrate, revision_of


def bring_up_to_date(settings: Settings) -> Database:
    """Return the database of these settings with the newest tables; a file that is not there yet
    is a copy.
    """
    if settings.is_sqlite:
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_bytes(_migrated_file())
    database = Database(settings)
    if revision_of(database) != head_revision():
        migrate(database)
    return database


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env({"FOURSITE_DATA_DIR": folder})
        database = Database(settings)
        migrate(database)
        database.close()  # the last connection works the log into the file
        return Path(settings.database_url.removeprefix("sqlite:///")).read_bytes()
