"""Sites. Leans on `uq_site_key` and the primary key (tenant, id)."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from backend.domain.gates import Gate
from backend.domain.showcase import SiteStatus
from backend.store.tables.sites import SiteRow


def find_gate(session: Session, key: str) -> Gate | None:
    """Return what `/collect` must know of the site with this key."""
    row = session.execute(select(SiteRow).where(col(SiteRow.key) == key)).scalar_one_or_none()
    if row is None:
        return None
    return Gate(
        tenant=row.tenant,
        site=row.id,
        account=row.account,
        origins=frozenset(row.origins.split()),
        status=SiteStatus(row.status),
    )
