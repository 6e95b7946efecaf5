"""Team challenges. Whoever changes one holds its row; an account's limits are its owner's lock.

Leans on the primary key, on `ix_challenge_public`, `ix_challenge_account` and
`ix_challenge_open`, and on the indexes of members and follows by account.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.boards import Metric
from backend.domain.challenges import Challenge
from backend.domain.instants import Day, Instant
from backend.errors import NotFound
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow
from backend.store.tables.community import (
    ChallengeRow,
    FollowRow,
    MemberRow,
    TeamRow,
)
from backend.store.teams import delete_member, is_team


def insert_challenge(session: Session, tenant: str, challenge: Challenge) -> None:
    """Store a new challenge."""
    session.connection().execute(
        insert(ChallengeRow),
        {
            "tenant": tenant,
            "id": challenge.id,
            "account": challenge.account,
            "title": challenge.title,
            "text": challenge.text,
            "metric": challenge.metric.value,
            "goal": challenge.goal,
            "first_day": challenge.first_day,
            "last_day": challenge.last_day,
            "is_public": challenge.is_public,
            "created_at": challenge.created_at,
        },
    )


def get_challenge(session: Session, tenant: str, challenge: str) -> Challenge:
    """Return a challenge. Raises NotFound, also while its owner is suspended."""
    row = session.execute(
        select(ChallengeRow)
        .join(AccountRow, _OF_OWNER)
        .where(col(ChallengeRow.tenant) == tenant, col(ChallengeRow.id) == challenge, _IS_SHOWN)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such challenge.", hint="Look at the list of challenges.")
    return _to_challenge(row)


def lock_challenge(session: Session, tenant: str, challenge: str) -> Challenge:
    """Return a challenge, held until the transaction ends. Raises NotFound."""
    session.execute(
        select(col(ChallengeRow.id))
        .where(col(ChallengeRow.tenant) == tenant, col(ChallengeRow.id) == challenge)
        .with_for_update(key_share=True)
    )
    return get_challenge(session, tenant, challenge)


def lock_begun(session: Session, tenant: str, challenge: str) -> Challenge | None:
    """Return a challenge for its count, held until the transaction ends, whoever its owner is."""
    row = session.execute(
        select(ChallengeRow)
        .where(col(ChallengeRow.tenant) == tenant, col(ChallengeRow.id) == challenge)
        .with_for_update(key_share=True)
    ).scalar_one_or_none()
    return None if row is None else _to_challenge(row)


def list_public(
    session: Session, tenant: str, *, after: tuple[int, str] | None, limit: int
) -> list[Challenge]:
    """Return public challenges that were not cancelled, those that end last first."""
    statement = (
        select(ChallengeRow)
        .join(AccountRow, _OF_OWNER)
        .where(
            col(ChallengeRow.tenant) == tenant,
            col(ChallengeRow.is_public).is_(True),
            col(ChallengeRow.cancelled_at).is_(None),
            _IS_SHOWN,
        )
    )
    if after is not None:
        last_day, challenge = after
        statement = statement.where(
            or_(
                col(ChallengeRow.last_day) < last_day,
                and_(col(ChallengeRow.last_day) == last_day, col(ChallengeRow.id) < challenge),
            )
        )
    found = session.execute(statement.order_by(*_NEWEST).limit(limit))
    return [_to_challenge(row) for row in found.scalars()]


def list_related(session: Session, actor: Actor, *, limit: int) -> list[Challenge]:
    """Return what the actor created, joined or follows, what ends last first."""
    own = owned(select(col(ChallengeRow.id)), ChallengeRow, actor)
    joined = owned(select(col(MemberRow.challenge)), MemberRow, actor)
    followed = owned(select(col(FollowRow.challenge)), FollowRow, actor)
    found = session.execute(
        select(ChallengeRow)
        .join(AccountRow, _OF_OWNER)
        .where(
            col(ChallengeRow.tenant) == actor.tenant,
            col(ChallengeRow.id).in_(own.union(joined, followed)),
            _IS_SHOWN,
        )
        .order_by(*_NEWEST)
        .limit(limit)
    )
    return [_to_challenge(row) for row in found.scalars()]


def list_begun(session: Session, tenant: str, today: Day, *, limit: int) -> list[Challenge]:
    """Return challenges that have begun and whose winners are not settled."""
    found = session.execute(
        select(ChallengeRow)
        .where(
            col(ChallengeRow.tenant) == tenant,
            col(ChallengeRow.first_day) <= today,
            _IS_OPEN,
        )
        .order_by(col(ChallengeRow.first_day), col(ChallengeRow.id))
        .limit(limit)
    )
    return [_to_challenge(row) for row in found.scalars()]


def count_open(session: Session, actor: Actor, today: Day) -> int:
    """Return how many challenges of the actor are not over."""
    counting = owned(select(func.count()).select_from(ChallengeRow), ChallengeRow, actor)
    return int(
        session.execute(counting.where(col(ChallengeRow.last_day) >= today, _IS_OPEN)).scalar_one()
    )


def count_memberships(session: Session, actor: Actor, today: Day) -> int:
    """Return in how many challenges that are not over the actor is."""
    running = exists().where(
        col(ChallengeRow.tenant) == col(MemberRow.tenant),
        col(ChallengeRow.id) == col(MemberRow.challenge),
        col(ChallengeRow.last_day) >= today,
        _IS_OPEN,
    )
    counting = owned(select(func.count()).select_from(MemberRow), MemberRow, actor)
    return int(session.execute(counting.where(running)).scalar_one())


def count_follows(session: Session, actor: Actor) -> int:
    """Return how many challenges the actor follows."""
    counting = owned(select(func.count()).select_from(FollowRow), FollowRow, actor)
    return int(session.execute(counting).scalar_one())


def set_cancelled(session: Session, actor: Actor, challenge: str, now: Instant) -> bool:
    """Cancel an own challenge that is not over; tell whether it is the actor's own."""
    done = session.connection().execute(
        owned(update(ChallengeRow), ChallengeRow, actor)
        .where(col(ChallengeRow.id) == challenge, col(ChallengeRow.cancelled_at).is_(None))
        .values(cancelled_at=now)
    )
    return bool(done.rowcount)


def follow(session: Session, actor: Actor, challenge: str, now: Instant) -> None:
    """Let the actor follow a challenge they do not follow. The caller holds the account."""
    row = {"tenant": actor.tenant, "challenge": challenge, "account": actor.account, "at": now}
    session.connection().execute(insert(FollowRow), row)


def unfollow(session: Session, actor: Actor, challenge: str) -> None:
    """Let the actor follow a challenge no more."""
    session.connection().execute(
        owned(delete(FollowRow), FollowRow, actor).where(col(FollowRow.challenge) == challenge)
    )


def is_followed(session: Session, actor: Actor, challenge: str) -> bool:
    """Tell whether the actor follows a challenge."""
    statement = owned(select(col(FollowRow.at)), FollowRow, actor)
    return (
        session.execute(statement.where(col(FollowRow.challenge) == challenge)).first() is not None
    )


def forget_own(session: Session, actor: Actor, now: Instant, today: Day) -> None:
    """Take the actor's words out of challenges, cancel those of their own that are not over, and
    take them out of teams that have not begun. What counted elsewhere stays, without a name.
    """
    connection = session.connection()
    mine = owned(update(ChallengeRow), ChallengeRow, actor)
    connection.execute(mine.where(_IS_OPEN).values(cancelled_at=now))
    connection.execute(mine.values(title="A challenge", text=""))
    for row in session.execute(owned(select(TeamRow), TeamRow, actor)).scalars():
        # Nobody's name begins with a space, so the key is free.
        connection.execute(
            update(TeamRow)
            .where(*is_team(row.tenant, row.challenge, row.n))
            .values(name=f"Team {row.n}", name_key=f" {row.n}")
        )
    upcoming = exists().where(
        col(ChallengeRow.tenant) == col(MemberRow.tenant),
        col(ChallengeRow.id) == col(MemberRow.challenge),
        col(ChallengeRow.first_day) > today,
    )
    joined = owned(select(MemberRow), MemberRow, actor).where(upcoming)
    for member in session.execute(joined.order_by(col(MemberRow.challenge))).scalars().all():
        session.execute(
            select(col(ChallengeRow.id))
            .where(
                col(ChallengeRow.tenant) == actor.tenant, col(ChallengeRow.id) == member.challenge
            )
            .with_for_update(key_share=True)
        )
        delete_member(session, actor, member.challenge, member.team)
    connection.execute(owned(delete(FollowRow), FollowRow, actor))


def _to_challenge(row: ChallengeRow) -> Challenge:
    return Challenge(
        id=row.id,
        account=row.account,
        title=row.title,
        text=row.text,
        metric=Metric(row.metric),
        goal=row.goal,
        first_day=Day(row.first_day),
        last_day=Day(row.last_day),
        is_public=row.is_public,
        created_at=Instant(row.created_at),
        as_of=_instant(row.as_of),
        cancelled_at=_instant(row.cancelled_at),
        ended_at=_instant(row.ended_at),
    )


def _instant(at: int | None) -> Instant | None:
    return None if at is None else Instant(at)


_OF_OWNER = and_(
    col(AccountRow.tenant) == col(ChallengeRow.tenant),
    col(AccountRow.id) == col(ChallengeRow.account),
)
# What a suspended owner wrote is hidden; an erased one left no words.
_IS_SHOWN = or_(col(AccountRow.suspended_at).is_(None), col(AccountRow.erased_at).is_not(None))
_IS_OPEN: Any = and_(col(ChallengeRow.ended_at).is_(None), col(ChallengeRow.cancelled_at).is_(None))
_NEWEST = (col(ChallengeRow.last_day).desc(), col(ChallengeRow.id).desc())
