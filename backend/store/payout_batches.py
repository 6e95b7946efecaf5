"""Batches of payouts, who approved them, their files, and the returns that were read.

Leans on the primary keys, `uq_payout_batch_open_for` and `ix_payout_batch_state`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.destinations import Method
from backend.domain.instants import Day, Instant
from backend.domain.payouts import Approval, Batch, BatchState
from backend.errors import NotFound
from backend.store.tables.payouts import (
    ApprovalRow,
    BatchRow,
    PayoutFileRow,
    PayoutReturnRow,
)

_BATCHES: Any = BatchRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
_APPROVALS: Any = ApprovalRow.__table__  # type: ignore[attr-defined]  # as above
_RETURNS: Any = PayoutReturnRow.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A batch's file as it is kept: `sealed` opens with the service's secret."""

    name: str
    media_type: str
    sha256: str
    lines: int
    total: int
    sealed: bytes


def get(session: Session, tenant: str, batch: str, *, is_locked: bool = False) -> Batch:
    """Return a batch; locked, nobody else changes it until the transaction ends.

    Raises NotFound.
    """
    statement = select(BatchRow).where(col(BatchRow.tenant) == tenant, col(BatchRow.id) == batch)
    if is_locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such batch.")
    return _to_batch(row)


def open_batch(session: Session, tenant: str, fresh: Batch) -> Batch:
    """Return the batch of that method and currency that takes payouts: `fresh`, or one there was.

    It is locked.
    """
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    session.connection().execute(
        dialect.insert(_BATCHES).on_conflict_do_nothing(), _values(tenant, fresh)
    )
    row = session.execute(
        select(BatchRow)
        .where(col(BatchRow.tenant) == tenant, col(BatchRow.open_for) == _open_for(fresh))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    return _to_batch(row)


def save(session: Session, tenant: str, batch: Batch) -> None:
    """Store what became of a batch."""
    values = _values(tenant, batch)
    session.connection().execute(
        update(BatchRow)
        .where(col(BatchRow.tenant) == tenant, col(BatchRow.id) == batch.id)
        .values(values)
    )


def list_batches(
    session: Session, tenant: str, *, state: BatchState | None = None, after: str = "", limit: int
) -> list[Batch]:
    """Return batches, the newest first, from the one after `after` on."""
    statement = select(BatchRow).where(col(BatchRow.tenant) == tenant)
    if state is not None:
        statement = statement.where(col(BatchRow.state) == state.value)
    if after:
        statement = statement.where(col(BatchRow.id) < after)
    found = session.execute(statement.order_by(col(BatchRow.id).desc()).limit(limit))
    return [_to_batch(row) for row in found.scalars()]


def list_approvals(session: Session, tenant: str, batch: str) -> list[Approval]:
    """Return who approved a batch, in the order of time."""
    found = session.execute(
        select(ApprovalRow)
        .where(col(ApprovalRow.tenant) == tenant, col(ApprovalRow.batch) == batch)
        .order_by(col(ApprovalRow.at), col(ApprovalRow.account))
    )
    return [Approval(account=row.account, at=Instant(row.at)) for row in found.scalars()]


def add_approval(session: Session, tenant: str, batch: str, approval: Approval) -> None:
    """Note that an account approved a batch."""
    session.connection().execute(
        insert(_APPROVALS),
        {"tenant": tenant, "batch": batch, "account": approval.account, "at": approval.at},
    )


def drop_approvals(session: Session, tenant: str, batch: str) -> None:
    """Forget who approved a batch: it is no longer what they saw."""
    session.connection().execute(
        delete(ApprovalRow).where(
            col(ApprovalRow.tenant) == tenant, col(ApprovalRow.batch) == batch
        )
    )


def count_files_of(session: Session, tenant: str, day: Day) -> int:
    """Return how many files were written on a day. The caller holds the ledger's lock."""
    found = session.execute(
        select(func.count())
        .select_from(PayoutFileRow)
        .where(col(PayoutFileRow.tenant) == tenant, col(PayoutFileRow.day) == day)
    )
    return int(found.scalar_one())


def add_file(  # noqa: PLR0913  a file's place, each part named
    session: Session, tenant: str, batch: str, file: StoredFile, *, day: Day, number: int
) -> None:
    """Keep the file of a batch."""
    session.connection().execute(
        insert(PayoutFileRow),
        {
            "tenant": tenant,
            "batch": batch,
            "name": file.name,
            "media_type": file.media_type,
            "sha256": file.sha256,
            "lines": file.lines,
            "total": file.total,
            "day": day,
            "number": number,
            "sealed": file.sealed,
        },
    )


def find_file(session: Session, tenant: str, batch: str) -> StoredFile | None:
    """Return the file of a batch."""
    row = session.execute(
        select(PayoutFileRow).where(
            col(PayoutFileRow.tenant) == tenant, col(PayoutFileRow.batch) == batch
        )
    ).scalar_one_or_none()
    if row is None:
        return None
    return StoredFile(
        name=row.name,
        media_type=row.media_type,
        sha256=row.sha256,
        lines=row.lines,
        total=row.total,
        sealed=row.sealed,
    )


def find_report(session: Session, tenant: str, batch: str, sha256: str) -> str | None:
    """Return what came of a return file that was read before."""
    found = session.execute(
        select(col(PayoutReturnRow.report)).where(
            col(PayoutReturnRow.tenant) == tenant,
            col(PayoutReturnRow.batch) == batch,
            col(PayoutReturnRow.sha256) == sha256,
        )
    )
    return found.scalar_one_or_none()


def add_report(  # noqa: PLR0913  a report's facts, each named
    session: Session, tenant: str, batch: str, sha256: str, *, by: str, at: Instant, report: str
) -> None:
    """Keep what came of a return file; the first of two at the same moment counts."""
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    session.connection().execute(
        dialect.insert(_RETURNS).on_conflict_do_nothing(),
        {
            "tenant": tenant,
            "batch": batch,
            "sha256": sha256,
            "uploaded_by": by,
            "uploaded_at": at,
            "report": report,
        },
    )


def _open_for(batch: Batch) -> str:
    return f"{batch.method} {batch.currency}"


def _values(tenant: str, batch: Batch) -> dict[str, object]:
    return {
        "tenant": tenant,
        "id": batch.id,
        "method": batch.method.value,
        "currency": batch.currency,
        "state": batch.state.value,
        "open_for": _open_for(batch) if batch.is_open else None,
        "approvals_needed": batch.approvals_needed,
        "items": batch.items,
        "total": batch.total,
        "created_by": batch.created_by,
        "created_at": batch.created_at,
        "approved_at": batch.approved_at,
        "submitted_by": batch.submitted_by,
        "submitted_at": batch.submitted_at,
        "ended_at": batch.ended_at,
    }


def _to_batch(row: BatchRow) -> Batch:
    return Batch(
        id=row.id,
        method=Method(row.method),
        currency=row.currency,
        state=BatchState(row.state),
        is_open=row.open_for is not None,
        approvals_needed=row.approvals_needed,
        items=row.items,
        total=row.total,
        created_by=row.created_by,
        created_at=Instant(row.created_at),
        approved_at=_instant(row.approved_at),
        submitted_by=row.submitted_by,
        submitted_at=_instant(row.submitted_at),
        ended_at=_instant(row.ended_at),
    )


def _instant(at: int | None) -> Instant | None:
    return None if at is None else Instant(at)
