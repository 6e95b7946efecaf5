"""Referral codes, touches and who brought whom."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, instant


class CodeRow(Row, table=True):
    """A referral code, in capitals; `is_custom` ones were chosen by their owner."""

    __tablename__ = "referral_code"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_referral_code_account", "tenant", "account"),
    )

    code: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    is_custom: bool = False
    created_at: int = instant()


class TouchRow(Row, table=True):
    """Somebody followed a referral link; nothing says who."""

    __tablename__ = "touch"
    __table_args__ = (Index("ix_touch_account", "tenant", "account", "at"),)

    id: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    code: str = Field(max_length=32)
    site: str | None = Field(default=None, max_length=32)
    at: int = instant()


class ReferralRow(Row, table=True):
    """Who brought whom, written once at sign-up. The state follows from the facts and the clock."""

    __tablename__ = "referral"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "referred"], ["account.tenant", "account.id"]),
        ForeignKeyConstraint(["tenant", "referrer"], ["account.tenant", "account.id"]),
        Index("ix_referral_referrer", "tenant", "referrer", "signed_up_at"),
    )

    referred: str = Field(primary_key=True, max_length=32)
    referrer: str = Field(max_length=32)
    code: str = Field(max_length=32)
    basis: str = Field(max_length=8)
    """`typed` or `click`."""
    touched_at: int | None = instant(default=None)
    signed_up_at: int = instant()
    activated_at: int | None = instant(default=None)
    converted_at: int | None = instant(default=None)
    churned_at: int | None = instant(default=None)
