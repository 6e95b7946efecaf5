"""Which site a host name serves, and the domains of owners' own.

Leans on `uq_hosting_name`, `uq_domain_name`, `ix_release_site` and the primary keys.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.hosts import Domain, ServedSite
from backend.domain.instants import Instant
from backend.domain.showcase import SiteStatus
from backend.store.ownership import owned
from backend.store.tables.hosting import DomainRow, HostingRow, ReleaseRow
from backend.store.tables.sites import SiteRow


def find_by_name(session: Session, name: str, preview: str | None) -> ServedSite | None:
    """Return what the site called `name` serves, or a preview of it."""
    return _find(session, col(HostingRow.name) == name, preview)


def find_by_domain(session: Session, domain: str) -> ServedSite | None:
    """Return what the site with this domain serves."""
    site = select(col(DomainRow.tenant), col(DomainRow.site)).where(col(DomainRow.name) == domain)
    row = session.execute(site).one_or_none()
    if row is None:
        return None
    of_site = (col(HostingRow.tenant) == row.tenant) & (col(HostingRow.site) == row.site)
    return _find(session, of_site, None)


def add_domain(session: Session, tenant: str, domain: Domain) -> bool:
    """Store a domain; tell False when some site has it."""
    table: Any = DomainRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    values = {
        "tenant": tenant, "site": domain.site, "name": domain.name, "made_at": domain.made_at,
    }  # fmt: skip
    session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), values)
    owner = select(col(DomainRow.tenant), col(DomainRow.site))
    row = session.execute(owner.where(col(DomainRow.name) == domain.name)).one()
    return (row.tenant, row.site) == (tenant, domain.site)


def list_domains(session: Session, actor: Actor, site: str) -> list[Domain]:
    """Return the domains of the actor's site by name."""
    found = session.execute(
        owned(select(DomainRow), DomainRow, actor)
        .where(col(DomainRow.site) == site)
        .order_by(col(DomainRow.name))
    )
    return [
        Domain(site=row.site, name=row.name, made_at=Instant(row.made_at))
        for row in found.scalars()
    ]


def count_domains(session: Session, actor: Actor) -> int:
    """Return how many domains the actor's sites have together."""
    statement = owned(select(func.count()).select_from(DomainRow), DomainRow, actor)
    return int(session.execute(statement).scalar_one())


def remove_domain(session: Session, actor: Actor, site: str, domain: str) -> bool:
    """Delete a domain of the actor's site; tell whether it was there."""
    statement = owned(delete(DomainRow), DomainRow, actor).where(
        col(DomainRow.site) == site, col(DomainRow.name) == domain
    )
    return bool(session.connection().execute(statement).rowcount)


def _find(session: Session, which: Any, preview: str | None) -> ServedSite | None:
    row = session.execute(
        select(
            col(HostingRow.tenant), col(HostingRow.site), col(HostingRow.live), col(SiteRow.status)
        )
        .join(
            SiteRow,
            (col(SiteRow.tenant) == col(HostingRow.tenant))
            & (col(SiteRow.id) == col(HostingRow.site)),
        )
        .where(which)
    ).one_or_none()
    if row is None:
        return None
    return ServedSite(
        tenant=row.tenant,
        site=row.site,
        is_suspended=row.status == SiteStatus.SUSPENDED.value,
        manifest=_manifest_of(session, row, preview),
    )


def _manifest_of(session: Session, row: Any, preview: str | None) -> str | None:
    """Return the list of files of the live release, or of the newest with the preview's name."""
    releases = select(col(ReleaseRow.manifest)).where(
        col(ReleaseRow.tenant) == row.tenant, col(ReleaseRow.site) == row.site
    )
    if preview is None:
        chosen = releases.where(col(ReleaseRow.id) == row.live)
    else:
        chosen = (
            releases.where(
                col(ReleaseRow.preview) == preview, col(ReleaseRow.finished_at).is_not(None)
            )
            .order_by(col(ReleaseRow.finished_at).desc(), col(ReleaseRow.id).desc())
            .limit(1)
        )
    return session.execute(chosen).scalar_one_or_none()
