"""Whose disputes come before the others': people with the feature `priority_support`."""

from __future__ import annotations

from backend.actions import disputes
from backend.actions.context import Context
from backend.actions.flags import find_having
from backend.domain.actors import Actor
from backend.domain.disputes import Dispute, DisputeState
from backend.domain.rewards import Flag

MOST = 500


def list_first(context: Context, actor: Actor) -> list[Dispute]:
    """Return the undecided disputes of people with priority, the oldest first.

    Of each state the newest `MOST` are looked at. Raises Forbidden.
    """
    waiting = [
        one
        for state in (DisputeState.OPEN, DisputeState.EVIDENCE)
        for one in disputes.list_all(context, actor, state=state, limit=MOST)
    ]
    first = find_having(context, Flag.PRIORITY_SUPPORT.value, [one.account for one in waiting])
    return sorted(
        (one for one in waiting if one.account in first), key=lambda one: (one.opened_at, one.id)
    )
