"""Leaderboards, who wants to be seen on them, and team challenges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable, autoincrement=False)


def _truth(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "community_choice",
        _text("tenant", 32),
        _text("account", 32),
        _truth("is_listed"),
        _truth("shows_cards"),
        _big("changed_at"),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_community_choice_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "account", name="pk_community_choice"),
    )
    _create_boards()
    _create_challenges()
    _create_teams()


def _create_boards() -> None:
    op.create_table(
        "board",
        _text("tenant", 32),
        _text("metric", 12),
        _text("period", 8),
        _count("people"),
        _big("as_of"),
        sa.PrimaryKeyConstraint("tenant", "metric", "period", name="pk_board"),
    )
    op.create_table(
        "board_place",
        _text("tenant", 32),
        _text("metric", 12),
        _text("period", 8),
        _text("account", 32),
        _number("place"),
        _big("value"),
        _big("reached_at"),
        _truth("is_listed"),
        sa.CheckConstraint("place > 0 AND value > 0", name="ck_board_place_place"),
        sa.PrimaryKeyConstraint("tenant", "metric", "period", "account", name="pk_board_place"),
    )
    op.create_index("ix_board_place_account", "board_place", ["tenant", "account"])
    by_place = ["tenant", "metric", "period", "place"]
    op.create_index("ix_board_place_place", "board_place", by_place)
    op.create_index(
        "ix_board_place_listed",
        "board_place",
        by_place,
        sqlite_where=sa.text("is_listed"),
        postgresql_where=sa.text("is_listed"),
    )


def _create_challenges() -> None:
    op.create_table(
        "challenge",
        _text("tenant", 32),
        _text("id", 16),
        _text("account", 32),
        _text("title", 80),
        _text("text", 500),
        _text("metric", 12),
        _big("goal"),
        _number("first_day"),
        _number("last_day"),
        _truth("is_public"),
        _big("created_at"),
        _big("as_of", nullable=True),
        _big("cancelled_at", nullable=True),
        _big("ended_at", nullable=True),
        sa.CheckConstraint(
            "last_day >= first_day AND last_day < first_day + 90", name="ck_challenge_days"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_challenge_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_challenge"),
    )
    op.create_index("ix_challenge_account", "challenge", ["tenant", "account", "last_day"])
    op.create_index("ix_challenge_public", "challenge", ["tenant", "is_public", "last_day", "id"])
    is_open = sa.text("ended_at IS NULL AND cancelled_at IS NULL")
    op.create_index(
        "ix_challenge_open",
        "challenge",
        ["tenant", "first_day"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _create_teams() -> None:
    op.create_table(
        "challenge_team",
        _text("tenant", 32),
        _text("challenge", 16),
        _number("n"),
        _text("account", 32),
        _text("name", 40),
        _text("name_key", 80),
        _number("members"),
        _count("value"),
        _big("reached_at", nullable=True),
        _number("place", nullable=True),
        _truth("is_winner"),
        sa.CheckConstraint("members BETWEEN 0 AND 20", name="ck_challenge_team_members"),
        sa.ForeignKeyConstraint(
            ["tenant", "challenge"],
            ["challenge.tenant", "challenge.id"],
            name="fk_challenge_team_tenant_challenge",
        ),
        sa.PrimaryKeyConstraint("tenant", "challenge", "n", name="pk_challenge_team"),
    )
    op.create_index(
        "uq_challenge_team_name",
        "challenge_team",
        ["tenant", "challenge", "name_key"],
        unique=True,
    )
    op.create_table(
        "challenge_member",
        _text("tenant", 32),
        _text("challenge", 16),
        _text("account", 32),
        _number("team"),
        _big("joined_at"),
        _count("value"),
        sa.ForeignKeyConstraint(
            ["tenant", "challenge", "team"],
            ["challenge_team.tenant", "challenge_team.challenge", "challenge_team.n"],
            name="fk_challenge_member_tenant_challenge_team",
        ),
        sa.PrimaryKeyConstraint("tenant", "challenge", "account", name="pk_challenge_member"),
    )
    op.create_index("ix_challenge_member_account", "challenge_member", ["tenant", "account"])
    op.create_table(
        "challenge_follow",
        _text("tenant", 32),
        _text("challenge", 16),
        _text("account", 32),
        _big("at"),
        sa.ForeignKeyConstraint(
            ["tenant", "challenge"],
            ["challenge.tenant", "challenge.id"],
            name="fk_challenge_follow_tenant_challenge",
        ),
        sa.PrimaryKeyConstraint("tenant", "challenge", "account", name="pk_challenge_follow"),
    )
    op.create_index("ix_challenge_follow_account", "challenge_follow", ["tenant", "account", "at"])


def downgrade() -> None:
    for table in (
        "challenge_follow",
        "challenge_member",
        "challenge_team",
        "challenge",
        "board_place",
        "board",
        "community_choice",
    ):
        op.drop_table(table)
