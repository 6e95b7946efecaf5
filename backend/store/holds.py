"""The steps of reviews, which are only ever added to.

Leans on the primary key (tenant, account, n). Whoever writes here holds the ledger's lock.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, tuple_
from sqlmodel import Session, col

from backend.domain.holds import Hold, HoldStep
from backend.domain.instants import Instant
from backend.store.tables.disputes import HoldRow


def list_steps(session: Session, tenant: str, account: str) -> list[Hold]:
    """Return the steps of an account's reviews, the oldest first."""
    found = session.execute(
        select(HoldRow)
        .where(col(HoldRow.tenant) == tenant, col(HoldRow.account) == account)
        .order_by(col(HoldRow.n))
    )
    return [_to_hold(row) for row in found.scalars()]


def find_last(session: Session, tenant: str, account: str) -> Hold | None:
    """Return the last step of an account's reviews."""
    row = session.execute(
        select(HoldRow)
        .where(col(HoldRow.tenant) == tenant, col(HoldRow.account) == account)
        .order_by(col(HoldRow.n).desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else _to_hold(row)


def find_held(session: Session, tenant: str, accounts: Iterable[str]) -> frozenset[str]:
    """Return those of the accounts that are under review."""
    wanted = sorted(set(accounts))
    if not wanted:
        return frozenset()
    last = (
        select(col(HoldRow.account), func.max(HoldRow.n))
        .where(col(HoldRow.tenant) == tenant, col(HoldRow.account).in_(wanted))
        .group_by(col(HoldRow.account))
    )
    found = session.execute(
        select(col(HoldRow.account)).where(
            col(HoldRow.tenant) == tenant,
            tuple_(col(HoldRow.account), col(HoldRow.n)).in_(last),
            col(HoldRow.step) == HoldStep.ACTIVE.value,
        )
    )
    return frozenset(found.scalars())


def find_confirmed(session: Session, tenant: str, accounts: Iterable[str]) -> frozenset[str]:
    """Return those of the accounts that a review was ever confirmed of."""
    found = session.execute(
        select(col(HoldRow.account)).where(
            col(HoldRow.tenant) == tenant,
            col(HoldRow.account).in_(sorted(set(accounts))),
            col(HoldRow.step) == HoldStep.CONFIRMED.value,
        )
    )
    return frozenset(found.scalars())


def add(session: Session, tenant: str, hold: Hold) -> None:
    """Store a step."""
    session.add(
        HoldRow(
            tenant=tenant,
            account=hold.account,
            n=hold.n,
            step=hold.step.value,
            reason=hold.reason,
            by=hold.by,
            at=hold.at,
        )
    )
    session.flush()


def _to_hold(row: HoldRow) -> Hold:
    return Hold(
        account=row.account,
        n=row.n,
        step=HoldStep(row.step),
        reason=row.reason,
        by=row.by,
        at=Instant(row.at),
    )
