"""Databases with the newest tables: the steps run once a process, what they made is copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache

from backend.settings import Settings
from backend.store.database import Database
from backend.store.migration import head_revision, migrate, revision_of

# A process of the service has one engine and writes the text of each statement once. One of tests
# has hundreds: unless they share the texts, and the dialect that these belong to, writing them anew
# takes a fifth of the time.
_STATEMENTS: LRUCache[object, object] = LRUCache(5_000)
_DIALECTS: dict[str, Dialect] = {}


def bring_up_to_date(settings: Settings) -> Database:
    """Return the database of these settings with the newest tables; a file that is not there yet
    is a copy.
    """
    is_copied = False
    if settings.is_sqlite:
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_bytes(_migrated_file())
            is_copied = True
    database = Database(settings)
    if not is_copied and revision_of(database) != head_revision():
        migrate(database)
    _share_statements(database)
    return database


def _share_statements(database: Database) -> None:
    engine = database.engine
    engine.update_execution_options(compiled_cache=_STATEMENTS)
    if engine.name not in _DIALECTS:
        engine.connect().close()  # which completes the dialect
        _DIALECTS[engine.name] = engine.dialect
    engine.dialect = _DIALECTS[engine.name]


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env({"FOURSITE_DATA_DIR": folder})
        database = Database(settings)
        migrate(database)
        database.close()  # the last connection works the log into the file
        return Path(settings.database_url.removeprefix("sqlite:///")).read_bytes()
