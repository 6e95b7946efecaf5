"""Reviews that hold an owner's commissions, and disputes of owners with what each side says."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer
from sqlmodel import Field

from backend.store.tables.base import Row, instant, place


class HoldRow(Row, table=True):
    """A step of the reviews of an owner, numbered from 1; the last one says how it stands."""

    __tablename__ = "hold"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    )

    account: str = Field(primary_key=True, max_length=32)
    n: int = place(sa_type=Integer)
    step: str = Field(max_length=12)
    reason: str = Field(max_length=1000)
    by: str | None = Field(default=None, max_length=32)
    at: int = instant()


class DisputeRow(Row, table=True):
    """What an owner disputes. `payment`, and once it was upheld `award`, say which commission."""

    __tablename__ = "dispute"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_dispute_account", "tenant", "account", "id"),
        Index("ix_dispute_state", "tenant", "state", "id"),
        Index("ix_dispute_payment", "tenant", "payment"),
    )

    id: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    kind: str = Field(max_length=12)
    payment: str | None = Field(default=None, max_length=32)
    payout: str | None = Field(default=None, max_length=32)
    state: str = Field(max_length=12)
    opened_at: int = instant()
    due_at: int | None = instant(default=None)
    decided_by: str | None = Field(default=None, max_length=32)
    decided_at: int | None = instant(default=None)
    reason: str = Field(default="", max_length=1000)
    amount: int = Field(default=0, sa_type=BigInteger)
    award: int | None = None


class DisputeMessageRow(Row, table=True):
    """A text of one side, with a link to what it shows; never changed."""

    __tablename__ = "dispute_message"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "dispute"], ["dispute.tenant", "dispute.id"]),
    )

    dispute: str = Field(primary_key=True, max_length=32)
    n: int = place(sa_type=Integer)
    is_owner: bool
    text: str = Field(max_length=4000)
    link: str = Field(default="", max_length=500)
    at: int = instant()
