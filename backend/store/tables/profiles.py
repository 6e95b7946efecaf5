"""Public profiles, and which sites they leave out."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, instant


class ProfileRow(Row, table=True):
    """What an owner shows of themselves; `links` are addresses between spaces."""

    __tablename__ = "profile"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("uq_profile_handle", "tenant", "handle", unique=True),
    )

    account: str = Field(primary_key=True, max_length=32)
    handle: str = Field(max_length=30)
    name: str = Field(default="", max_length=60)
    text: str = Field(default="", max_length=300)
    links: str = Field(default="", max_length=1010)
    is_public: bool = False
    shows_achievements: bool = False
    changed_at: int = instant()


class HiddenSiteRow(Row, table=True):
    """A site that its owner's profile leaves out."""

    __tablename__ = "hidden_site"
    __table_args__ = (ForeignKeyConstraint(["tenant", "site"], ["site.tenant", "site.id"]),)

    site: str = Field(primary_key=True, max_length=32)
