"""Standings of sites: loaded under a lock, saved with what follows from them.

A site's score row is the lock of everything derived of the site: whoever writes its facts,
standing, featurings, place or days takes that lock first, of several sites in the order of their
keys. Leans on the primary keys of `score`, `site`, `account` and `site_day`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, tuple_
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.featuring import Featuring
from backend.domain.instants import Instant, day_of
from backend.domain.scores import ENGAGEMENT_DAYS
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.standing import ENGAGING, DayTally, Standing
from backend.domain.tiers import Tier
from backend.store.bulk import Rows, is_among, listed, update_many
from backend.store.ownership import owned
from backend.store.pipelines import pipelined
from backend.store.tables.accounts import AccountRow
from backend.store.tables.events import SiteDayRow
from backend.store.tables.sites import FeaturingRow, ScoreRow, SiteRow

SiteRef = tuple[str, str]
"""Tenant and site id."""
FIRST: SiteRef = ("", "")
"""Before every site, for reading page by page."""


def lock_sites(session: Session, sites: Iterable[SiteRef]) -> None:
    """Hold the sites' locks until the transaction ends.

    A transaction on SQLite holds the database's write lock already.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return
    with pipelined(session):  # together with what begins the transaction
        for tenant, some in _by_tenant(sites):
            connection.execute(_LOCK, {"tenant": tenant, "sites": some})


def lock_every_site(session: Session) -> None:
    """Hold the locks of all sites until the transaction ends."""
    if session.connection().dialect.name != "sqlite":
        session.execute(
            select(func.count()).select_from(
                select(col(ScoreRow.site))
                .order_by(col(ScoreRow.tenant), col(ScoreRow.site))
                .with_for_update()
                .subquery()
            )
        )


def lock_standings(session: Session, sites: Iterable[SiteRef]) -> dict[SiteRef, Standing]:
    """Return the standings of `sites`, locked until the transaction ends.

    They are read after the lock is there, by a statement of its own: PostgreSQL would join a row
    that it waited for with a site and an account from before the wait.
    """
    wanted = sorted(set(sites))
    lock_sites(session, wanted)
    return {(one.tenant, one.site): one for one in _load(session, wanted)}


def read_standings(session: Session, *, after: SiteRef = FIRST, limit: int) -> list[Standing]:
    """Return the next `limit` standings in the order of their keys, without a lock."""
    key = (col(ScoreRow.tenant), col(ScoreRow.site))
    # The keys by themselves, so that no plan can join every site before it counts to the limit.
    page = session.execute(select(*key).where(tuple_(*key) > after).order_by(*key).limit(limit))
    return _load(session, [(row.tenant, row.site) for row in page])


def read_own_standings(session: Session, actor: Actor) -> list[Standing]:
    """Return the standings of an owner's sites."""
    found = session.execute(owned(_select_standings(), SiteRow, actor))
    return [_to_standing(row) for row in found]


def save_standings(session: Session, standings: Sequence[Standing]) -> None:
    """Write what a standing caches; site and owner stay as they are."""
    _SAVE.run(session.connection(), [_cached(standing) for standing in standings])


def add_featurings(session: Session, begun: Iterable[tuple[Standing, Featuring]]) -> None:
    """Record featurings; the key (site, threshold) refuses a second one of the same share."""
    rows = [
        {
            "tenant": standing.tenant,
            "site": standing.site,
            "threshold": featuring.threshold,
            "starts_at": featuring.starts_at,
            "ends_at": featuring.ends_at,
        }
        for standing, featuring in begun
    ]
    if rows:
        session.connection().execute(insert(FeaturingRow), rows)


def window_points(session: Session, sites: Iterable[SiteRef], now: Instant) -> dict[SiteRef, int]:
    """Return the engagement points of each site over the window that ends with the day of `now`."""
    today = day_of(now)
    wanted = sorted(set(sites))
    points = dict.fromkeys(wanted, 0)
    for tenant, some in _by_tenant(wanted):
        values = {
            "tenant": tenant, "sites": some, "first": today - ENGAGEMENT_DAYS + 1, "last": today,
        }  # fmt: skip
        for row in session.connection().execute(_WINDOW, values):
            tally = DayTally(**{name: int(getattr(row, name)) for name in ENGAGING})
            points[tenant, row.site] = tally.engagement_points
    return points


def select_of_sites(*columns: Any) -> Select[Any]:
    """Return the query of some columns of sites, their scores and their owners' accounts."""
    return (
        select(*columns)
        .select_from(SiteRow)
        .join(
            ScoreRow,
            (col(ScoreRow.tenant) == col(SiteRow.tenant)) & (col(ScoreRow.site) == col(SiteRow.id)),
        )
        .join(
            AccountRow,
            (col(AccountRow.tenant) == col(SiteRow.tenant))
            & (col(AccountRow.id) == col(SiteRow.account)),
        )
    )


_CACHED = (
    "views", "likes", "comments", "shares", "share_points", "engagement_points", "window_day",
    "score", "as_of", "featured_until",
)  # fmt: skip


def _by_tenant(sites: Iterable[SiteRef]) -> Iterator[tuple[str, list[str]]]:
    """Give the ids of each tenant, in order."""
    for tenant, refs in groupby(sorted(set(sites)), key=lambda ref: ref[0]):
        yield tenant, [site for _tenant, site in refs]


def _load(session: Session, sites: Sequence[SiteRef]) -> list[Standing]:
    """Return the standings of `sites`, by key."""
    standings: list[Standing] = []
    for tenant, some in _by_tenant(sites):
        found = _STANDINGS.fetch(session.connection(), {"tenant": tenant, "sites": some})
        standings += sorted(map(_to_standing, found), key=attrgetter("site"))
    return standings


def _cached(standing: Standing) -> tuple[Any, ...]:
    return (*_CACHED_OF(standing), standing.tenant, standing.site)


def _select_standings() -> Select[Any]:
    """Return the query of standings; `_to_standing` takes its columns in this order."""
    return select_of_sites(
        col(ScoreRow.tenant),
        col(ScoreRow.site),
        *(getattr(ScoreRow, name) for name in _CACHED),
        col(SiteRow.account),
        col(SiteRow.status),
        col(SiteRow.wish),
        col(SiteRow.published_at),
        col(AccountRow.tier),
    )


# Made once: putting a statement together costs more than running it.
_LOCK = (
    select(col(ScoreRow.site))
    .where(col(ScoreRow.tenant) == bindparam("tenant"), is_among(col(ScoreRow.site), "sites"))
    .order_by(col(ScoreRow.tenant), col(ScoreRow.site))
    .with_for_update()
)
_WANTED = listed("sites").table_valued("value", name="wanted")
_STANDINGS = Rows(
    _select_standings().where(
        col(ScoreRow.tenant) == bindparam("tenant"),
        col(ScoreRow.site).in_(select(_WANTED.c.value)),
    )
)
_WINDOW = (
    select(
        col(SiteDayRow.site),
        *(func.sum(getattr(SiteDayRow, name)).label(name) for name in ENGAGING),
    )
    .where(
        col(SiteDayRow.tenant) == bindparam("tenant"),
        is_among(col(SiteDayRow.site), "sites"),
        col(SiteDayRow.day).between(bindparam("first"), bindparam("last")),
    )
    .group_by(col(SiteDayRow.site))
)
# A look-up costs a quarter of calling the class.
_STATUSES = {status.value: status for status in SiteStatus}
_WISHES = {wish.value: wish for wish in ShowcaseWish}
_TIERS = {tier.value: tier for tier in Tier}
_CACHED_OF = attrgetter(*_CACHED)
_SAVE = update_many(ScoreRow.__table__, _CACHED, key=("tenant", "site"))  # type: ignore[attr-defined]  # SQLModel makes it


def _to_standing(row: Any) -> Standing:
    # Taken apart at once: asking a row for each column by its name costs three times as much.
    (
        tenant, site, views, likes, comments, shares, share_points, engagement_points, window_day,
        score, as_of, featured_until, account, status, wish, published_at, tier,
    ) = row  # fmt: skip
    return Standing(
        tenant=tenant,
        site=site,
        account=account,
        status=_STATUSES[status],
        wish=_WISHES[wish],
        tier=_TIERS[tier],
        published_at=published_at,
        views=views,
        likes=likes,
        comments=comments,
        shares=shares,
        share_points=share_points,
        engagement_points=engagement_points,
        window_day=window_day,
        score=score,
        as_of=as_of,
        featured_until=featured_until,
    )
