"""Accounts and the ways into them. Names and addresses stand in `person` alone, so that erasing
a person is one row.
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, instant


class AccountRow(Row, table=True):
    """An owner or operator. `erased_at` leaves the row, without a person, for what refers to it."""

    __tablename__ = "account"

    id: str = Field(primary_key=True, max_length=32)
    tier: str = Field(default="free", max_length=16)
    role: str = Field(default="owner", max_length=16)
    code: str = Field(max_length=32)
    """The referral code shown; every code stands in `referral_code`."""
    created_at: int = instant()
    suspended_at: int | None = instant(default=None)
    erased_at: int | None = instant(default=None)


class PersonRow(Row, table=True):
    """What is personal about an account. `email_key` is the normalised address."""

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("uq_person_email_key", "tenant", "email_key", unique=True),
        Index("uq_person_github_id", "tenant", "github_id", unique=True),
    )

    account: str = Field(primary_key=True, max_length=32)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254)
    name: str = Field(default="", max_length=100)
    github_id: int | None = instant(default=None)
    github_login: str | None = Field(default=None, max_length=64)


class SessionRow(Row, table=True):
    """A signed-in browser; `id` is the SHA-256 of the secret in its cookie."""

    __tablename__ = "session"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_session_account", "tenant", "account"),
        Index("ix_session_expires_at", "tenant", "expires_at"),
    )

    id: str = Field(primary_key=True, max_length=64)
    account: str = Field(max_length=32)
    created_at: int = instant()
    seen_at: int = instant()
    expires_at: int = instant()
    device: str = Field(default="", max_length=100)
    revoked_at: int | None = instant(default=None)


class TokenRow(Row, table=True):
    """An API token; `digest` is the SHA-256 of its secret, `scopes` words between spaces."""

    __tablename__ = "api_token"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_api_token_account", "tenant", "account"),
        Index("uq_api_token_digest", "digest", unique=True),
    )

    id: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    name: str = Field(max_length=100)
    digest: str = Field(max_length=64)
    scopes: str = Field(max_length=200)
    created_at: int = instant()
    used_at: int | None = instant(default=None)
    expires_at: int | None = instant(default=None)
    revoked_at: int | None = instant(default=None)


class SignInRow(Row, table=True):
    """A link sent by mail, good once; `id` is the SHA-256 of its secret."""

    __tablename__ = "sign_in"
    __table_args__ = (
        Index("ix_sign_in_expires_at", "tenant", "expires_at"),
        Index("ix_sign_in_email_key", "tenant", "email_key"),
    )

    id: str = Field(primary_key=True, max_length=64)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254)
    name: str = Field(default="", max_length=100)
    code: str | None = Field(default=None, max_length=32)
    """The referral code of the form, at the time of asking."""
    is_typed: bool = False
    touch_code: str | None = Field(default=None, max_length=32)
    """The code of the signed touch that the browser carried."""
    touched_at: int | None = instant(default=None)
    created_at: int = instant()
    expires_at: int = instant()
    used_at: int | None = instant(default=None)


class IdempotencyRow(Row, table=True):
    """The answer to a POST that carried an `Idempotency-Key`; kept for 48 hours."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_created_at", "tenant", "created_at"),)

    account: str = Field(primary_key=True, max_length=32)
    key: str = Field(primary_key=True, max_length=255)
    route: str = Field(max_length=100)
    input_digest: str = Field(max_length=64)
    status: int | None = None
    """None while the first request is still under way."""
    body: str = Field(default="")
    created_at: int = instant()
