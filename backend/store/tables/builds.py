"""Builds of sites, and what they said."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant


class BuildRow(Row, table=True):
    """One build. `delivery` is the webhook's, so that the same one is taken once."""

    __tablename__ = "build"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "site"], ["site.tenant", "site.id"]),
        Index("ix_build_site", "tenant", "site", "id"),
        Index("ix_build_account", "tenant", "account", "state"),
        Index("ix_build_state", "state", "seen_at"),
        Index("uq_build_delivery", "tenant", "site", "delivery", unique=True),
    )

    id: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    site: str = Field(max_length=32)
    cause: str = Field(max_length=16)
    state: str = Field(max_length=16)
    commit: str | None = Field(default=None, max_length=64)
    delivery: str | None = Field(default=None, max_length=64)
    tries: int = count()
    queued_at: int = instant()
    started_at: int | None = instant(default=None)
    ended_at: int | None = instant(default=None)
    seen_at: int | None = instant(default=None)
    worker: str | None = Field(default=None, max_length=64)
    is_cancelling: bool = False
    reason: str = Field(default="", max_length=300)
    release: str | None = Field(default=None, max_length=64)


class BuildLineRow(Row, table=True):
    """A line of a build's log; `number` counts from 1."""

    __tablename__ = "build_line"
    __table_args__ = (ForeignKeyConstraint(["tenant", "site"], ["site.tenant", "site.id"]),)

    site: str = Field(primary_key=True, max_length=32)
    build: str = Field(primary_key=True, max_length=32)
    number: int = Field(primary_key=True)
    at: int = instant()
    text: str = Field(max_length=1000)
