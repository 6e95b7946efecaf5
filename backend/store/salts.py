"""The salts of today and yesterday. Leans on the primary key of `day_salt`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.instants import Day
from backend.store.tables.events import DaySaltRow


def keep_salt(session: Session, tenant: str, day: Day, proposed: bytes) -> bytes:
    """Return the salt of `day`: the one that is kept, else `proposed`, kept from now on."""
    table: Any = DaySaltRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    values = {"tenant": tenant, "day": day, "salt": proposed}
    session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), values)
    found = session.execute(
        select(col(DaySaltRow.salt)).where(
            col(DaySaltRow.tenant) == tenant, col(DaySaltRow.day) == day
        )
    )
    return bytes(found.scalar_one())


def destroy_salts(session: Session, tenant: str, before: Day) -> int:
    """Delete the salts of the days before `before` and return how many there were."""
    done = session.connection().execute(
        delete(DaySaltRow).where(col(DaySaltRow.tenant) == tenant, col(DaySaltRow.day) < before)
    )
    return done.rowcount
