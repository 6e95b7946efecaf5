"""Counts what teams of challenges have, and settles who has won."""

from __future__ import annotations

from dataclasses import replace

from backend.actions.context import Context
from backend.domain.boards import Tally
from backend.domain.challenges import Challenge, Phase, is_settled_by, phase_of, stand
from backend.domain.instants import Instant, day_of
from backend.store import board_facts, challenges, teams
from backend.store.database import Session
from backend.store.tables.base import TENANT

CHALLENGES_AT_ONCE = 10_000


def count_challenges(context: Context) -> int:
    """Count every challenge that has begun and is not settled, and return how many there were.

    It runs every 15 minutes. Each is counted in a transaction of its own that holds it.
    """
    now = context.clock.now()
    with context.database.reading() as session:
        begun = challenges.list_begun(session, TENANT, day_of(now), limit=CHALLENGES_AT_ONCE)
    for challenge in begun:
        with context.database.transaction() as session:
            _count(session, challenge, now)
    return len(begun)


def _count(session: Session, known: Challenge, now: Instant) -> None:
    challenge = challenges.lock_begun(session, TENANT, known.id)
    if challenge is None or phase_of(challenge, now) not in {Phase.RUNNING, Phase.SETTLING}:
        return
    is_over = is_settled_by(challenge, now)
    known_teams = teams.list_teams(session, TENANT, challenge.id)
    members = teams.list_members(session, TENANT, challenge.id)
    tallies = _read(session, challenge, [one.account for one in members], now)
    standing, counted = stand(challenge, known_teams, members, tallies, is_over=is_over)
    after = replace(challenge, as_of=now, ended_at=now if is_over else None)
    teams.save_standing(session, TENANT, after, standing, counted)


def _read(
    session: Session, challenge: Challenge, accounts: list[str], now: Instant
) -> dict[str, Tally]:
    """Return what each member has in the challenge's days, unless their account is closed."""
    found = board_facts.find_open(session, TENANT, accounts)
    tallies = board_facts.read_tallies(session, TENANT, found, [challenge.window], now)
    return {tally.account: tally for tally in tallies[challenge.metric, challenge.window.key]}
