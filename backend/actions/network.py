"""The network below an owner, or below one of the people in it."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.instants import DAY, Instant
from backend.domain.network import LevelSums, Member, grow, sum_levels, trail_of
from backend.errors import NotFound
from backend.store import network

MEMBERS_READ = 20_000
"""How many people are read at most, the nearest first."""
AGO = 30 * DAY
"""What the numbers are compared with: the network as it was then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`members` are those right below the root, `trail` is the way from the owner to it: empty
    when the owner is the root. `before` are the levels 30 days ago.

    `is_cut` tells that there are more people than were read.
    """

    trail: tuple[Member, ...]
    members: tuple[Member, ...]
    levels: tuple[LevelSums, ...]
    before: tuple[LevelSums, ...]
    is_cut: bool


def read_network(context: Context, actor: Actor, root: str = "") -> Network:
    """Return whom the actor brought and whom those brought, seven levels below the actor.

    `root` is the number of somebody in it, whose part is returned. Raises NotFound when there is
    nobody with that number, and Forbidden.
    """
    actor.needs(Scope.REFERRALS_READ)
    now = context.clock.now()
    with context.database.reading() as session:
        referrals = network.read_below(session, actor, limit=MEMBERS_READ + 1)
        turnovers = network.read_turnovers(session, actor)
    everybody = grow(referrals[:MEMBERS_READ], actor.account, now)
    trail = trail_of(everybody, root) if root else ()
    if trail is None:
        raise NotFound("Nobody in your network has this number.", hint="Begin at the top again.")
    members = trail[-1].below if trail else everybody
    earlier = grow(referrals[:MEMBERS_READ], actor.account, Instant(now - AGO))
    then = (trail_of(earlier, root) or ()) if root else ()
    before = then[-1].below if then else () if root else earlier
    return Network(
        trail=trail,
        members=members,
        levels=sum_levels(members, turnovers),
        before=sum_levels(before, {}),
        is_cut=len(referrals) > MEMBERS_READ,
    )
