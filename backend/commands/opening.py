"""Opens what the service stands on, and says plainly what cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from backend.actions.context import Context, Live, NoLive, NoTasks, Tasks
from backend.clock import SystemClock
from backend.errors import Unavailable
from backend.gateways.secret_file import make_private, open_secret
from backend.ids import SystemIds
from backend.settings import Settings
from backend.store.database import Database
from backend.store.migration import migrate


@contextmanager
def opened(settings: Settings) -> Iterator[Context]:
    """Give a command the service over its migrated database, without jobs and live events."""
    context = open_context(settings, tasks=NoTasks(), live=NoLive())
    try:
        migrate(context.database)
        yield context
    finally:
        context.database.close()


def open_context(settings: Settings, *, tasks: Tasks, live: Live) -> Context:
    """Return the service over its database as it is. The caller closes the database."""
    return Context(
        settings=settings,
        database=open_database(settings),
        clock=SystemClock(),
        ids=SystemIds(),
        tasks=tasks,
        live=live,
        secret=open_secret(settings, SystemIds()),
    )


def open_database(settings: Settings) -> Database:
    """Return the database. Raises Unavailable, saying which one, when it does not answer."""
    if settings.is_sqlite:
        make_private(settings.data_dir)
    database = Database(settings)
    try:
        with database.reading() as session:
            session.connection()
    except Unavailable as error:
        database.close()
        reason = str(getattr(error.__cause__, "orig", error.__cause__)).strip().partition("\n")[0]
        raise Unavailable(
            f"The database ({place_of(settings)}) cannot be used: {reason}",
            hint="Correct FOURSITE_DATABASE_URL, or start the database.",
        ) from error
    return database


def place_of(settings: Settings) -> str:
    """Return where the database is, in words, without its password."""
    if settings.is_sqlite:
        return f"SQLite, {settings.database_url.removeprefix('sqlite:///')}"
    url = urlsplit(settings.database_url)
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL, {url.hostname or 'local'}{port}{url.path}"
