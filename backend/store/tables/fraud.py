"""What fraud rules found, what they are told to look for, and traces that are soon forgotten."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, Integer
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant, place


class FraudCaseRow(Row, table=True):
    """Something that looked wrong, with its evidence. `signals` is JSON: rules, their version,
    weights and limits, and counts; nothing in it says who a visitor was.

    `site` is None for a case about referrals. `held` is how many shares or referrals wait.
    """

    __tablename__ = "fraud_case"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_fraud_case_state", "tenant", "state", "opened_at"),
        Index("ix_fraud_case_account", "tenant", "account", "opened_at"),
        Index("ix_fraud_case_site", "tenant", "site", "opened_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    site: str | None = Field(default=None, max_length=32)
    kind: str = Field(max_length=12)
    state: str = Field(max_length=12)
    score: int
    signals: str
    held: int = count()
    opened_at: int = instant()
    updated_at: int = instant()
    hold: int | None = None
    """The number of the review that holds the owner's commissions because of this case."""
    decided_by: str | None = Field(default=None, max_length=32)
    decided_at: int | None = instant(default=None)
    reason: str = Field(default="", max_length=1000)


class FraudReferralRow(Row, table=True):
    """A referred account whose conversion waits with a case, or went with it."""

    __tablename__ = "fraud_referral"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "fraud_case"], ["fraud_case.tenant", "fraud_case.id"]),
        ForeignKeyConstraint(["tenant", "referred"], ["account.tenant", "account.id"]),
        Index("ix_fraud_referral_referred", "tenant", "referred"),
    )

    fraud_case: str = Field(primary_key=True, max_length=32)
    referred: str = Field(primary_key=True, max_length=32)


class FraudRulesRow(Row, table=True):
    """A version of the numbers that rules look for: JSON of what differs from the defaults."""

    __tablename__ = "fraud_rules"

    version: int = place(sa_type=Integer)
    body: str
    reason: str = Field(max_length=1000)
    by: str | None = Field(default=None, max_length=32)
    at: int = instant()


class FraudTraceRow(Row, table=True):
    """A keyed hash of what somebody signed up from or paid with. Networks go with the salt."""

    __tablename__ = "fraud_trace"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("ix_fraud_trace_kind", "tenant", "kind", "at"),
    )

    account: str = Field(primary_key=True, max_length=32)
    kind: str = Field(primary_key=True, max_length=12)
    value: str = Field(primary_key=True, max_length=32)
    at: int = instant()
