"""Shares that wait with a case, and those around them. Leans on `ix_share_case` and
`ix_share_site_at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, select, update
from sqlmodel import Session, col

from backend.domain.fraud_cases import Case
from backend.domain.instants import MINUTE, Instant
from backend.domain.shares import Platform, share_points
from backend.store.tables.events import ShareRow
from backend.store.tables.fraud import FraudCaseRow
from backend.store.tables.sites import ScoreRow

SHARES_SHOWN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldShare:
    """A share of a case, or beside it."""

    id: str
    platform: str
    at: Instant
    is_due: bool
    is_held: bool


def list_due(session: Session, case: Case) -> list[HeldShare]:
    """Return the shares of a case that the rule of what counts lets count, in their order."""
    found = session.execute(
        select(ShareRow)
        .where(
            col(ShareRow.tenant) == case.tenant,
            col(ShareRow.fraud_case) == case.id,
            col(ShareRow.is_due),
        )
        .order_by(col(ShareRow.at))
    )
    return [_to_share(row, case) for row in found.scalars()]


def let_count(session: Session, case: Case, due: Sequence[HeldShare]) -> None:
    """Let shares of a case count."""
    rows = [
        {
            "of_tenant": case.tenant,
            "of_site": case.site,
            "of_id": share.id,
            "points": share_points(Platform(share.platform)),
        }
        for share in due
    ]
    if rows:
        session.connection().execute(_COUNT, rows)


def count_by_minute(
    session: Session, case: Case, *, first: Instant, last: Instant
) -> dict[int, tuple[int, int]]:
    """Return the shares of the case's site by minute since 1970: all of them, and held ones."""
    found = session.execute(
        select(col(ShareRow.at), col(ShareRow.fraud_case))
        .where(
            col(ShareRow.tenant) == case.tenant,
            col(ShareRow.site) == case.site,
            col(ShareRow.at).between(first, last),
        )
        .order_by(col(ShareRow.at))
        .limit(SHARES_SHOWN)
    )
    minutes: dict[int, tuple[int, int]] = {}
    for at, held_by in found:
        every, held = minutes.get(at // MINUTE, (0, 0))
        minutes[at // MINUTE] = (every + 1, held + (held_by == case.id))
    return minutes


def count_held(session: Session, tenant: str, case: str) -> int:
    """Return how many shares belong to a case."""
    return int(
        session.execute(
            select(func.count())
            .select_from(ShareRow)
            .where(col(ShareRow.tenant) == tenant, col(ShareRow.fraud_case) == case)
        ).scalar_one()
    )


def has_site(session: Session, case: Case) -> bool:
    """Tell whether the site of a case is still there."""
    return session.get(ScoreRow, (case.tenant, case.site)) is not None


def find_strays(session: Session, *, limit: int = 100) -> list[tuple[str, str]]:
    """Return shares that name a case that there is not, as site and share."""
    found = session.execute(
        select(col(ShareRow.site), col(ShareRow.id))
        .outerjoin(
            FraudCaseRow,
            and_(
                col(FraudCaseRow.tenant) == col(ShareRow.tenant),
                col(FraudCaseRow.id) == col(ShareRow.fraud_case),
            ),
        )
        .where(col(ShareRow.fraud_case).is_not(None), col(FraudCaseRow.id).is_(None))
        .limit(limit)
    )
    return [(row.site, row.id) for row in found]


_COUNT = (
    update(ShareRow)
    .where(
        col(ShareRow.tenant) == bindparam("of_tenant"),
        col(ShareRow.site) == bindparam("of_site"),
        col(ShareRow.id) == bindparam("of_id"),
    )
    .values(is_counted=True, points=bindparam("points"))
)


def _to_share(row: ShareRow, case: Case) -> HeldShare:
    return HeldShare(
        id=row.id,
        platform=row.platform,
        at=Instant(row.at),
        is_due=row.is_due,
        is_held=row.fraud_case == case.id,
    )
