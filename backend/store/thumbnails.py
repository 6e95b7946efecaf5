"""Sites' pictures: their names, and when each is to be taken again.

Leans on the primary keys (tenant, id) and (tenant, site), and on `ix_site_thumbnail_due`.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.pictures import next_picture, next_try
from backend.domain.showcase import SiteStatus
from backend.store.tables.sites import ShowcaseRow, SiteRow


def save_thumbnail(session: Session, tenant: str, site: str, name: str, now: Instant) -> bool:
    """Name a site's picture, in its place in the showcase too; tell whether the site is there."""
    connection = session.connection()
    saved = connection.execute(
        update(SiteRow)
        .where(col(SiteRow.tenant) == tenant, col(SiteRow.id) == site)
        .values(
            thumbnail=name,
            thumbnail_at=now,
            thumbnail_due_at=next_picture(now),
            thumbnail_tries=0,
        )
    )
    connection.execute(
        update(ShowcaseRow)
        .where(col(ShowcaseRow.tenant) == tenant, col(ShowcaseRow.site) == site)
        .values(thumbnail=name)
    )
    return saved.rowcount == 1


def find_named(session: Session, names: Collection[str]) -> set[str]:
    """Return those of the names that a site has as its picture."""
    found = session.execute(
        select(col(SiteRow.thumbnail)).where(col(SiteRow.thumbnail).in_(names)).distinct()
    )
    return set(found.scalars())


def list_due(session: Session, tenant: str, now: Instant, limit: int) -> dict[str, int]:
    """Return active sites that are to have a new picture, those that wait longest first, each
    with the number of tries since its last one.
    """
    found = session.execute(
        select(col(SiteRow.id), col(SiteRow.thumbnail_tries))
        .where(
            col(SiteRow.tenant) == tenant,
            col(SiteRow.thumbnail_due_at) <= now,
            col(SiteRow.status) == SiteStatus.ACTIVE.value,
        )
        .order_by(col(SiteRow.thumbnail_due_at), col(SiteRow.id))
        .limit(limit)
    )
    return {row.id: row.thumbnail_tries for row in found}


def note_try(session: Session, tenant: str, site: str, tries: int, now: Instant) -> None:
    """Note that a picture is about to be taken, after so many tries; should this one fail too,
    the next comes later.
    """
    _save_due(session, tenant, site, next_try(now, tries), tries + 1)


def ask_for_picture(session: Session, tenant: str, site: str, now: Instant) -> None:
    """Let a site have a new picture soon: what it shows has changed."""
    _save_due(session, tenant, site, now, 0)


def _save_due(session: Session, tenant: str, site: str, due: Instant, tries: int) -> None:
    session.connection().execute(
        update(SiteRow)
        .where(col(SiteRow.tenant) == tenant, col(SiteRow.id) == site)
        .values(thumbnail_due_at=due, thumbnail_tries=tries)
    )
