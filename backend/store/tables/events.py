"""Facts from widgets: raw events, shares, what a day adds up to, and the salts of two days."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, false, text
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant


class EventRow(Row, table=True):
    """A raw event, in the order they came: what is written together lies together.

    No foreign key: rows are written in bulk after the site was looked up, and outlive it.
    """

    __tablename__ = "event"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  read by SQLAlchemy as it is

    day: int = Field(primary_key=True)
    at: int = instant(primary_key=True)
    site: str = Field(primary_key=True, max_length=32)
    id: str = Field(primary_key=True, max_length=48)
    kind: str = Field(max_length=16)
    visitor: str = Field(max_length=16)
    page: str = Field(max_length=2000)
    referrer_host: str | None = Field(default=None, max_length=255)
    via: str | None = Field(default=None, max_length=16)
    seconds: int | None = None
    depth: int | None = None
    country: str | None = Field(default=None, max_length=2)
    device: str | None = Field(default=None, max_length=8)


class EventIdRow(Row, table=True):
    """Says that an event of a day exists: the same id of the same site is the same event.

    Small, for each event changes another place of it. Kept as long as a repeat can come.
    """

    __tablename__ = "event_id"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  as above

    day: int = Field(primary_key=True)
    digest: int = Field(primary_key=True, sa_type=BigInteger)


class SiteDayRow(Row, table=True):
    """What one UTC day of a site adds up to; permanent. Points are thousandths."""

    __tablename__ = "site_day"
    __table_args__ = (
        Index(
            "ix_site_day_open",
            "tenant",
            "day",
            "site",
            sqlite_where=text("visitors IS NULL"),
            postgresql_where=text("visitors IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    site: str = Field(primary_key=True, max_length=32)
    day: int = Field(primary_key=True)
    views: int = count()
    engagements: int = count()
    engaged_seconds: int = count()
    shares: int = count()
    counted_shares: int = count()
    share_points: int = count()
    referral_clicks: int = count()
    likes: int = count()
    comments: int = count()
    conversions: int = count()
    copies: int = count()
    powered_clicks: int = count()
    visitors: int | None = None
    """Distinct visitors, filled when the day is closed, emptied when an event comes after that."""


class ShareRow(Row, table=True):
    """One deliberate act on one platform. `network` is emptied with the day's salt."""

    __tablename__ = "share"
    __table_args__ = (
        Index("ix_share_visitor", "tenant", "visitor", "at"),
        Index("ix_share_site_at", "tenant", "site", "at"),
        Index("ix_share_id", "id"),
        Index("ix_share_at", "tenant", "at"),
        Index(
            "ix_share_network",
            "tenant",
            "at",
            sqlite_where=text("network <> ''"),
            postgresql_where=text("network <> ''"),
        ),
        Index(
            "ix_share_case",
            "tenant",
            "fraud_case",
            sqlite_where=text("fraud_case IS NOT NULL"),
            postgresql_where=text("fraud_case IS NOT NULL"),
        ),
    )

    site: str = Field(primary_key=True, max_length=32)
    id: str = Field(primary_key=True, max_length=16)
    platform: str = Field(max_length=16)
    page: str = Field(max_length=2000)
    at: int = instant()
    visitor: str = Field(max_length=16)
    visitor_yesterday: str = Field(default="", max_length=16)
    network: str = Field(default="", max_length=16)
    is_due: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether the rule of what counts lets it count; later shares are judged by that."""
    fraud_case: str | None = Field(default=None, max_length=32)
    """The case that holds it, or held it until it was cleared."""
    is_counted: bool = False
    """Whether it counts: it is due, and no case holds it."""
    points: int = count()
    """What it adds to the score, in thousandths; 0 when it does not count."""
    clicks: int = count()
    proved_at: int | None = instant(default=None)
    """When somebody first arrived through it."""


class DaySaltRow(Row, table=True):
    """The random salt of one UTC day; destroyed 48 hours after the day began."""

    __tablename__ = "day_salt"

    day: int = Field(primary_key=True)
    salt: bytes
