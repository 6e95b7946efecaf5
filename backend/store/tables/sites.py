"""Sites, their scores, featurings and places in the showcase."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant


class SiteRow(Row, table=True):
    """An owner's site. `url` ends in a slash; `origins`, `topics` are words between spaces.

    `thumbnail_due_at` is when its picture is to be taken again, None while it never was and
    nothing was published; `thumbnail_tries` counts the tries since the last picture.
    """

    __tablename__ = "site"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
        Index("uq_site_key", "key", unique=True),
        Index("uq_site_account_url", "tenant", "account", "url", unique=True),
        Index("ix_site_thumbnail_due", "tenant", "thumbnail_due_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    account: str = Field(max_length=32)
    key: str = Field(max_length=32)
    url: str = Field(max_length=500)
    origins: str = Field(max_length=1000)
    title: str = Field(max_length=120)
    description: str = Field(default="", max_length=300)
    repository: str | None = Field(default=None, max_length=300)
    kind: str = Field(default="project", max_length=32)
    language: str | None = Field(default=None, max_length=40)
    topics: str = Field(default="", max_length=400)
    status: str = Field(default="draft", max_length=16)
    wish: str = Field(default="unsaid", max_length=16)
    has_powered_by: bool = True
    created_at: int = instant()
    verified_at: int | None = instant(default=None)
    verified_by: str | None = Field(default=None, max_length=16)
    published_at: int | None = instant(default=None)
    thumbnail: str | None = Field(default=None, max_length=100)
    thumbnail_at: int | None = instant(default=None)
    thumbnail_due_at: int | None = instant(default=None)
    thumbnail_tries: int = count()


class ScoreRow(Row, table=True):
    """What a site's score is made of, and the score itself as of `as_of`: a cache of the facts.

    `engagement_points` covers the closed days of the window that ends on `window_day`, and that
    day itself so far; points are thousandths, the score hundredths.
    """

    __tablename__ = "score"
    __table_args__ = (ForeignKeyConstraint(["tenant", "site"], ["site.tenant", "site.id"]),)

    site: str = Field(primary_key=True, max_length=32)
    views: int = count()
    likes: int = count()
    comments: int = count()
    shares: int = count()
    """Counted shares."""
    share_points: int = count()
    engagement_points: int = count()
    window_day: int = 0
    score: int = count()
    as_of: int = instant()
    featured_until: int | None = instant(default=None)


class FeaturingRow(Row, table=True):
    """One featuring; the key makes it once per threshold under any concurrency."""

    __tablename__ = "featuring"
    __table_args__ = (ForeignKeyConstraint(["tenant", "site"], ["site.tenant", "site.id"]),)

    site: str = Field(primary_key=True, max_length=32)
    threshold: int = Field(primary_key=True)
    starts_at: int = instant()
    ends_at: int = instant()


class ShowcaseRow(Row, table=True):
    """A place in the showcase with all that a card shows, in the order of its index.

    `until` is None for a place that does not end by itself.
    """

    __tablename__ = "showcase"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "site"], ["site.tenant", "site.id"]),
        Index("ix_showcase_order", "tenant", "rank_score", "rank_shares", "published_at", "site"),
        Index("ix_showcase_until", "tenant", "until"),
    )

    site: str = Field(primary_key=True, max_length=32)
    rank_score: int = count()
    """The score negated, so that one ascending index holds the whole order."""
    rank_shares: int = count()
    """Counted shares negated."""
    published_at: int = instant()
    until: int | None = instant(default=None)
    featured_until: int | None = instant(default=None)
    listed_at: int = instant()
    key: str = Field(max_length=32)
    title: str = Field(max_length=120)
    description: str = Field(default="", max_length=300)
    url: str = Field(max_length=500)
    repository: str | None = Field(default=None, max_length=300)
    kind: str = Field(default="project", max_length=32)
    language: str | None = Field(default=None, max_length=40)
    topics: str = Field(default="", max_length=400)
    tier: str = Field(default="free", max_length=16)
    thumbnail: str | None = Field(default=None, max_length=100)
