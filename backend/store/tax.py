"""What payees declared for tax reports. Leans on the primary key (tenant, account)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.tax import Form, TaxProfile
from backend.store.ownership import owned
from backend.store.tables.accounts import PersonRow
from backend.store.tables.rates import TaxProfileRow


def find_profile(session: Session, actor: Actor) -> TaxProfile | None:
    """Return what the actor declared."""
    row = session.execute(owned(select(TaxProfileRow), TaxProfileRow, actor)).scalar_one_or_none()
    return None if row is None else _to_profile(row)


def save_profile(session: Session, tenant: str, profile: TaxProfile, sealed: str) -> None:
    """Store a profile in place of an earlier one; `sealed` are its fields."""
    table: Any = TaxProfileRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    changing = {
        "country": profile.country,
        "form": profile.form.value,
        "shown": profile.shown,
        "sealed": sealed,
        "declared_at": profile.declared_at,
    }
    session.connection().execute(
        dialect.insert(table)
        .values(tenant=tenant, account=profile.account, **changing)
        .on_conflict_do_update(index_elements=["tenant", "account"], set_=changing)
    )


def remove_profile(session: Session, actor: Actor) -> bool:
    """Delete what the actor declared; tell whether there was anything."""
    done = session.connection().execute(owned(delete(TaxProfileRow), TaxProfileRow, actor))
    return bool(done.rowcount)


def read_profiles(session: Session, tenant: str) -> dict[str, tuple[TaxProfile, str]]:
    """Return every payee's profile and its sealed fields, by account: for finance alone."""
    rows = session.execute(
        select(TaxProfileRow).where(col(TaxProfileRow.tenant) == tenant)
    ).scalars()
    return {row.account: (_to_profile(row), row.sealed) for row in rows}


def read_emails(session: Session, tenant: str) -> dict[str, str]:
    """Return everybody's address by account, to ask those who declared nothing."""
    rows = session.execute(
        select(col(PersonRow.account), col(PersonRow.email)).where(col(PersonRow.tenant) == tenant)
    )
    return {row.account: row.email for row in rows}


def _to_profile(row: TaxProfileRow) -> TaxProfile:
    return TaxProfile(
        account=row.account,
        country=row.country,
        form=Form(row.form),
        shown=row.shown,
        declared_at=Instant(row.declared_at),
    )
