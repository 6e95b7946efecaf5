"""The names of sites' pictures. Leans on the primary keys (tenant, id) and (tenant, site)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.store.tables.sites import ShowcaseRow, SiteRow


def save_thumbnail(session: Session, tenant: str, site: str, name: str, now: Instant) -> bool:
    """Name a site's picture, in its place in the showcase too; tell whether the site is there."""
    connection = session.connection()
    saved = connection.execute(
        update(SiteRow)
        .where(col(SiteRow.tenant) == tenant, col(SiteRow.id) == site)
        .values(thumbnail=name, thumbnail_at=now)
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
