"""What was granted, once each, with its evidence."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant


class GrantRow(Row, table=True):
    """A reward that an account was given. `evidence` is JSON.

    `cents` is what was promised, `booked` what of it stands in the ledger after
    `revision` entries.
    """

    __tablename__ = "reward_grant"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_reward_grant_granted", "tenant", "kind", "granted_at"),
        CheckConstraint("booked >= 0 AND booked <= cents", name="booked"),
    )

    account: str = Field(primary_key=True, max_length=32)
    key: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=16)
    at: int = instant()
    granted_at: int = instant()
    evidence: str = Field(max_length=400)
    until: int | None = instant(default=None)
    cents: int = count()
    booked: int = count()
    revision: int = 0
    usable_at: int | None = instant(default=None)
