"""Notifications, how each is heard of, and the readers of mails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "account"], ["account.tenant", "account.id"], name=f"fk_{table}_tenant_account"
    )


def upgrade() -> None:
    op.create_table(
        "notification",
        _text("tenant", 32),
        _text("id", 32),
        _text("account", 32),
        _text("kind", 32),
        _text("way", 8),
        _big("at"),
        _text("facts", 1000),
        _big("read_at", nullable=True),
        _big("mail_at", nullable=True),
        _text("mail", 64, nullable=True),
        _account("notification"),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_notification"),
    )
    op.create_index("ix_notification_account", "notification", ["tenant", "account", "at", "id"])
    op.create_index("ix_notification_unread", "notification", ["tenant", "account", "read_at"])
    op.create_index("ix_notification_mail_at", "notification", ["tenant", "mail_at"])
    op.create_index("ix_notification_at", "notification", ["tenant", "at"])
    op.create_table(
        "notification_way",
        _text("tenant", 32),
        _text("account", 32),
        _text("kind", 32),
        _text("way", 8),
        _account("notification_way"),
        sa.PrimaryKeyConstraint("tenant", "account", "kind", name="pk_notification_way"),
    )
    op.create_table(
        "reader",
        _text("tenant", 32),
        _text("account", 32),
        _text("language", 8),
        _text("mail", 64, nullable=True),
        _big("mailed_at", nullable=True),
        _account("reader"),
        sa.PrimaryKeyConstraint("tenant", "account", name="pk_reader"),
    )


def downgrade() -> None:
    for table in ("reader", "notification_way", "notification"):
        op.drop_table(table)
