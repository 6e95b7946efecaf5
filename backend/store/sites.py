"""Sites. Leans on `uq_site_key`, `uq_site_account_url` and the primary key (tenant, id)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.gates import Gate
from backend.domain.instants import Day, Instant, start_of
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.sites import Site
from backend.store.bulk import is_among
from backend.store.ownership import owned
from backend.store.source_weeks import forget_site
from backend.store.tables.builds import BuildLineRow, BuildRow
from backend.store.tables.events import EventRow, ShareRow, SiteDayRow
from backend.store.tables.hosting import DomainRow, HostingRow, ReleaseRow
from backend.store.tables.profiles import HiddenSiteRow
from backend.store.tables.referrals import TouchRow
from backend.store.tables.sites import FeaturingRow, ScoreRow, ShowcaseRow, SiteRow
from backend.store.tables.statistics import SiteSourceRow, SourceDayRow


def find_gate(session: Session, key: str) -> Gate | None:
    """Return what `/collect` must know of the site with this key."""
    row = session.execute(select(SiteRow).where(col(SiteRow.key) == key)).scalar_one_or_none()
    return None if row is None else _to_gate(row)


def find_gates(session: Session, keys: Sequence[str]) -> dict[str, Gate]:
    """Return the same of every site that has one of the keys, by key."""
    found = session.execute(_GATES, {"keys": list(keys)}).scalars()
    return {row.key: _to_gate(row) for row in found}


def find_gate_of(session: Session, tenant: str, site: str) -> Gate | None:
    """Return the same of the site with this id."""
    row = session.execute(_select_site(tenant, site)).scalar_one_or_none()
    return None if row is None else _to_gate(row)


def find_counts(session: Session, key: str) -> tuple[int, int] | None:
    """Return counted shares and likes of the site with this key."""
    row = session.execute(
        select(col(ScoreRow.shares), col(ScoreRow.likes))
        .join(
            SiteRow,
            (col(SiteRow.tenant) == col(ScoreRow.tenant)) & (col(SiteRow.id) == col(ScoreRow.site)),
        )
        .where(col(SiteRow.key) == key)
    ).one_or_none()
    return None if row is None else (row.shares, row.likes)


def find_site(session: Session, tenant: str, site: str) -> Site | None:
    """Return a site, whoever owns it: for operators."""
    row = session.execute(_select_site(tenant, site)).scalar_one_or_none()
    return None if row is None else to_site(row)


def find_own(session: Session, actor: Actor, site: str) -> Site | None:
    """Return the actor's site with this id."""
    statement = owned(select(SiteRow), SiteRow, actor).where(col(SiteRow.id) == site)
    row = session.execute(statement).scalar_one_or_none()
    return None if row is None else to_site(row)


def find_own_by_url(session: Session, actor: Actor, url: str) -> Site | None:
    """Return the actor's site at this address."""
    statement = owned(select(SiteRow), SiteRow, actor).where(col(SiteRow.url) == url)
    row = session.execute(statement).scalar_one_or_none()
    return None if row is None else to_site(row)


def list_own(session: Session, actor: Actor, *, after: str, limit: int) -> list[Site]:
    """Return the next `limit` of the actor's sites behind the id `after`, the oldest first."""
    found = session.execute(
        owned(select(SiteRow), SiteRow, actor)
        .where(col(SiteRow.id) > after)
        .order_by(col(SiteRow.id))
        .limit(limit)
    )
    return [to_site(row) for row in found.scalars()]


def count_own(session: Session, actor: Actor) -> int:
    """Return how many sites the actor has."""
    statement = owned(select(func.count()).select_from(SiteRow), SiteRow, actor)
    return int(session.execute(statement).scalar_one())


def insert_site(session: Session, site: Site) -> None:
    """Store a site, and its score of nothing."""
    connection = session.connection()
    key = {"tenant": site.tenant}
    values = key | {"id": site.id, "account": site.account, "key": site.key, "url": site.url}
    connection.execute(
        insert(SiteRow),
        values
        | _editable(site)
        | {
            "repository": site.repository,
            "status": site.status.value,
            "created_at": site.created_at,
        },
    )
    connection.execute(
        insert(ScoreRow), key | {"site": site.id, "window_day": 0, "as_of": site.created_at}
    )


def save_edit(session: Session, actor: Actor, site: Site) -> None:
    """Write what an owner may change of a site."""
    statement = owned(update(SiteRow), SiteRow, actor).where(col(SiteRow.id) == site.id)
    session.connection().execute(statement.values(_editable(site)))


def save_origins(session: Session, tenant: str, site: str, origins: tuple[str, ...]) -> None:
    """Write where pings of a site may come from."""
    session.connection().execute(
        update(SiteRow)
        .where(col(SiteRow.tenant) == tenant, col(SiteRow.id) == site)
        .values(origins=" ".join(origins))
    )


def save_status(session: Session, site: Site, *, before: SiteStatus) -> bool:
    """Write status and verification, unless the status is another one than `before` by now."""
    done = session.connection().execute(
        update(SiteRow)
        .where(
            col(SiteRow.tenant) == site.tenant,
            col(SiteRow.id) == site.id,
            col(SiteRow.status) == before.value,
        )
        .values(
            status=site.status.value,
            verified_at=site.verified_at,
            verified_by=site.verified_by,
            published_at=site.published_at,
        )
    )
    return done.rowcount == 1


def list_days(session: Session, actor: Actor, site: str) -> list[Day]:
    """Return the UTC days on which something happened at the actor's site."""
    found = session.execute(
        owned(select(col(SiteDayRow.day)), SiteDayRow, actor)
        .where(col(SiteDayRow.site) == site)
        .order_by(col(SiteDayRow.day))
    )
    return [Day(day) for day in found.scalars()]


def delete_raw(session: Session, actor: Actor, site: str, day: Day) -> None:
    """Delete the events and shares of one day of the actor's site."""
    connection = session.connection()
    events = owned(delete(EventRow), EventRow, actor)
    connection.execute(events.where(col(EventRow.site) == site, col(EventRow.day) == day))
    shares = owned(delete(ShareRow), ShareRow, actor)
    connection.execute(
        shares.where(
            col(ShareRow.site) == site,
            col(ShareRow.at) >= start_of(day),
            col(ShareRow.at) < start_of(Day(day + 1)),
        )
    )


def delete_site(session: Session, actor: Actor, site: str) -> bool:
    """Delete the actor's site with all that hangs on it but raw events; tell whether it was there.

    Touches stay, as what they are for the referrer, and no longer name the site.
    """
    connection = session.connection()
    tables: tuple[Any, ...] = (
        BuildLineRow, BuildRow, DomainRow, ReleaseRow, HostingRow, ShareRow, SiteDayRow,
        SiteSourceRow, SourceDayRow, FeaturingRow, ShowcaseRow, ScoreRow, HiddenSiteRow,
    )  # fmt: skip
    for table in tables:
        connection.execute(owned(delete(table), table, actor).where(col(table.site) == site))
    forget_site(session, actor, site)
    connection.execute(
        owned(update(TouchRow), TouchRow, actor).where(col(TouchRow.site) == site).values(site=None)
    )
    done = connection.execute(owned(delete(SiteRow), SiteRow, actor).where(col(SiteRow.id) == site))
    return done.rowcount == 1


def _select_site(tenant: str, site: str) -> Any:
    return select(SiteRow).where(col(SiteRow.tenant) == tenant, col(SiteRow.id) == site)


def _editable(site: Site) -> dict[str, object]:
    return {
        "title": site.title,
        "description": site.description,
        "kind": site.kind,
        "language": site.language,
        "topics": " ".join(site.topics),
        "origins": " ".join(site.origins),
        "wish": site.wish.value,
        "has_powered_by": site.has_powered_by,
    }


def _to_gate(row: SiteRow) -> Gate:
    return Gate(
        tenant=row.tenant,
        site=row.id,
        account=row.account,
        origins=frozenset(row.origins.split()),
        status=SiteStatus(row.status),
    )


def to_site(row: SiteRow) -> Site:
    """Return the site in a row."""
    return Site(
        tenant=row.tenant,
        id=row.id,
        account=row.account,
        key=row.key,
        url=row.url,
        origins=tuple(row.origins.split()),
        title=row.title,
        description=row.description,
        repository=row.repository,
        kind=row.kind,
        language=row.language,
        topics=tuple(row.topics.split()),
        status=SiteStatus(row.status),
        wish=ShowcaseWish(row.wish),
        has_powered_by=row.has_powered_by,
        created_at=Instant(row.created_at),
        verified_at=_instant(row.verified_at),
        verified_by=row.verified_by,
        published_at=_instant(row.published_at),
        thumbnail=row.thumbnail,
        thumbnail_at=_instant(row.thumbnail_at),
    )


def _instant(value: int | None) -> Instant | None:
    return None if value is None else Instant(value)


_GATES = select(SiteRow).where(is_among(col(SiteRow.key), "keys"))
