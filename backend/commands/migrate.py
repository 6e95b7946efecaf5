"""`4site server migrate`: changes the shape of the database, and of nothing else."""

from __future__ import annotations

import argparse

from backend.commands.opening import open_database, place_of
from backend.settings import Settings
from backend.store.migration import current_revision, known_revisions, migrate
from generator.errors import UsageError


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    known = ["head", "base", *known_revisions()]
    if arguments.to not in known:
        raise UsageError(
            f"There is no revision {arguments.to!r}.", hint=f"Choose one of {', '.join(known)}."
        )
    database = open_database(settings)
    try:
        with database.engine.connect() as connection:
            before = current_revision(connection)
        after = migrate(database, arguments.to)
    finally:
        database.close()
    if before == after:
        print(f"{place_of(settings)}: at {after or 'base'} already; nothing changed.")
    else:
        print(f"{place_of(settings)}: {before or 'empty'} → {after or 'empty'}")
    return 0
