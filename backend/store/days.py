"""Days of sites that are over: how many visitors they had.

Leans on `ix_site_day_open`, which holds only days that are not closed, and on the primary keys of
`site_day` and of `event` (tenant, day, at, ...): a day's events are read in one pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session, col

from backend.domain.instants import Day
from backend.store.events import DayRef
from backend.store.tables.events import EventRow, SiteDayRow


def find_open_days(session: Session, *, since: Day, before: Day, limit: int) -> list[DayRef]:
    """Return days from `since` on and before `before` whose visitors are not counted yet."""
    key = (col(SiteDayRow.tenant), col(SiteDayRow.day), col(SiteDayRow.site))
    found = session.execute(
        select(*key)
        .where(
            col(SiteDayRow.visitors).is_(None),
            col(SiteDayRow.day) >= since,
            col(SiteDayRow.day) < before,
        )
        .order_by(*key)
        .limit(limit)
    )
    return [(row.tenant, row.site, Day(row.day)) for row in found]


def count_visitors(session: Session, days: Iterable[DayRef]) -> dict[DayRef, int]:
    """Return how many distinct visitors the raw events of each day are from."""
    wanted = sorted((tenant, day, site) for tenant, site, day in days)
    counted = {(tenant, site, day): 0 for tenant, day, site in wanted}
    for (tenant, day), refs in groupby(wanted, key=lambda ref: ref[:2]):
        found = session.execute(
            select(
                col(EventRow.site), func.count(col(EventRow.visitor).distinct()).label("visitors")
            )
            .where(
                col(EventRow.tenant) == tenant,
                col(EventRow.day) == day,
                col(EventRow.site).in_([ref[2] for ref in refs]),
            )
            .group_by(col(EventRow.site))
        )
        counted |= {(tenant, row.site, day): row.visitors for row in found}
    return counted


def close_days(session: Session, visitors: Mapping[DayRef, int]) -> None:
    """Store the visitors of days. The caller holds the sites' locks."""
    rows: Sequence[dict[str, object]] = [
        {
            "of_tenant": tenant,
            "of_site": site,
            "of_day": day,
            "visitors": visitors[tenant, site, day],
        }
        for tenant, site, day in sorted(visitors)
    ]
    if rows:
        session.connection().execute(_CLOSE, rows)


_CLOSE = (
    update(SiteDayRow)
    .where(
        col(SiteDayRow.tenant) == bindparam("of_tenant"),
        col(SiteDayRow.site) == bindparam("of_site"),
        col(SiteDayRow.day) == bindparam("of_day"),
    )
    .values(visitors=bindparam("visitors"))
)
