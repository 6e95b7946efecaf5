"""What a check of everything that is kept came to."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.checking import Difference
from backend.domain.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A check. `by` is an account, `command` or `clock`; `found` are the first differences."""

    id: str
    by: str
    started_at: Instant
    ended_at: Instant
    differences: int
    found: tuple[Difference, ...]
