"""What builds said. Leans on the primary key (tenant, site, build, number)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.builds import Build, LogLine
from backend.domain.instants import Instant
from backend.store.ownership import owned
from backend.store.tables.builds import BuildLineRow

KEPT_LOGS = 20
"""How many builds of one site keep their log."""
LINES_AT_ONCE = 1_000


def append_lines(session: Session, build: Build, lines: Sequence[LogLine]) -> None:
    """Store further lines of a build."""
    session.connection().execute(
        insert(BuildLineRow),
        [
            {
                "tenant": build.tenant,
                "site": build.site,
                "build": build.id,
                "number": line.number,
                "at": line.at,
                "text": line.text,
            }
            for line in lines
        ],
    )


def list_lines(
    session: Session, actor: Actor, site: str, build: str, *, after: int
) -> list[LogLine]:
    """Return the next thousand lines of the build of the actor's site behind line `after`."""
    found = session.execute(
        owned(select(BuildLineRow), BuildLineRow, actor)
        .where(
            col(BuildLineRow.site) == site,
            col(BuildLineRow.build) == build,
            col(BuildLineRow.number) > after,
        )
        .order_by(col(BuildLineRow.number))
        .limit(LINES_AT_ONCE)
    )
    return [
        LogLine(number=row.number, at=Instant(row.at), text=row.text) for row in found.scalars()
    ]


def measure(session: Session, build: Build) -> tuple[int, int]:
    """Return how many lines and characters a build said so far."""
    row = session.execute(
        select(
            func.coalesce(func.max(col(BuildLineRow.number)), 0),
            func.coalesce(func.sum(func.length(col(BuildLineRow.text))), 0),
        ).where(
            col(BuildLineRow.tenant) == build.tenant,
            col(BuildLineRow.site) == build.site,
            col(BuildLineRow.build) == build.id,
        )
    ).one()
    return int(row[0]), int(row[1])


def forget_old(session: Session, tenant: str, site: str) -> None:
    """Delete the logs of a site but those of its newest builds."""
    of_site = (col(BuildLineRow.tenant) == tenant, col(BuildLineRow.site) == site)
    with_logs = select(col(BuildLineRow.build)).where(*of_site, col(BuildLineRow.number) == 1)
    oldest = session.execute(
        with_logs.order_by(col(BuildLineRow.build).desc()).limit(1).offset(KEPT_LOGS - 1)
    ).scalar_one_or_none()
    if oldest is not None:
        old = delete(BuildLineRow).where(*of_site, col(BuildLineRow.build) < oldest)
        session.connection().execute(old)
