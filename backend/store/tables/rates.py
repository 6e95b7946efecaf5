"""Exchange rates of days, and what tax reports have to know about a payee."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field

from backend.store.tables.base import Row, instant, place


class RateRow(Row, table=True):
    """So many units of `currency` were one euro; decimal digits, and never changed once stored.

    `day` counts from 1970, and comes first in the key: a day's rates stand together.
    """

    __tablename__ = "exchange_rate"

    day: int = place()
    currency: str = Field(primary_key=True, max_length=3)
    provider: str = Field(primary_key=True, max_length=32)
    per_euro: str = Field(max_length=24)
    stored_at: int = instant()


class TaxProfileRow(Row, table=True):
    """What a payee declared for tax reports. `sealed` is the form's fields, encrypted."""

    __tablename__ = "tax_profile"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    )

    account: str = Field(primary_key=True, max_length=32)
    country: str = Field(max_length=2)
    form: str = Field(max_length=8)
    shown: str = Field(max_length=8)
    sealed: str = Field(max_length=4000)
    declared_at: int = instant()
