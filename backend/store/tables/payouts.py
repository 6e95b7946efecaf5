"""How owners are paid, the batches of payouts, and what each payout claimed.

Destinations and files are sealed (`gateways/vault.py`): a copy of the database does not tell them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant, place


class PayeeRow(Row, table=True):
    """Where an owner wants to be paid. `link` is the SHA-256 of the secret that confirms it."""

    __tablename__ = "payee"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_payee_method", "tenant", "method", "currency", "account"),
        Index("ix_payee_digest", "tenant", "digest"),
    )

    account: str = Field(primary_key=True, max_length=32)
    method: str = Field(max_length=8)
    currency: str = Field(max_length=3)
    masked: str = Field(max_length=120)
    digest: str = Field(max_length=64)
    sealed: str = Field(max_length=4000)
    state: str = Field(max_length=12)
    changed_at: int = instant()
    confirmed_at: int | None = instant(default=None)
    cools_until: int | None = instant(default=None)
    is_held: bool = False
    withheld_bp: int = 0
    note: str = Field(default="", max_length=300)
    link: str | None = Field(default=None, max_length=64)
    link_until: int | None = instant(default=None)


class BatchRow(Row, table=True):
    """Payouts that are approved and submitted together. While it takes further ones, `open_for`
    is its method and currency, so that there is one such batch at a time.
    """

    __tablename__ = "payout_batch"
    __table_args__ = (
        Index("uq_payout_batch_open_for", "tenant", "open_for", unique=True),
        Index("ix_payout_batch_state", "tenant", "state", "id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    method: str = Field(max_length=8)
    currency: str = Field(max_length=3)
    state: str = Field(max_length=12)
    open_for: str | None = Field(default=None, max_length=16)
    approvals_needed: int = 1
    items: int = count()
    total: int = count()
    created_by: str | None = Field(default=None, max_length=32)
    created_at: int = instant()
    approved_at: int | None = instant(default=None)
    submitted_by: str | None = Field(default=None, max_length=32)
    submitted_at: int | None = instant(default=None)
    ended_at: int | None = instant(default=None)
    """When it was settled or aborted."""


class ApprovalRow(Row, table=True):
    """That an administrator approved a batch; the key lets each do so once."""

    __tablename__ = "payout_approval"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "batch"], ["payout_batch.tenant", "payout_batch.id"]),
    )

    batch: str = Field(primary_key=True, max_length=32)
    account: str = Field(primary_key=True, max_length=32)
    at: int = instant()


class PayoutFileRow(Row, table=True):
    """The file of a batch, written once. `sha256` is of the bytes before they were sealed."""

    __tablename__ = "payout_file"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "batch"], ["payout_batch.tenant", "payout_batch.id"]),
    )

    batch: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=80)
    sha256: str = Field(max_length=64)
    lines: int = 0
    total: int = count()
    day: int = 0
    """The UTC day it was written on, and which one of that day it is."""
    number: int = 0
    sealed: bytes


class PayoutRow(Row, table=True):
    """One payment to one owner. Its id is its idempotency key for life.

    `amount` is what was claimed, `withheld` stays for a tax office, and the rest is paid. `parts`
    is JSON: what was claimed by currency, with the rates.
    """

    __tablename__ = "payout"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "batch"], ["payout_batch.tenant", "payout_batch.id"]),
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_payout_batch", "tenant", "batch", "id"),
        Index("ix_payout_account", "tenant", "account", "id"),
        CheckConstraint("amount > 0 AND withheld >= 0 AND withheld < amount", name="pays"),
    )

    id: str = Field(primary_key=True, max_length=32)
    batch: str = Field(max_length=32)
    account: str = Field(max_length=32)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    withheld: int = count()
    fee: int = count()
    state: str = Field(max_length=12)
    masked: str = Field(max_length=120)
    digest: str = Field(max_length=64)
    sealed: str = Field(max_length=4000)
    parts: str
    claimed_at: int = instant()
    sent_at: int | None = instant(default=None)
    ended_at: int | None = instant(default=None)
    provider_ref: str = Field(default="", max_length=100)
    reason: str = Field(default="", max_length=300)


class PayoutLineRow(Row, table=True):
    """What a payout claims of one commission; kept when it fails."""

    __tablename__ = "payout_line"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "payout"], ["payout.tenant", "payout.id"]),
        Index("ix_payout_line_commission", "tenant", "payment", "level", "line"),
    )

    payout: str = Field(primary_key=True, max_length=32)
    payment: str = Field(primary_key=True, max_length=32)
    level: int = place(sa_type=Integer)
    line: str = Field(primary_key=True, max_length=8)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)


class PayoutReturnRow(Row, table=True):
    """A return file that was read, by its SHA-256; `report` is JSON: what came of it."""

    __tablename__ = "payout_return"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "batch"], ["payout_batch.tenant", "payout_batch.id"]),
    )

    batch: str = Field(primary_key=True, max_length=32)
    sha256: str = Field(primary_key=True, max_length=64)
    uploaded_by: str = Field(max_length=32)
    uploaded_at: int = instant()
    report: str
