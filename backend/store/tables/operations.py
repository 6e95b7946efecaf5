"""What operators did. Triggers refuse every change of it (see the migration)."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlmodel import Field

from backend.store.tables.base import Row, instant


class AuditRow(Row, table=True):
    """One act of an operator; `facts` is a JSON object without anything personal."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "tenant", "at", "id"),
        Index("ix_audit_entry_actor", "tenant", "actor", "at"),
        Index("ix_audit_entry_action", "tenant", "action", "at"),
        Index("ix_audit_entry_subject", "tenant", "subject", "at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    at: int = instant()
    actor: str = Field(max_length=32)
    role: str = Field(max_length=12)
    action: str = Field(max_length=60)
    kind: str = Field(max_length=20)
    subject: str = Field(max_length=100)
    facts: str = Field(sa_type=Text)
