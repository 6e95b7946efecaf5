"""Brings a database to the newest shape, and tells which one it has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from backend.errors import Unavailable
from backend.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 4_519_872  # any number, as long as every process asks for the same one


def migrate(database: Database, revision: str = "head") -> str | None:
    """Upgrade (or downgrade) to `revision` and return what the database then has.

    Several processes may start at once: on PostgreSQL they wait for each other.
    """
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
        try:
            _run(connection, revision)
            connection.commit()
            return current_revision(connection)
        finally:
            if not database.is_sqlite:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the database, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def revision_of(database: Database) -> str | None:
    """Return the revision of a database. Raises Unavailable when it cannot be asked."""
    with database.reading() as session:
        return current_revision(session.connection())


@cache
def head_revision() -> str | None:
    """Return the newest revision that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known_revisions() -> list[str]:
    """Return the revisions that this code knows, newest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def _run(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    known = known_revisions()
    current = current_revision(connection)
    if current is not None and current not in known:
        raise Unavailable(
            f"The database is at revision {current}, which this release does not know.",
            hint="Use the release that made it, or a newer one.",
        )
    goes_down = revision == "base" or (
        current in known and revision in known and known.index(revision) > known.index(current)
    )
    (command.downgrade if goes_down else command.upgrade)(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
