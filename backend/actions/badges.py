"""Finds what badges and counters say."""

from __future__ import annotations

import re

from backend.actions.context import Context
from backend.domain.badges import SiteFigures
from backend.store import badges

# What a database may be asked about; anything else is no key of ours.
_KEY = re.compile(r"[0-9A-Za-z]{8,32}")


def find_figures(context: Context, key: str) -> SiteFigures | None:
    """Return the figures of the site with this key, None when it is unknown or hidden."""
    if not _KEY.fullmatch(key):
        return None
    with context.database.reading() as session:
        return badges.find_figures(session, key)
