"""Keeps where the views and shares of days come from.

Leans on `ix_site_day_open` and on the primary keys of `site_day`, `source_day` and `site_source`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, tuple_
from sqlmodel import Session, col

from backend.domain.instants import Day, Instant
from backend.domain.sources import OF_VIEWS, SourceDay, SourceKind, SourceRecord
from backend.store.bulk import insert_many
from backend.store.events import DayRef
from backend.store.scores import SiteRef, lock_sites
from backend.store.source_counts import NameCounts, count_names, count_visitors, events_of
from backend.store.source_weeks import forget_weeks
from backend.store.tables.events import SiteDayRow
from backend.store.tables.sites import ScoreRow
from backend.store.tables.statistics import SiteSourceRow, SourceDayRow


def find_stale(
    session: Session, *, since: Day, is_open: bool, after: tuple[str, Day, str] | None, limit: int
) -> list[tuple[DayRef, int]]:
    """Return days from `since` on whose sources are not those of all their events, in the order of
    tenant, day and site, each with what its `seen` should be.

    Of the days that are open, or of those that are closed; `after` is where the last page ended.
    """
    key = (col(SiteDayRow.tenant), col(SiteDayRow.day), col(SiteDayRow.site))
    has_visitors = col(SiteDayRow.visitors)
    statement = (
        select(*key, _seen().label("seen"))
        .outerjoin(SourceDayRow, _same_day(SourceDayRow))
        .where(
            has_visitors.is_(None) if is_open else has_visitors.is_not(None),
            col(SiteDayRow.day) >= since,
            or_(col(SourceDayRow.seen).is_(None), col(SourceDayRow.seen) != _seen()),
        )
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*after))
    found = session.execute(statement)
    return [((row.tenant, row.site, Day(row.day)), int(row.seen)) for row in found]


def count_sources(
    session: Session, stale: Iterable[tuple[DayRef, int]], *, shares_since: Day, now: Instant
) -> list[SourceDay]:
    """Return the sources of days by their raw events. Shares are counted from `shares_since` on."""
    by_day: defaultdict[tuple[str, Day], dict[str, int]] = defaultdict(dict)
    for (tenant, site, day), seen in stale:
        by_day[tenant, day][site] = seen
    found: list[SourceDay] = []
    for (tenant, day), sites in by_day.items():
        where = events_of(tenant, sorted(sites), first=day, last=day)
        has_shares = day >= shares_since
        counts = count_names(session, where, has_shares=has_shares)
        visitors = count_visitors(session, where)
        found += [
            SourceDay(
                tenant=tenant,
                site=site,
                day=day,
                seen=seen,
                visitors=visitors.get((site, day), 0),
                as_of=now,
                counts=counts.get((site, day), {}),
                has_shares=has_shares,
            )
            for site, seen in sites.items()
        ]
    return found


def save_sources(session: Session, days: Sequence[SourceDay]) -> None:
    """Store the sources of days in place of what was kept, unless that is of a later moment.

    Days of sites that were removed meanwhile are left out.
    """
    refs = sorted({(day.tenant, day.site) for day in days})
    lock_sites(session, refs)
    there = _find_sites(session, refs)
    connection = session.connection()
    known = [day for day in days if (day.tenant, day.site) in there]
    rows = [(day.tenant, day.site, day.day, day.seen, day.visitors, day.as_of) for day in known]
    written = set(_SAVE_DAY.fetch(connection, rows))
    kept = [day for day in known if (day.tenant, day.site, day.day) in written]
    forget_weeks(session, ((day.tenant, day.site, day.day) for day in kept))
    for has_shares in (True, False):
        some = [(day.tenant, day.site, day.day) for day in kept if day.has_shares is has_shares]
        _delete_counts(session, some, kinds=_kinds(has_shares=has_shares))
    _SAVE_COUNT.run(
        connection,
        [
            (day.tenant, day.site, day.day, kind.value, name, number)
            for day in kept
            for (kind, name), number in day.counts.items()
        ],
    )


def read_records(
    session: Session, tenant: str, sites: Sequence[str], *, since: Day, shares_since: Day
) -> Iterator[SourceRecord]:
    """Give the closed days of some sites from `since` on, with their sources by raw events."""
    where = events_of(tenant, sites, first=since)
    counts = count_names(session, where, has_shares=True)
    visitors = count_visitors(session, where)
    stored = _read_stored(session, tenant, sites, since)
    is_wanted = (col(SiteDayRow.tenant) == tenant, col(SiteDayRow.site).in_(sites))
    rows = session.execute(
        select(
            SiteDayRow,
            col(SourceDayRow.seen),
            col(SourceDayRow.visitors),
            col(SourceDayRow.as_of),
        )
        .outerjoin(SourceDayRow, _same_day(SourceDayRow))
        .where(*is_wanted, col(SiteDayRow.day) >= since, col(SiteDayRow.visitors).is_not(None))
        .order_by(col(SiteDayRow.site), col(SiteDayRow.day))
    )
    for day, seen, known, as_of in rows:
        ref = (day.site, day.day)
        common: dict[str, Any] = {"tenant": tenant, "site": day.site, "day": Day(day.day)}
        has_shares = day.day >= shares_since
        kept = None
        if seen is not None:
            kept = SourceDay(
                **common, seen=seen, visitors=known, as_of=as_of, counts=stored.get(ref, {})
            )
        yield SourceRecord(
            stored=kept,
            raw=SourceDay(
                **common,
                seen=day.views + day.shares + day.counted_shares + day.referral_clicks,
                visitors=visitors.get(ref, 0),
                as_of=Instant(0),
                counts=counts.get(ref, {}),
                has_shares=has_shares,
            ),
        )


def _seen() -> ColumnElement[int]:
    """Return how many events of a stored day its sources are of; a share that counts is two."""
    day = SiteDayRow
    return col(day.views) + col(day.shares) + col(day.counted_shares) + col(day.referral_clicks)


def _same_day(table: Any) -> ColumnElement[bool]:
    return and_(
        table.tenant == col(SiteDayRow.tenant),
        table.site == col(SiteDayRow.site),
        table.day == col(SiteDayRow.day),
    )


def _find_sites(session: Session, refs: Sequence[SiteRef]) -> set[SiteRef]:
    key = (col(ScoreRow.tenant), col(ScoreRow.site))
    found = session.execute(select(*key).where(tuple_(*key).in_(refs)))
    return {(row.tenant, row.site) for row in found}


def _delete_counts(
    session: Session, refs: Sequence[DayRef], *, kinds: Sequence[SourceKind]
) -> None:
    key = tuple_(col(SiteSourceRow.tenant), col(SiteSourceRow.site), col(SiteSourceRow.day))
    if refs:
        session.connection().execute(
            delete(SiteSourceRow).where(key.in_(refs), col(SiteSourceRow.kind).in_(kinds))
        )


def _kinds(*, has_shares: bool) -> list[SourceKind]:
    return list(SourceKind) if has_shares else list(OF_VIEWS)


def _read_stored(
    session: Session, tenant: str, sites: Sequence[str], since: Day
) -> Mapping[tuple[str, int], NameCounts]:
    stored: defaultdict[tuple[str, int], NameCounts] = defaultdict(dict)
    rows = session.execute(
        select(SiteSourceRow).where(
            col(SiteSourceRow.tenant) == tenant,
            col(SiteSourceRow.site).in_(sites),
            col(SiteSourceRow.day) >= since,
        )
    ).scalars()
    for row in rows:
        stored[row.site, row.day][SourceKind(row.kind), row.name] = row.count
    return stored


_SAVE_DAY = insert_many(
    SourceDayRow.__table__,  # type: ignore[attr-defined]  # SQLModel makes it
    ("tenant", "site", "day", "seen", "visitors", "as_of"),
    on_conflict="ON CONFLICT (tenant, site, day) DO UPDATE SET seen = excluded.seen,"
    " visitors = excluded.visitors, as_of = excluded.as_of"
    " WHERE source_day.as_of <= excluded.as_of RETURNING tenant, site, day",
)
_SAVE_COUNT = insert_many(
    SiteSourceRow.__table__,  # type: ignore[attr-defined]  # as above
    ("tenant", "site", "day", "kind", "name", "count"),
)
