"""Team challenges: begun by an owner, joined by others until they begin, counted by a job."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.challenges import (
    FOLLOWS_MOST,
    OPEN_CHALLENGES,
    OPEN_MEMBERSHIPS,
    TEAM_MOST,
    TEAMS_MOST,
    Challenge,
    ChallengeDraft,
    Member,
    Phase,
    Team,
    check_draft,
    check_forming,
    phase_of,
    read_team_name,
)
from backend.domain.instants import Day, day_of
from backend.domain.profiles import PublicName
from backend.errors import Conflict, Invalid, LimitReached, NotFound
from backend.ids import KEY_ALPHABET, new_text
from backend.store import challenges, teams
from backend.store.database import Session
from backend.store.profiles import find_public_names
from backend.store.referrals import lock_account
from backend.store.tables.base import TENANT

CHALLENGES_A_PAGE = 30
_ID = re.compile(r"[0-9A-Za-z]{16}")
_CURSOR = re.compile(r"([0-9]{1,6})\.([0-9A-Za-z]{16})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeReport:
    """A challenge with its teams, the first ones first. `seen` are the members of each team that
    want to be seen and have a public profile; `owner` is None for one without a public profile.
    """

    challenge: Challenge
    phase: Phase
    teams: tuple[Team, ...]
    seen: Mapping[int, tuple[PublicName, ...]]
    owner: PublicName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the actor has to do with a challenge; `team` is the one they are in."""

    is_owner: bool
    is_follower: bool
    team: int | None
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengePage:
    """Some challenges with where they are; `after` is the cursor of the next page."""

    challenges: tuple[tuple[Challenge, Phase], ...]
    after: str | None


def create_challenge(context: Context, actor: Actor, draft: ChallengeDraft) -> Challenge:
    """Store a challenge of the actor's. Raises Invalid, and LimitReached for one too many."""
    actor.needs(Scope.ACCOUNT_WRITE)
    now = context.clock.now()
    today = day_of(now)
    checked = check_draft(draft, today)
    made = Challenge(
        id=new_text(context.ids, KEY_ALPHABET, 16),
        account=actor.account,
        title=checked.title,
        text=checked.text,
        metric=checked.metric,
        goal=checked.goal,
        first_day=checked.first_day,
        last_day=Day(checked.first_day + checked.days - 1),
        is_public=checked.is_public,
        created_at=now,
    )
    with context.database.transaction() as session:
        lock_account(session, actor)
        if challenges.count_open(session, actor, today) >= OPEN_CHALLENGES:
            raise LimitReached(
                f"You have {OPEN_CHALLENGES} challenges that are not over.",
                hint="Wait until one of them ends, or cancel one.",
            )
        challenges.insert_challenge(session, TENANT, made)
    return made


def found_team(context: Context, actor: Actor, challenge: str, name: str) -> None:
    """Found a team and be its first member. Raises Conflict, Invalid, LimitReached, NotFound."""
    actor.needs(Scope.ACCOUNT_WRITE)
    shown, key = read_team_name(name)
    with context.database.transaction() as session:
        found = _begin_joining(context, session, actor, challenge)
        known = teams.list_teams(session, TENANT, found.id)
        if len(known) >= TEAMS_MOST:
            raise Conflict(f"This challenge has {TEAMS_MOST} teams.", hint="Join one of them.")
        if teams.has_team_name(session, TENANT, found.id, key):
            raise Invalid("There is a team of this name.", field="name", hint="Join it.")
        number = max((team.n for team in known), default=0) + 1
        team = Team(n=number, account=actor.account, name=shown, members=0)
        teams.insert_team(session, TENANT, found.id, team, key)
        _add(context, session, actor, found, number)


def join_team(context: Context, actor: Actor, challenge: str, team: int) -> None:
    """Join a team until the challenge begins. Raises Conflict, LimitReached, NotFound.

    Any number of callers at once never make a team of more than 20, and nobody is in two.
    """
    actor.needs(Scope.ACCOUNT_WRITE)
    with context.database.transaction() as session:
        found = _begin_joining(context, session, actor, challenge)
        known = {one.n: one for one in teams.list_teams(session, TENANT, found.id)}
        if team not in known:
            raise NotFound("There is no such team.", hint="It may have been left by everybody.")
        if known[team].members >= TEAM_MOST:
            raise Conflict(
                f"This team has its {TEAM_MOST} members.", hint="Join or found another one."
            )
        _add(context, session, actor, found, team)


def leave_team(context: Context, actor: Actor, challenge: str) -> None:
    """Leave a team until the challenge begins; again changes nothing. Raises Conflict, NotFound."""
    actor.needs(Scope.ACCOUNT_WRITE)
    with context.database.transaction() as session:
        found = _lock(session, challenge)
        check_forming(found, context.clock.now())
        member = teams.find_membership(session, actor, found.id)
        if member is not None:
            teams.delete_member(session, actor, found.id, member.team)


def follow_challenge(context: Context, actor: Actor, challenge: str, *, is_wanted: bool) -> None:
    """Follow a challenge, or no more; again changes nothing. Raises LimitReached, NotFound."""
    actor.needs(Scope.ACCOUNT_WRITE)
    with context.database.transaction() as session:
        lock_account(session, actor)
        found = _find(session, challenge)
        if challenges.is_followed(session, actor, found.id) == is_wanted:
            return
        if not is_wanted:
            challenges.unfollow(session, actor, found.id)
            return
        if challenges.count_follows(session, actor) >= FOLLOWS_MOST:
            raise LimitReached(
                f"You follow {FOLLOWS_MOST} challenges.", hint="Leave one that is over."
            )
        challenges.follow(session, actor, found.id, context.clock.now())


def cancel_challenge(context: Context, actor: Actor, challenge: str) -> None:
    """Cancel an own challenge that is not over. Raises Conflict, and NotFound for others'."""
    actor.needs(Scope.ACCOUNT_WRITE)
    now = context.clock.now()
    with context.database.transaction() as session:
        found = _lock(session, challenge)
        if found.account != actor.account:
            raise NotFound("There is no such challenge of yours.")
        if phase_of(found, now) in {Phase.SETTLING, Phase.ENDED}:
            raise Conflict("This challenge is over.", hint="Its winners stay.")
        challenges.set_cancelled(session, actor, found.id, now)


def read_challenge(context: Context, challenge: str) -> ChallengeReport:
    """Return a challenge for whoever has its link. Raises NotFound."""
    with context.database.reading() as session:
        found = _find(session, challenge)
        known = teams.list_teams(session, TENANT, found.id)
        members = teams.list_members(session, TENANT, found.id)
        listed = teams.find_listed(session, TENANT, [one.account for one in members])
        names = find_public_names(session, TENANT, [found.account, *listed])
    seen: defaultdict[int, list[PublicName]] = defaultdict(list)
    for one in members:
        if one.account in listed and one.account in names:
            seen[one.team].append(names[one.account])
    return ChallengeReport(
        challenge=found,
        phase=phase_of(found, context.clock.now()),
        teams=tuple(sorted(known, key=lambda team: (team.place or len(known) + 1, team.n))),
        seen={team: tuple(some) for team, some in seen.items()},
        owner=names.get(found.account),
    )


def read_part(context: Context, actor: Actor, challenge: Challenge) -> Part:
    """Return what the actor has to do with a challenge."""
    with context.database.reading() as session:
        member = teams.find_membership(session, actor, challenge.id)
        is_follower = challenges.is_followed(session, actor, challenge.id)
    return Part(
        is_owner=challenge.account == actor.account,
        is_follower=is_follower,
        team=member.team if member else None,
        value=member.value if member else 0,
    )


def list_public(
    context: Context, *, after: str = "", limit: int = CHALLENGES_A_PAGE
) -> ChallengePage:
    """Return public challenges, those that end last first. Raises Invalid for a wrong cursor."""
    size = max(1, min(limit, CHALLENGES_A_PAGE))
    place = _read_cursor(after) if after else None
    now = context.clock.now()
    with context.database.reading() as session:
        found = challenges.list_public(session, TENANT, after=place, limit=size + 1)
    shown = found[:size]
    cursor = f"{shown[-1].last_day}.{shown[-1].id}" if len(found) > size else None
    return ChallengePage(challenges=tuple((one, phase_of(one, now)) for one in shown), after=cursor)


def list_own(context: Context, actor: Actor) -> list[tuple[Challenge, Phase]]:
    """Return what the actor created, joined or follows, what ends last first."""
    now = context.clock.now()
    with context.database.reading() as session:
        found = challenges.list_related(session, actor, limit=FOLLOWS_MOST + CHALLENGES_A_PAGE)
    return [(one, phase_of(one, now)) for one in found]


def _begin_joining(context: Context, session: Session, actor: Actor, challenge: str) -> Challenge:
    """Return the challenge, held, if the actor may join one of its teams."""
    now = context.clock.now()
    lock_account(session, actor)
    found = _lock(session, challenge)
    check_forming(found, now)
    if teams.find_membership(session, actor, found.id) is not None:
        raise Conflict("You are in a team of this challenge.", hint="Leave it first.")
    if challenges.count_memberships(session, actor, day_of(now)) >= OPEN_MEMBERSHIPS:
        raise LimitReached(
            f"You are in {OPEN_MEMBERSHIPS} challenges that are not over.",
            hint="Wait until one of them ends.",
        )
    return found


def _add(context: Context, session: Session, actor: Actor, challenge: Challenge, team: int) -> None:
    member = Member(account=actor.account, team=team, joined_at=context.clock.now())
    teams.insert_member(session, actor, challenge.id, member)


def _find(session: Session, challenge: str) -> Challenge:
    return challenges.get_challenge(session, TENANT, _check_id(challenge))


def _lock(session: Session, challenge: str) -> Challenge:
    return challenges.lock_challenge(session, TENANT, _check_id(challenge))


def _check_id(challenge: str) -> str:
    if not _ID.fullmatch(challenge):
        raise NotFound("There is no such challenge.", hint="Look at the list of challenges.")
    return challenge


def _read_cursor(text: str) -> tuple[int, str]:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise Invalid("The cursor is not one of this list.", field="after", hint="Use its links.")
    return int(found[1]), found[2]
