"""Takes pictures of sites for the showcase, takes them anew in time, and removes those that no
site has any more.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from itertools import islice
from pathlib import Path

import structlog

from backend.actions.context import Context
from backend.domain.instants import SECOND
from backend.gateways.public_addresses import Resolver, resolve_by_system
from backend.gateways.screenshots import NoBrowser, take_screenshot
from backend.store import sites, thumbnails
from backend.store.tables.base import TENANT

KEPT_SECONDS = 24 * 3600
"""How long a picture outlives its site: pages that show it may still be open."""
RENEWED_AT_ONCE = 20
"""Pictures are taken one after another, and each may last half a minute."""
_SWEPT_AT_ONCE = 500
_LOG = structlog.get_logger("thumbnails")
_said: set[str] = set()


def take(context: Context, site: str, *, resolve: Resolver = resolve_by_system) -> str | None:
    """Take a picture of the site with this id and return its name, None when there is none.

    Without a browser nothing happens, and the log says so once. Raises FetchFailed when the site
    cannot be shown; the picture it had stays then.
    """
    with context.database.reading() as session:
        found = sites.find_site(session, TENANT, site)
    if found is None:
        return None
    try:
        picture = take_screenshot(found.url, context.settings, resolve=resolve)
    except NoBrowser as error:
        _say_once(error)
        return None
    name = f"{hashlib.blake2b(picture, digest_size=16).hexdigest()}.webp"
    _keep(folder_of(context) / name, picture)
    with context.database.transaction() as session:
        is_there = thumbnails.save_thumbnail(session, TENANT, site, name, context.clock.now())
    return name if is_there else None


def renew(context: Context) -> int:
    """Queue new pictures of sites whose old one has had its time, or shows what was replaced by a
    release, those that wait longest first; return how many.

    Each is put off before it is tried, so that neither a failure nor a crash repeats it at once.
    """
    now = context.clock.now()
    with context.database.transaction() as session:
        due = thumbnails.list_due(session, TENANT, now, RENEWED_AT_ONCE)
        for site, tries in due.items():
            thumbnails.note_try(session, TENANT, site, tries, now)
    for site in due:
        context.tasks.add("take_thumbnail", {"site": site})
    return len(due)


def sweep(context: Context) -> int:
    """Remove pictures that no site has and that are older than a day; return how many."""
    folder = folder_of(context)
    if not folder.is_dir():
        return 0
    before = context.clock.now() / SECOND - KEPT_SECONDS
    old = (path for path in folder.iterdir() if path.stat().st_mtime < before)
    removed = 0
    while batch := {path.name: path for path in islice(old, _SWEPT_AT_ONCE)}:
        with context.database.reading() as session:
            named = thumbnails.find_named(session, batch.keys())
        for name in batch.keys() - named:
            batch[name].unlink(missing_ok=True)
            removed += 1
    return removed


def folder_of(context: Context) -> Path:
    """Return where pictures lie, under names that are the hash of their content."""
    return context.settings.data_dir / "thumbnails"


def _keep(path: Path, content: bytes) -> None:
    """Write a picture whole or not at all. One that is there already becomes new again."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


def _say_once(error: NoBrowser) -> None:
    if error.message not in _said:
        _said.add(error.message)
        _LOG.warning("no_thumbnails", reason=error.message, hint=error.hint)
