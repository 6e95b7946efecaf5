"""Releases of hosted sites. Leans on the primary keys, `uq_hosting_name` and `ix_release_site`.

The hosting row is the lock of a site's releases: whoever makes one live or deletes some holds it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.releases import Hosting, Release, ReleaseOrigin
from backend.store.ownership import owned
from backend.store.tables.hosting import HostingRow, ReleaseRow


def find_hosting(session: Session, tenant: str, site: str) -> Hosting | None:
    """Return how a site is hosted, None while nothing was ever published to it."""
    row = session.execute(
        select(HostingRow).where(col(HostingRow.tenant) == tenant, col(HostingRow.site) == site)
    ).scalar_one_or_none()
    return None if row is None else _to_hosting(row)


def claim_name(session: Session, tenant: str, site: str, name: str) -> None:
    """Host a site under `name`, unless the name is taken or the site has one by now."""
    table: Any = HostingRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    values = {"tenant": tenant, "site": site, "name": name, "stored_bytes": 0}
    session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), values)


def lock_hosting(session: Session, tenant: str, site: str) -> Hosting | None:
    """Return how a site is hosted, with its lock until the transaction ends."""
    row = session.execute(
        select(HostingRow)
        .where(col(HostingRow.tenant) == tenant, col(HostingRow.site) == site)
        .with_for_update()
    ).scalar_one_or_none()
    return None if row is None else _to_hosting(row)


def list_hostings(session: Session, *, after: tuple[str, str], limit: int) -> list[Hosting]:
    """Return the next hosted sites in the order of tenant and site."""
    from_here = (col(HostingRow.tenant) > after[0]) | (
        (col(HostingRow.tenant) == after[0]) & (col(HostingRow.site) > after[1])
    )
    found = session.execute(
        select(HostingRow)
        .where(from_here)
        .order_by(col(HostingRow.tenant), col(HostingRow.site))
        .limit(limit)
    )
    return [_to_hosting(row) for row in found.scalars()]


def count_stored(session: Session, actor: Actor, *, but_for: str) -> int:
    """Return the bytes that the actor's sites store, with those that are about to be sent.

    Of one site's unfinished releases the largest counts; of the site `but_for` none does, because
    a release that is sent again takes the place of the one that broke off.
    """
    stored = owned(select(func.sum(col(HostingRow.stored_bytes))), HostingRow, actor)
    largest = (
        owned(select(func.max(col(ReleaseRow.awaited_bytes)).label("awaited")), ReleaseRow, actor)
        .where(col(ReleaseRow.finished_at).is_(None), col(ReleaseRow.site) != but_for)
        .group_by(col(ReleaseRow.site))
        .subquery()
    )
    awaited = select(func.sum(largest.c.awaited))
    return sum(int(session.execute(one).scalar_one() or 0) for one in (stored, awaited))


def insert_release(session: Session, tenant: str, release: Release) -> None:
    """Store a release."""
    session.connection().execute(
        insert(ReleaseRow),
        {
            "tenant": tenant,
            "id": release.id,
            "site": release.site,
            "digest": release.digest,
            "manifest": release.manifest,
            "origin": release.origin.value,
            "preview": release.preview,
            "files": release.files,
            "bytes": release.bytes,
            "awaited_bytes": release.awaited_bytes,
            "made_at": release.made_at,
            "finished_at": release.made_at if release.is_finished else None,
        },
    )


def finish_release(session: Session, tenant: str, release: Release, now: Instant) -> None:
    """Note that all files of a release are here, listed in its manifest with what was packed."""
    session.connection().execute(
        update(ReleaseRow)
        .where(col(ReleaseRow.tenant) == tenant, col(ReleaseRow.id) == release.id)
        .values(finished_at=now, awaited_bytes=0, manifest=release.manifest)
    )
    add_stored(session, tenant, release.site, release.awaited_bytes)


def add_stored(session: Session, tenant: str, site: str, added: int) -> None:
    """Count bytes that a site stores from now on."""
    session.connection().execute(
        update(HostingRow)
        .where(col(HostingRow.tenant) == tenant, col(HostingRow.site) == site)
        .values(stored_bytes=col(HostingRow.stored_bytes) + added)
    )


def save_stored(session: Session, tenant: str, site: str, stored: int) -> None:
    """Write how many bytes a site stores."""
    session.connection().execute(
        update(HostingRow)
        .where(col(HostingRow.tenant) == tenant, col(HostingRow.site) == site)
        .values(stored_bytes=stored)
    )


def set_live(session: Session, tenant: str, site: str, release: str) -> None:
    """Make a release the live one."""
    session.connection().execute(
        update(HostingRow)
        .where(col(HostingRow.tenant) == tenant, col(HostingRow.site) == site)
        .values(live=release)
    )


def find_release(session: Session, tenant: str, site: str, release: str) -> Release | None:
    """Return a site's release."""
    rows = _select(session, tenant, site, col(ReleaseRow.id) == release)
    return rows[0] if rows else None


def list_releases(session: Session, tenant: str, site: str) -> list[Release]:
    """Return a site's releases, unfinished ones too, the newest first."""
    return _select(session, tenant, site)


def delete_releases(session: Session, tenant: str, ids: Collection[str]) -> None:
    """Forget releases; their files stay until somebody sweeps."""
    session.connection().execute(
        delete(ReleaseRow).where(col(ReleaseRow.tenant) == tenant, col(ReleaseRow.id).in_(ids))
    )


def _select(session: Session, tenant: str, site: str, *where: Any) -> list[Release]:
    found = session.execute(
        select(ReleaseRow, col(HostingRow.live))
        .join(
            HostingRow,
            (col(HostingRow.tenant) == col(ReleaseRow.tenant))
            & (col(HostingRow.site) == col(ReleaseRow.site)),
        )
        .where(col(ReleaseRow.tenant) == tenant, col(ReleaseRow.site) == site, *where)
        .order_by(func.coalesce(col(ReleaseRow.finished_at), col(ReleaseRow.made_at)).desc(),
                  col(ReleaseRow.id).desc())
    )  # fmt: skip
    return [_to_release(row, is_live=row.id == live) for row, live in found]


def _to_hosting(row: HostingRow) -> Hosting:
    return Hosting(
        tenant=row.tenant,
        site=row.site,
        name=row.name,
        live=row.live,
        stored_bytes=row.stored_bytes,
    )


def _to_release(row: ReleaseRow, *, is_live: bool) -> Release:
    return Release(
        id=row.id,
        site=row.site,
        digest=row.digest,
        made_at=Instant(row.made_at if row.finished_at is None else row.finished_at),
        is_live=is_live,
        origin=ReleaseOrigin(row.origin),
        files=row.files,
        bytes=row.bytes,
        manifest=row.manifest,
        preview=row.preview,
        is_finished=row.finished_at is not None,
        awaited_bytes=row.awaited_bytes,
    )
