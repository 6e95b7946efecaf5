"""The people below an owner as a tree: who came through whom, and what each level adds up to.

People are numbers: the third whom the owner brought is 3, and the first whom that one brought is
3.1. The order is that of sign-up, so that a number never changes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.instants import Instant
from backend.domain.plans import LEVELS
from backend.domain.referrals import PENDING_LIFETIME, Referral, ReferralState, state_of

_NUMBER = re.compile(r"[1-9][0-9]{0,6}(?:\.[1-9][0-9]{0,6}){0,6}", re.ASCII)
_ACTIVE = frozenset({ReferralState.ACTIVATED, ReferralState.CONVERTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody below an owner. `people` counts everybody below in turn, within the levels."""

    id: str
    path: tuple[int, ...]
    state: ReferralState
    people: int
    below: tuple[Member, ...]

    @property
    def number(self) -> str:
        """The member's number below the owner: `3.1`."""
        return ".".join(map(str, self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """What a member paid that the owner earned a share of, and that share, by currency."""

    revenue: Mapping[str, int]
    earned: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSums:
    """One level: how many are there, have a site, and pay; and what came of their payments."""

    level: int
    people: int
    active: int
    converted: int
    revenue: Mapping[str, int]
    earned: Mapping[str, int]


def grow(referrals: Iterable[Referral], owner: str, now: Instant) -> tuple[Member, ...]:
    """Return whom an account brought as of `now`, each with whom they brought, seven levels deep.

    Whoever expired without doing anything is left out with all below, as the rewards count too;
    the numbers of the others stay.
    """
    brought: defaultdict[str, list[Referral]] = defaultdict(list)
    for referral in referrals:
        if referral.signed_up_at <= now:
            brought[referral.referrer].append(referral)
    for some in brought.values():
        some.sort(key=lambda one: (one.signed_up_at, one.referred))
    return _grow(brought, owner, (), now)


def trail_of(members: Sequence[Member], number: str) -> tuple[Member, ...] | None:
    """Return the way to the member with a number, that one last; None when there is none."""
    if not _NUMBER.fullmatch(number):
        return None
    path, trail = tuple(map(int, number.split("."))), []
    for depth in range(1, len(path) + 1):
        found = next((one for one in members if one.path == path[:depth]), None)
        if found is None:
            return None
        trail.append(found)
        members = found.below
    return tuple(trail)


def sum_levels(
    members: Iterable[Member], turnovers: Mapping[str, Turnover]
) -> tuple[LevelSums, ...]:
    """Return what each level of a tree adds up to, the nearest first."""
    sums, level = [], list(members)
    while level:
        sums.append(_sum_level(len(level[0].path), level, turnovers))
        level = [one for member in level for one in member.below]
    return tuple(sums)


def _grow(
    brought: Mapping[str, list[Referral]], referrer: str, path: tuple[int, ...], now: Instant
) -> tuple[Member, ...]:
    if len(path) == LEVELS or referrer not in brought:
        return ()
    members = []
    for number, referral in enumerate(brought[referrer], 1):
        if not _is_there(referral, now):
            continue
        own = (*path, number)
        below = _grow(brought, referral.referred, own, now)
        members.append(
            Member(
                id=referral.referred,
                path=own,
                state=state_of(referral, now),
                people=sum(one.people + 1 for one in below),
                below=below,
            )
        )
    return tuple(members)


def _is_there(referral: Referral, now: Instant) -> bool:
    steps = (referral.activated_at, referral.converted_at)
    is_waiting = now < referral.signed_up_at + PENDING_LIFETIME
    return is_waiting or any(at is not None and at <= now for at in steps)


def _sum_level(
    level: int, members: Sequence[Member], turnovers: Mapping[str, Turnover]
) -> LevelSums:
    revenue: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    for member in members:
        if turnover := turnovers.get(member.id):
            revenue.update(turnover.revenue)
            earned.update(turnover.earned)
    return LevelSums(
        level=level,
        people=len(members),
        active=sum(one.state in _ACTIVE for one in members),
        converted=sum(one.state is ReferralState.CONVERTED for one in members),
        revenue=dict(revenue),
        earned=dict(earned),
    )
