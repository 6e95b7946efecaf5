"""How much of a tier an owner has used."""

from __future__ import annotations

from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.usage import Usage, month_start
from backend.store import accounts, sites, statistics
from backend.store.database import Session


def get_usage(context: Context, actor: Actor) -> Usage:
    """Return what the actor has used up to now."""
    with context.database.reading() as session:
        return read_usage(session, actor, context.clock.now())


def read_usage(session: Session, actor: Actor, now: Instant) -> Usage:
    """Return what the actor has used, within a transaction."""
    return Usage(
        tier=accounts.get_own(session, actor).tier,
        sites=sites.count_own(session, actor),
        views=statistics.count_views(session, actor, since=month_start(now)),
    )
