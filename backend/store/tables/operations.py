"""What operators did, flags, checks, and how jobs went.

Triggers refuse every change of what operators did (see the migration).
"""

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


class FlagRow(Row, table=True):
    """A feature that some have; `accounts` and `tiers` are words between spaces."""

    __tablename__ = "feature_flag"

    name: str = Field(primary_key=True, max_length=40)
    description: str = Field(max_length=300)
    is_on: bool
    percent: int
    accounts: str = Field(sa_type=Text)
    tiers: str = Field(max_length=60)
    changed_at: int = instant()
    changed_by: str = Field(max_length=32)


class CheckRow(Row, table=True):
    """A comparison of everything that is kept with the facts; `found` is a JSON list."""

    __tablename__ = "check_run"

    id: str = Field(primary_key=True, max_length=32)
    by: str = Field(max_length=32)
    started_at: int = instant()
    ended_at: int = instant()
    differences: int
    found: str = Field(sa_type=Text)


class JobRow(Row, table=True):
    """How a kind of job went last; `schedule` says when the clock starts it, None never."""

    __tablename__ = "job"

    name: str = Field(primary_key=True, max_length=60)
    schedule: str | None = Field(default=None, max_length=40)
    started_at: int | None = instant(default=None)
    ended_at: int | None = instant(default=None)
    outcome: str = Field(default="", max_length=12)
    reason: str = Field(default="", max_length=300)
    number: int = 0


class JobFailureRow(Row, table=True):
    """A job that was given up; `id` is the engine's, which has what the job was told."""

    __tablename__ = "job_failure"
    __table_args__ = (Index("ix_job_failure_at", "tenant", "at"),)

    id: str = Field(primary_key=True, max_length=100)
    name: str = Field(max_length=60)
    at: int = instant()
    reason: str = Field(default="", max_length=300)
    retried_at: int | None = instant(default=None)
