"""Where the views and shares of days came from: daily facts that stay for good."""

from __future__ import annotations

from sqlalchemy import Integer, Text
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant, place


class SourceDayRow(Row, table=True):
    """Says that the sources of a day are counted, of how many events, and when.

    `seen` compared with the day's own counts tells whether something came since.
    """

    __tablename__ = "source_day"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  read by SQLAlchemy as it is

    site: str = Field(primary_key=True, max_length=32)
    day: int = Field(primary_key=True)
    seen: int = count()
    visitors: int = count()
    as_of: int = instant()


class SiteSourceRow(Row, table=True):
    """How many views or shares of a day had a name: a referrer, a country, a platform."""

    __tablename__ = "site_source"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  as above

    site: str = Field(primary_key=True, max_length=32)
    day: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=16)
    name: str = Field(primary_key=True, max_length=300)
    count: int = count()


class SourceWeekRow(Row, table=True):
    """What the sources of a week add up to, of a site or, with `site` '', of all the account's.

    `counts` is JSON: kind, name and number of each. `store/source_weeks.py` says what for.
    """

    __tablename__ = "source_week"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  as above

    account: str = Field(primary_key=True, max_length=32)
    site: str = Field(primary_key=True, max_length=32)
    week: int = place(sa_type=Integer)
    counts: str = Field(sa_type=Text)
