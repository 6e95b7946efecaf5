"""Keeps the weeks of sources, and reads periods with them.

A page about a year and the year before would add up half a million daily rows of an owner with ten
sites, and the database would sort all of them by name: a second. So a job adds up each week that
is over, for each site and for all sites of an account, and keeps it as one row with its names in
JSON. Weeks are a cache: what changes a day forgets its weeks, and a week that is not there is read
from its days.

Leans on the primary keys of `source_week` (tenant, account, site, week), `source_day` and
`site_source`, and on `uq_site_account_url`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Integer, and_, delete, func, literal_column, select, tuple_
from sqlmodel import Session, col

from backend.domain.actors import Actor, owner_of
from backend.domain.instants import Day
from backend.domain.periods import Period
from backend.domain.source_weeks import (
    WEEK,
    WeekRef,
    add_counts,
    days_outside,
    keep_most,
    week_of,
    weeks_within,
)
from backend.domain.sources import Counts, SourceKind
from backend.store.bulk import insert_many
from backend.store.events import DayRef
from backend.store.ownership import owned
from backend.store.scores import lock_sites
from backend.store.tables.sites import SiteRow
from backend.store.tables.statistics import SiteSourceRow, SourceDayRow, SourceWeekRow

_PACKED = msgspec.json.Decoder(list[tuple[SourceKind, str, int]])


def sum_names(session: Session, actor: Actor, site: str | None, period: Period) -> Counts:
    """Return the counts of every name in a period, of one own site or of all."""
    weeks = weeks_within(period)
    kept = owned(select(col(SourceWeekRow.week), col(SourceWeekRow.counts)), SourceWeekRow, actor)
    found = session.execute(
        kept.where(
            col(SourceWeekRow.site) == (site or ""),
            col(SourceWeekRow.week) >= weeks.start,
            col(SourceWeekRow.week) < weeks.stop,
        )
    )
    parts = {int(row.week): _unpack(row.counts) for row in found}
    rest = [
        _sum_days(session, actor, site, first, last) for first, last in days_outside(period, parts)
    ]
    return add_counts(iter([*parts.values(), *rest]))


def find_missing(session: Session, before: int, *, limit: int) -> list[WeekRef]:
    """Return weeks before the week `before` whose days have sources, and that are not kept: at
    most `limit` of single sites and as many of all sites.
    """
    week = (col(SourceDayRow.day) // literal_column(str(WEEK), Integer)).label("week")
    missing: list[WeekRef] = []
    scopes: tuple[Any, ...] = (col(SourceDayRow.site), literal_column("''"))
    for site in scopes:
        statement = (
            select(col(SiteRow.tenant), col(SiteRow.account), site.label("site"), week)
            .select_from(SourceDayRow)
            .join(
                SiteRow,
                and_(
                    col(SiteRow.tenant) == col(SourceDayRow.tenant),
                    col(SiteRow.id) == col(SourceDayRow.site),
                ),
            )
            .outerjoin(
                SourceWeekRow,
                and_(
                    col(SourceWeekRow.tenant) == col(SiteRow.tenant),
                    col(SourceWeekRow.account) == col(SiteRow.account),
                    col(SourceWeekRow.site) == site,
                    col(SourceWeekRow.week) == week.element,
                ),
            )
            .where(col(SourceDayRow.day) < before * WEEK, col(SourceWeekRow.week).is_(None))
            .distinct()
            .limit(limit)
        )
        missing += [
            WeekRef(tenant=row.tenant, account=row.account, site=row.site, week=int(row.week))
            for row in session.execute(statement)
        ]
    return missing


def keep_weeks(session: Session, refs: Sequence[WeekRef]) -> None:
    """Add up and store weeks. Those of sites that were removed meanwhile are left out."""
    owners = sorted({(ref.tenant, ref.account) for ref in refs})
    place = (col(SiteRow.tenant), col(SiteRow.account))
    known = select(*place, col(SiteRow.id)).where(tuple_(*place).in_(owners))
    # Under their locks no day of these sites changes, and none of them goes.
    lock_sites(session, sorted((row.tenant, row.id) for row in session.execute(known)))
    there = {(row.tenant, row.account, row.id) for row in session.execute(known)}
    there |= {(tenant, account, "") for tenant, account, _site in there}
    _SAVE.run(
        session.connection(),
        [
            (ref.tenant, ref.account, ref.site, ref.week, _pack(keep_most(sum_week(session, ref))))
            for ref in refs
            if (ref.tenant, ref.account, ref.site) in there
        ],
    )


def forget_weeks(session: Session, days: Iterable[DayRef]) -> None:
    """Delete the weeks that hold days whose sources change."""
    weeks = {(tenant, site, week_of(day)) for tenant, site, day in days}
    if not weeks:
        return
    key = (col(SiteRow.tenant), col(SiteRow.id))
    refs = sorted({(tenant, site) for tenant, site, _week in weeks})
    rows = session.execute(select(*key, col(SiteRow.account)).where(tuple_(*key).in_(refs)))
    owners = {(row.tenant, row.id): row.account for row in rows}
    keys = sorted(
        (tenant, owners[tenant, site], scope, week)
        for tenant, site, week in weeks
        if (tenant, site) in owners
        for scope in ("", site)
    )
    session.connection().execute(delete(SourceWeekRow).where(tuple_(*_KEY).in_(keys)))


def forget_site(session: Session, actor: Actor, site: str) -> None:
    """Delete the weeks of an own site, and those of all sites that it is part of."""
    session.connection().execute(
        owned(delete(SourceWeekRow), SourceWeekRow, actor).where(
            col(SourceWeekRow.site).in_(("", site))
        )
    )


def list_kept(
    session: Session, *, after: WeekRef | None, limit: int
) -> list[tuple[WeekRef, Counts]]:
    """Return some of the kept weeks in the order of their key."""
    statement = select(SourceWeekRow).order_by(*_KEY).limit(limit)
    if after is not None:
        place = (after.tenant, after.account, after.site, after.week)
        statement = statement.where(tuple_(*_KEY) > place)
    return [
        (
            WeekRef(tenant=row.tenant, account=row.account, site=row.site, week=row.week),
            _unpack(row.counts),
        )
        for row in session.execute(statement).scalars()
    ]


def sum_week(session: Session, ref: WeekRef) -> Counts:
    """Return the counts of a week from its days."""
    owner = owner_of(ref.tenant, ref.account)
    return _sum_days(session, owner, ref.site or None, ref.first, ref.last)


def _sum_days(session: Session, actor: Actor, site: str | None, first: Day, last: Day) -> Counts:
    key = (col(SiteSourceRow.kind), col(SiteSourceRow.name))
    statement = select(*key, func.sum(col(SiteSourceRow.count)).label("number")).where(
        col(SiteSourceRow.day) >= first, col(SiteSourceRow.day) <= last
    )
    if site is not None:
        statement = statement.where(col(SiteSourceRow.site) == site)
    found = session.execute(owned(statement, SiteSourceRow, actor).group_by(*key))
    return {(SourceKind(kind), name): int(number) for kind, name, number in found}


def _pack(counts: Counts) -> str:
    rows = sorted((kind.value, name, number) for (kind, name), number in counts.items())
    return msgspec.json.encode(rows).decode()


def _unpack(packed: str) -> dict[tuple[SourceKind, str], int]:
    return {(kind, name): number for kind, name, number in _PACKED.decode(packed)}


_KEY: tuple[Any, ...] = (
    col(SourceWeekRow.tenant),
    col(SourceWeekRow.account),
    col(SourceWeekRow.site),
    col(SourceWeekRow.week),
)
_SAVE = insert_many(
    SourceWeekRow.__table__,  # type: ignore[attr-defined]  # SQLModel makes it
    ("tenant", "account", "site", "week", "counts"),
    on_conflict="ON CONFLICT (tenant, account, site, week) DO UPDATE SET counts = excluded.counts",
)
