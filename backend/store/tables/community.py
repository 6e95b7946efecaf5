"""Who is where on the leaderboards, who wants to be seen there, and team challenges."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer, text
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant, place


class ChoiceRow(Row, table=True):
    """What an owner lets everybody see: their places on leaderboards, their cards."""

    __tablename__ = "community_choice"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    )

    account: str = Field(primary_key=True, max_length=32)
    is_listed: bool = False
    shows_cards: bool = False
    changed_at: int = instant()


class BoardRow(Row, table=True):
    """A leaderboard as of a moment; `people` have a place on it."""

    __tablename__ = "board"

    metric: str = Field(primary_key=True, max_length=12)
    period: str = Field(primary_key=True, max_length=8)
    people: int = count()
    as_of: int = instant()


class BoardPlaceRow(Row, table=True):
    """Somebody's place on a leaderboard. `is_listed` repeats their choice for the public page."""

    __tablename__ = "board_place"
    __table_args__ = (
        Index("ix_board_place_account", "tenant", "account"),
        Index("ix_board_place_place", "tenant", "metric", "period", "place"),
        Index(
            "ix_board_place_listed",
            "tenant",
            "metric",
            "period",
            "place",
            sqlite_where=text("is_listed"),
            postgresql_where=text("is_listed"),
        ),
        CheckConstraint("place > 0 AND value > 0", name="place"),
    )

    metric: str = Field(primary_key=True, max_length=12)
    period: str = Field(primary_key=True, max_length=8)
    account: str = Field(primary_key=True, max_length=32)
    place: int
    value: int = Field(sa_type=BigInteger)
    reached_at: int = instant()
    is_listed: bool = False


class ChallengeRow(Row, table=True):
    """A team challenge. Its days are UTC days, both included; `goal` is each team's, in the
    metric's units. `ended_at` is when its winners were settled.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_challenge_account", "tenant", "account", "last_day"),
        Index("ix_challenge_public", "tenant", "is_public", "last_day", "id"),
        Index(
            "ix_challenge_open",
            "tenant",
            "first_day",
            sqlite_where=text("ended_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=text("ended_at IS NULL AND cancelled_at IS NULL"),
        ),
        CheckConstraint("last_day >= first_day AND last_day < first_day + 90", name="days"),
    )

    id: str = Field(primary_key=True, max_length=16)
    account: str = Field(max_length=32)
    title: str = Field(max_length=80)
    text: str = Field(default="", max_length=500)
    metric: str = Field(max_length=12)
    goal: int = Field(sa_type=BigInteger)
    first_day: int
    last_day: int
    is_public: bool = False
    created_at: int = instant()
    as_of: int | None = instant(default=None)
    """Up to when its teams' values were counted last."""
    cancelled_at: int | None = instant(default=None)
    ended_at: int | None = instant(default=None)


class TeamRow(Row, table=True):
    """A team of a challenge. `members` never passes 20; a place is for those who take part."""

    __tablename__ = "challenge_team"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "challenge"], ["challenge.tenant", "challenge.id"]),
        Index("uq_challenge_team_name", "tenant", "challenge", "name_key", unique=True),
        CheckConstraint("members BETWEEN 0 AND 20", name="members"),
    )

    challenge: str = Field(primary_key=True, max_length=16)
    n: int = place(sa_type=Integer)
    account: str = Field(max_length=32)
    """Who founded it."""
    name: str = Field(max_length=40)
    name_key: str = Field(max_length=80)
    members: int = 0
    value: int = count()
    reached_at: int | None = instant(default=None)
    place: int | None = None
    is_winner: bool = False


class MemberRow(Row, table=True):
    """Who is in which team of a challenge: one each."""

    __tablename__ = "challenge_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "challenge", "team"],
            ["challenge_team.tenant", "challenge_team.challenge", "challenge_team.n"],
        ),
        Index("ix_challenge_member_account", "tenant", "account"),
    )

    challenge: str = Field(primary_key=True, max_length=16)
    account: str = Field(primary_key=True, max_length=32)
    team: int
    joined_at: int = instant()
    value: int = count()


class FollowRow(Row, table=True):
    """Who wants to keep a challenge in sight."""

    __tablename__ = "challenge_follow"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "challenge"], ["challenge.tenant", "challenge.id"]),
        Index("ix_challenge_follow_account", "tenant", "account", "at"),
    )

    challenge: str = Field(primary_key=True, max_length=16)
    account: str = Field(primary_key=True, max_length=32)
    at: int = instant()
