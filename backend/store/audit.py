"""The log of what operators did: rows are added, and read from the newest on.

Leans on `ix_audit_entry_at`, `ix_audit_entry_actor`, `ix_audit_entry_action` and
`ix_audit_entry_subject`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, insert, or_, select
from sqlmodel import Session, col

from backend.domain.actors import Role
from backend.domain.audit import AuditEntry, AuditQuery
from backend.domain.instants import Instant
from backend.store.tables.operations import AuditRow


def add(session: Session, tenant: str, entry: AuditEntry) -> None:
    """Store an entry."""
    session.execute(
        insert(AuditRow).values(
            tenant=tenant,
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            role=entry.role.value,
            action=entry.action,
            kind=entry.kind,
            subject=entry.subject,
            facts=entry.facts,
        )
    )


def list_entries(
    session: Session,
    tenant: str,
    query: AuditQuery,
    *,
    after: tuple[Instant, str] | None,
    limit: int,
) -> list[AuditEntry]:
    """Return the newest entries that the query asks for, behind a time and an id."""
    statement = select(AuditRow).where(col(AuditRow.tenant) == tenant, *_conditions(query))
    if after is not None:
        at, last = after
        earlier = and_(col(AuditRow.at) == at, col(AuditRow.id) < last)
        statement = statement.where(or_(col(AuditRow.at) < at, earlier))
    ordered = statement.order_by(col(AuditRow.at).desc(), col(AuditRow.id).desc()).limit(limit)
    return [_to_entry(row) for row in session.execute(ordered).scalars()]


def list_actions(session: Session, tenant: str) -> list[str]:
    """Return every action that was ever noted."""
    found = session.execute(
        select(col(AuditRow.action)).where(col(AuditRow.tenant) == tenant).distinct()
    )
    return sorted(found.scalars())


def _conditions(query: AuditQuery) -> list[Any]:
    wanted: list[Any] = []
    for column, value in (
        (col(AuditRow.actor), query.actor),
        (col(AuditRow.action), query.action),
        (col(AuditRow.subject), query.subject),
    ):
        if value:
            wanted.append(column == value)
    if query.since is not None:
        wanted.append(col(AuditRow.at) >= query.since)
    if query.until is not None:
        wanted.append(col(AuditRow.at) < query.until)
    return wanted


def _to_entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=Instant(row.at),
        actor=row.actor,
        role=Role(row.role),
        action=row.action,
        kind=row.kind,
        subject=row.subject,
        facts=row.facts,
    )
