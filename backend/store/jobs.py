"""How jobs went. Leans on the primary keys and `ix_job_failure_at`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.jobs import Job, JobFailure
from backend.store.tables.operations import JobFailureRow, JobRow


def save_schedules(session: Session, tenant: str, schedules: Mapping[str, str]) -> None:
    """Note when the clock starts which job; others are started by nobody but actions."""
    session.connection().execute(
        update(JobRow).where(col(JobRow.tenant) == tenant).values(schedule=None)
    )
    for name, schedule in sorted(schedules.items()):
        _put(session, tenant, name, {"schedule": schedule})


def save_run(session: Session, tenant: str, job: Job) -> None:
    """Note how a job went; when the clock starts it stays as it is."""
    values = {
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "outcome": job.outcome,
        "reason": job.reason,
        "number": job.number,
    }
    _put(session, tenant, job.name, values)


def add_failure(session: Session, tenant: str, failure: JobFailure, *, before: Instant) -> None:
    """Store a failure once, and forget those from before an instant."""
    session.merge(
        JobFailureRow(
            tenant=tenant,
            id=failure.id,
            name=failure.name,
            at=failure.at,
            reason=failure.reason,
            retried_at=None,
        )
    )
    session.flush()
    session.connection().execute(
        delete(JobFailureRow).where(
            col(JobFailureRow.tenant) == tenant, col(JobFailureRow.at) < before
        )
    )


def list_jobs(session: Session, tenant: str) -> list[Job]:
    """Return every kind of job by its name."""
    found = session.execute(
        select(JobRow).where(col(JobRow.tenant) == tenant).order_by(col(JobRow.name))
    )
    return [_to_job(row) for row in found.scalars()]


def list_failures(session: Session, tenant: str, *, limit: int) -> list[JobFailure]:
    """Return the last failures, the newest first."""
    found = session.execute(
        select(JobFailureRow)
        .where(col(JobFailureRow.tenant) == tenant)
        .order_by(col(JobFailureRow.at).desc())
        .limit(limit)
    )
    return [_to_failure(row) for row in found.scalars()]


def count_open_failures(session: Session, tenant: str) -> int:
    """Return how many failures nobody has tried again."""
    found = session.execute(
        select(func.count())
        .select_from(JobFailureRow)
        .where(col(JobFailureRow.tenant) == tenant, col(JobFailureRow.retried_at).is_(None))
    )
    return int(found.scalar_one())


def mark_retried(session: Session, tenant: str, failure: str, at: Instant) -> JobFailure | None:
    """Note that a failure is tried again; return it, None if it is unknown or that was done."""
    done = session.connection().execute(
        update(JobFailureRow)
        .where(
            col(JobFailureRow.tenant) == tenant,
            col(JobFailureRow.id) == failure,
            col(JobFailureRow.retried_at).is_(None),
        )
        .values(retried_at=at)
    )
    if done.rowcount != 1:
        return None
    row = session.execute(
        select(JobFailureRow).where(
            col(JobFailureRow.tenant) == tenant, col(JobFailureRow.id) == failure
        )
    ).scalar_one()
    return _to_failure(row)


def _put(session: Session, tenant: str, name: str, values: dict[str, Any]) -> None:
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    table: Any = JobRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    fresh = {"outcome": "", "reason": "", "number": 0} | values
    storing = dialect.insert(table).values(tenant=tenant, name=name, **fresh)
    session.connection().execute(
        storing.on_conflict_do_update(index_elements=["tenant", "name"], set_=values)
    )


def _to_job(row: JobRow) -> Job:
    return Job(
        name=row.name,
        schedule=row.schedule,
        started_at=_instant(row.started_at),
        ended_at=_instant(row.ended_at),
        outcome=row.outcome,
        reason=row.reason,
        number=row.number,
    )


def _to_failure(row: JobFailureRow) -> JobFailure:
    return JobFailure(
        id=row.id,
        name=row.name,
        at=Instant(row.at),
        reason=row.reason,
        retried_at=_instant(row.retried_at),
    )


def _instant(at: int | None) -> Instant | None:
    return None if at is None else Instant(at)
