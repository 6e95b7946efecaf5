"""Hosted sites: their names, releases and domains of their own."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant


class HostingRow(Row, table=True):
    """A site that is served here; `live` is the one pointer that decides which release is."""

    __tablename__ = "hosting"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "site"], ["site.tenant", "site.id"]),
        Index("uq_hosting_name", "name", unique=True),
    )

    site: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=40)
    live: str | None = Field(default=None, max_length=32)
    stored_bytes: int = count()


class ReleaseRow(Row, table=True):
    """A version of a site; unfinished while `finished_at` is None, and never changed after."""

    __tablename__ = "release"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "site"], ["hosting.tenant", "hosting.site"]),
        Index("ix_release_site", "tenant", "site", "finished_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    site: str = Field(max_length=32)
    digest: str = Field(max_length=64)
    manifest: str = Field(max_length=64)
    origin: str = Field(max_length=8)
    preview: str | None = Field(default=None, max_length=20)
    files: int = 0
    bytes: int = count()
    awaited_bytes: int = count()
    made_at: int = instant()
    finished_at: int | None = instant(default=None)


class DomainRow(Row, table=True):
    """A domain of an owner's own, proved when it was added."""

    __tablename__ = "domain"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "site"], ["hosting.tenant", "hosting.site"]),
        Index("uq_domain_name", "name", unique=True),
    )

    site: str = Field(primary_key=True, max_length=32)
    name: str = Field(primary_key=True, max_length=253)
    made_at: int = instant()
