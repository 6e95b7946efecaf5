"""Whether the database can be used as it is."""

from __future__ import annotations

from backend.actions.context import Context
from backend.errors import Unavailable
from backend.store.migration import head_revision, revision_of


def find_database_problem(context: Context) -> str | None:
    """Return what keeps the database from being used, None when nothing does."""
    try:
        current = revision_of(context.database)
    except Unavailable as error:
        return error.message
    head = head_revision()
    if current != head:
        return f"it is at revision {current}, this release needs {head}: run 4site server migrate"
    return None
