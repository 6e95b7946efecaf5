"""Feature flags. Leans on the primary key (tenant, name)."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlmodel import Session, col

from backend.domain.flags import FeatureFlag
from backend.domain.instants import Instant
from backend.domain.tiers import Tier
from backend.store.tables.operations import FlagRow


def list_flags(session: Session, tenant: str) -> list[FeatureFlag]:
    """Return every flag by its name."""
    found = session.execute(
        select(FlagRow).where(col(FlagRow.tenant) == tenant).order_by(col(FlagRow.name))
    )
    return [_to_flag(row) for row in found.scalars()]


def save(session: Session, tenant: str, flag: FeatureFlag, *, by: str, at: Instant) -> None:
    """Store a flag in place of the one with its name, if there is one."""
    session.merge(
        FlagRow(
            tenant=tenant,
            name=flag.name,
            description=flag.description,
            is_on=flag.is_on,
            percent=flag.percent,
            accounts=" ".join(flag.accounts),
            tiers=" ".join(tier.value for tier in flag.tiers),
            changed_at=at,
            changed_by=by,
        )
    )
    session.flush()


def remove(session: Session, tenant: str, name: str) -> bool:
    """Delete a flag; tell whether it was there."""
    done = session.connection().execute(
        delete(FlagRow).where(col(FlagRow.tenant) == tenant, col(FlagRow.name) == name)
    )
    return done.rowcount == 1


def _to_flag(row: FlagRow) -> FeatureFlag:
    return FeatureFlag(
        name=row.name,
        description=row.description,
        is_on=row.is_on,
        percent=row.percent,
        accounts=tuple(row.accounts.split()),
        tiers=tuple(Tier(word) for word in row.tiers.split()),
    )
