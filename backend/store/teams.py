"""Teams of challenges and who is in them. Whoever changes them holds the challenge.

Leans on the primary keys and on `uq_challenge_team_name`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.challenges import Challenge, Member, Team
from backend.domain.instants import Instant
from backend.store.bulk import update_many
from backend.store.ownership import owned
from backend.store.tables.community import ChallengeRow, ChoiceRow, MemberRow, TeamRow


def list_teams(session: Session, tenant: str, challenge: str) -> list[Team]:
    """Return the teams of a challenge, in the order they were founded."""
    found = session.execute(
        select(TeamRow)
        .where(col(TeamRow.tenant) == tenant, col(TeamRow.challenge) == challenge)
        .order_by(col(TeamRow.n))
    )
    return [_to_team(row) for row in found.scalars()]


def has_team_name(session: Session, tenant: str, challenge: str, key: str) -> bool:
    """Tell whether a team of the challenge has this name."""
    found = session.execute(
        select(col(TeamRow.n)).where(
            col(TeamRow.tenant) == tenant,
            col(TeamRow.challenge) == challenge,
            col(TeamRow.name_key) == key,
        )
    )
    return found.first() is not None


def insert_team(session: Session, tenant: str, challenge: str, team: Team, key: str) -> None:
    """Store a new team without members."""
    session.connection().execute(
        insert(TeamRow),
        {
            "tenant": tenant,
            "challenge": challenge,
            "n": team.n,
            "account": team.account,
            "name": team.name,
            "name_key": key,
            "members": 0,
            "is_winner": False,
        },
    )


def list_members(session: Session, tenant: str, challenge: str) -> list[Member]:
    """Return who is in the teams of a challenge, in the order they joined."""
    found = session.execute(
        select(MemberRow)
        .where(col(MemberRow.tenant) == tenant, col(MemberRow.challenge) == challenge)
        .order_by(col(MemberRow.team), col(MemberRow.joined_at), col(MemberRow.account))
    )
    return [_to_member(row) for row in found.scalars()]


def find_listed(session: Session, tenant: str, accounts: Sequence[str]) -> frozenset[str]:
    """Return those of some accounts who want to be seen."""
    found = session.execute(
        select(col(ChoiceRow.account)).where(
            col(ChoiceRow.tenant) == tenant,
            col(ChoiceRow.account).in_(accounts),
            col(ChoiceRow.is_listed).is_(True),
        )
    )
    return frozenset(found.scalars())


def find_membership(session: Session, actor: Actor, challenge: str) -> Member | None:
    """Return the actor's place in a challenge."""
    statement = owned(select(MemberRow), MemberRow, actor)
    row = session.execute(
        statement.where(col(MemberRow.challenge) == challenge)
    ).scalar_one_or_none()
    return None if row is None else _to_member(row)


def insert_member(session: Session, actor: Actor, challenge: str, member: Member) -> None:
    """Put the actor into a team. The caller holds the challenge."""
    session.connection().execute(
        insert(MemberRow),
        {
            "tenant": actor.tenant,
            "challenge": challenge,
            "account": actor.account,
            "team": member.team,
            "joined_at": member.joined_at,
        },
    )
    _add_members(session, actor.tenant, challenge, member.team, 1)


def delete_member(session: Session, actor: Actor, challenge: str, team: int) -> None:
    """Take the actor out of a team; an empty team goes. The caller holds the challenge."""
    session.connection().execute(
        owned(delete(MemberRow), MemberRow, actor).where(col(MemberRow.challenge) == challenge)
    )
    _add_members(session, actor.tenant, challenge, team, -1)
    session.connection().execute(
        delete(TeamRow).where(*is_team(actor.tenant, challenge, team), col(TeamRow.members) == 0)
    )


def save_standing(
    session: Session,
    tenant: str,
    challenge: Challenge,
    teams: Iterable[Team],
    members: Iterable[Member],
) -> None:
    """Store what teams and members have, as of the challenge. The caller holds it."""
    connection = session.connection()
    connection.execute(
        update(ChallengeRow)
        .where(col(ChallengeRow.tenant) == tenant, col(ChallengeRow.id) == challenge.id)
        .values(as_of=challenge.as_of, ended_at=challenge.ended_at)
    )
    for team in teams:
        connection.execute(
            update(TeamRow)
            .where(*is_team(tenant, challenge.id, team.n))
            .values(
                value=team.value,
                reached_at=team.reached_at,
                place=team.place,
                is_winner=team.is_winner,
            )
        )
    _VALUES.run(connection, [(one.value, tenant, challenge.id, one.account) for one in members])


def _add_members(session: Session, tenant: str, challenge: str, team: int, number: int) -> None:
    session.connection().execute(
        update(TeamRow)
        .where(*is_team(tenant, challenge, team))
        .values(members=TeamRow.members + number)
    )


def is_team(tenant: str, challenge: str, team: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of one team."""
    return (
        col(TeamRow.tenant) == tenant,
        col(TeamRow.challenge) == challenge,
        col(TeamRow.n) == team,
    )


def _to_team(row: TeamRow) -> Team:
    return Team(
        n=row.n,
        account=row.account,
        name=row.name,
        members=row.members,
        value=row.value,
        reached_at=None if row.reached_at is None else Instant(row.reached_at),
        place=row.place,
        is_winner=row.is_winner,
    )


def _to_member(row: MemberRow) -> Member:
    return Member(
        account=row.account,
        team=row.team,
        joined_at=Instant(row.joined_at),
        value=row.value,
    )


_VALUES = update_many(
    MemberRow.__table__,  # type: ignore[attr-defined]  # SQLModel makes it
    ("value",),
    key=("tenant", "challenge", "account"),
)
