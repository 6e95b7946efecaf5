"""What people were told, how they want to be told, and when they were last sent a mail of news."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, instant


class NotificationRow(Row, table=True):
    """A fact that an account was told; `id` follows from what it is about, `facts` is JSON.

    `mail_at` is when a mail with it is due, `mail` the mail that it went into.
    """

    __tablename__ = "notification"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_notification_account", "tenant", "account", "at", "id"),
        Index("ix_notification_unread", "tenant", "account", "read_at"),
        Index("ix_notification_mail_at", "tenant", "mail_at"),
        Index("ix_notification_at", "tenant", "at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    kind: str = Field(max_length=32)
    way: str = Field(max_length=8)
    at: int = instant()
    facts: str = Field(max_length=1000)
    read_at: int | None = instant(default=None)
    mail_at: int | None = instant(default=None)
    mail: str | None = Field(default=None, max_length=64)


class NotificationWayRow(Row, table=True):
    """How an account wants to hear of a kind, where it is not the default."""

    __tablename__ = "notification_way"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    )

    account: str = Field(primary_key=True, max_length=32)
    kind: str = Field(primary_key=True, max_length=32)
    way: str = Field(max_length=8)


class ReaderRow(Row, table=True):
    """Whom mails go to: the language that they read, and the last mail of news to them."""

    __tablename__ = "reader"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    )

    account: str = Field(primary_key=True, max_length=32)
    language: str = Field(max_length=8)
    mail: str | None = Field(default=None, max_length=64)
    mailed_at: int | None = instant(default=None)
