"""When a repeated request gets the answer of the first one."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.instants import MINUTE, Instant
from backend.errors import Conflict

ABANDONED_AFTER = MINUTE
"""A request that is still unanswered after this died with its process; its key is free again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A key with its request and answer. `status` is None while the request is under way."""

    key: str
    route: str
    digest: str
    began_at: Instant
    status: int | None = None
    body: str = ""

    def is_abandoned(self, now: Instant) -> bool:
        return self.status is None and now - self.began_at > ABANDONED_AFTER

    def check(self, *, route: str, digest: str) -> None:
        """Raise Conflict unless the same request is repeated and its answer is known."""
        if (self.route, self.digest) != (route, digest):
            raise Conflict(
                "This Idempotency-Key was used for another request.", hint="Use a new key."
            )
        if self.status is None:
            raise Conflict(
                "The first request with this Idempotency-Key still runs.",
                hint="Try again in a moment.",
            )
