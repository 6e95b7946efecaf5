"""How a number compares with that of the period before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The difference in whole percent, rounded half up; None when there was nothing before."""

    percent: int | None
    is_more: bool
    is_less: bool


def compare(now: int, before: int) -> Change:
    """Return how `now` compares with `before`; neither is below 0."""
    percent = None
    if before > 0:
        difference = abs(now - before)
        percent = (200 * difference + before) // (2 * before)
    return Change(percent=percent, is_more=now > before, is_less=now < before)
