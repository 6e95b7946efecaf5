"""When a site's picture is taken again: after a while, and after what failed."""

from __future__ import annotations

from backend.domain.instants import DAY, Instant

RENEWED_AFTER_DAYS = 30
"""How old a picture grows before the site is looked at again."""


def next_picture(now: Instant) -> Instant:
    """Return when a picture that is taken now is to be taken again."""
    return Instant(now + RENEWED_AFTER_DAYS * DAY)


def next_try(now: Instant, failures: int) -> Instant:
    """Return when a try that is made now, after so many failures in a row, is to be repeated.

    A day later, then two, four, eight, sixteen, and from then on as seldom as a good picture.
    """
    return Instant(now + min(2 ** min(failures, 5), RENEWED_AFTER_DAYS) * DAY)
