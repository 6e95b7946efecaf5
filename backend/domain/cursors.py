"""Cursors of lists that run from the newest to the oldest: a time and an id, as one text.

They name a place and not a row, so that a page follows although its predecessor's last row went.
"""

from __future__ import annotations

import re

from backend.domain.instants import Instant
from backend.errors import Invalid

_CURSOR = re.compile(r"([0-9]{1,16})\.([0-9A-Za-z_-]{1,32})", re.ASCII)


def make_cursor(at: Instant, row: str) -> str:
    """Return the cursor behind the row with this time and id."""
    return f"{at}.{row}"


def read_cursor(text: str) -> tuple[Instant, str]:
    """Return time and id of a cursor. Raises Invalid when it is none."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise Invalid(
            "The cursor is not one of this list.",
            field="after",
            hint="Use the cursor of the page before, or none.",
        )
    return Instant(int(found[1])), found[2]
