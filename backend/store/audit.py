"""The log of what operators did: rows are added, and read from the newest on.

Leans on `ix_audit_entry_at`, `ix_audit_entry_actor`, `ix_audit_entry_action` and
`ix_audit_entry_subject`.
"""

from __future__ import annotations

from sqlalchemy import insert
from sqlmodel import Session

from backend.domain.audit import AuditEntry
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
