"""What checks of the invariants found. Leans on the primary key (tenant, id)."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import delete, select
from sqlmodel import Session, col

from backend.domain.checking import Difference
from backend.domain.checks import CheckRun
from backend.domain.instants import Instant
from backend.store.tables.operations import CheckRow

KEPT = 30


def add(session: Session, tenant: str, run: CheckRun) -> None:
    """Store a run, and forget those before the last `KEPT`."""
    found = json.dumps([asdict(each) for each in run.found], ensure_ascii=False)
    session.add(
        CheckRow(
            tenant=tenant,
            id=run.id,
            by=run.by,
            started_at=run.started_at,
            ended_at=run.ended_at,
            differences=run.differences,
            found=found,
        )
    )
    session.flush()
    kept = select(col(CheckRow.id)).where(col(CheckRow.tenant) == tenant)
    oldest = session.execute(kept.order_by(col(CheckRow.id).desc()).offset(KEPT - 1).limit(1))
    if (last := oldest.scalar_one_or_none()) is not None:
        session.connection().execute(
            delete(CheckRow).where(col(CheckRow.tenant) == tenant, col(CheckRow.id) < last)
        )


def list_runs(session: Session, tenant: str, *, limit: int = KEPT) -> list[CheckRun]:
    """Return the last runs, the newest first."""
    found = session.execute(
        select(CheckRow)
        .where(col(CheckRow.tenant) == tenant)
        .order_by(col(CheckRow.id).desc())
        .limit(limit)
    )
    return [_to_run(row) for row in found.scalars()]


def _to_run(row: CheckRow) -> CheckRun:
    return CheckRun(
        id=row.id,
        by=row.by,
        started_at=Instant(row.started_at),
        ended_at=Instant(row.ended_at),
        differences=row.differences,
        found=tuple(Difference(**each) for each in json.loads(row.found)),
    )
