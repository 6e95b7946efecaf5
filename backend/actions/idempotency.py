"""Keeps the answers to requests that carried an `Idempotency-Key`, for 48 hours."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.idempotency import Kept
from backend.store import idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the first request got."""

    status: int
    body: str


def recall(context: Context, actor: Actor, *, key: str, route: str, digest: str) -> Answer | None:
    """Return the answer that the key got before, or None when the caller is to go on.

    None also claims the key: `remember` or `forget` must follow. Raises Conflict when the key
    was used for another request, or when its first request still runs.
    """
    now = context.clock.now()
    fresh = Kept(key=key, route=route, digest=digest, began_at=now)
    with context.database.transaction() as session:
        earlier = idempotency.find(session, actor, key)
        if earlier is not None and earlier.is_abandoned(now):
            idempotency.drop(session, actor, key)
            earlier = None
        if earlier is None:
            if idempotency.claim(session, actor, fresh, now):
                return None
            earlier = idempotency.find(session, actor, key) or fresh
        earlier.check(route=route, digest=digest)
        return Answer(status=earlier.status or 0, body=earlier.body)


def remember(context: Context, actor: Actor, key: str, *, status: int, body: str) -> None:
    """Keep the answer to the request that claimed the key."""
    with context.database.transaction() as session:
        idempotency.finish(session, actor, key, status=status, body=body)


def forget(context: Context, actor: Actor, key: str) -> None:
    """Free the key of a request that failed."""
    with context.database.transaction() as session:
        idempotency.drop(session, actor, key)
