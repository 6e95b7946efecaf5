"""The ledger: transactions, postings, balances, and the salts of commitments.

Triggers refuse every change of a transaction and its postings (see the migration).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant, place


class LedgerHeadRow(Row, table=True):
    """How many transactions there are. Whoever writes holds this row, so `seq` has no gaps."""

    __tablename__ = "ledger_head"

    size: int = count()


class TransactionRow(Row, table=True):
    """An entry. `facts` is JSON; `leaf` what it makes public, `leaf_hash` its hash in the log."""

    __tablename__ = "ledger_txn"
    __table_args__ = (
        Index("uq_ledger_txn_key", "tenant", "key", unique=True),
        Index("ix_ledger_txn_ref", "tenant", "ref"),
    )

    seq: int = place()
    kind: str = Field(max_length=24)
    key: str = Field(max_length=200)
    input_hash: str = Field(max_length=64)
    at: int = instant()
    booked_at: int = instant()
    ref: str = Field(default="", max_length=100)
    reverses: int | None = Field(default=None, sa_type=BigInteger)
    facts: str = Field(default="{}", max_length=4000)
    leaf: str
    leaf_hash: str = Field(max_length=64)


class PostingRow(Row, table=True):
    """One line of a transaction; debit is positive."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "seq"], ["ledger_txn.tenant", "ledger_txn.seq"]),
        Index("ix_ledger_posting_account", "tenant", "account", "currency", "seq"),
        CheckConstraint("amount <> 0", name="is_something"),
    )

    seq: int = place()
    n: int = place(sa_type=Integer)
    account: str = Field(max_length=64)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    level: int = 0
    line: str = Field(default="", max_length=8)


class BalanceRow(Row, table=True):
    """What the postings of an account add up to; `sign` is the side it may stand on, 0 for both."""

    __tablename__ = "ledger_balance"
    __table_args__ = (CheckConstraint("sign * (debits - credits) >= 0", name="is_on_its_side"),)

    account: str = Field(primary_key=True, max_length=64)
    currency: str = Field(primary_key=True, max_length=3)
    debits: int = count()
    credits: int = count()
    sign: int = 0


class SaltRow(Row, table=True):
    """What an owner's commitments are made with; it is destroyed when the person is erased."""

    __tablename__ = "ledger_salt"

    owner: str = Field(primary_key=True, max_length=32)
    salt: str = Field(max_length=64)
