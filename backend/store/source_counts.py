"""Counts raw events by what they say of where they came from, for some sites and days.

Leans on the primary keys of `event` (tenant, day, at, ...) and `share`: events are read once a
kind, however many names there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, select
from sqlmodel import Session, col

from backend.domain.events import EventKind
from backend.domain.instants import DAY, Day
from backend.domain.sources import NAME_CHARACTERS, REST, TOP, SourceKind
from backend.store.tables.events import EventRow, ShareRow

Where = Sequence[ColumnElement[bool]]
NameCounts = dict[tuple[SourceKind, str], int]


def events_of(tenant: str, sites: Sequence[str], *, first: Day, last: Day | None = None) -> Where:
    """Return the conditions of the events of some sites from `first` to `last`, both included."""
    within = [col(EventRow.day) >= first, *([] if last is None else [col(EventRow.day) <= last])]
    if first == last:
        within = [col(EventRow.day) == first]
    return (col(EventRow.tenant) == tenant, *within, col(EventRow.site).in_(sites))


def count_names(
    session: Session, where: Where, *, has_shares: bool
) -> Mapping[tuple[str, int], NameCounts]:
    """Return the counts of each site and day; without `has_shares` those of views alone."""
    found: defaultdict[tuple[str, int], NameCounts] = defaultdict(dict)
    for kind, name in _VIEW_NAMES.items():
        for row in session.execute(_select_views(where, name)):
            found[row.site, row.day][kind, row.name] = int(row.number)
    if not has_shares:
        return found
    for row in session.execute(_select_shares(where)):
        counts = found[row.site, row.day]
        counts[SourceKind.SHARES, row.name] = row.number
        if row.counted:
            counts[SourceKind.COUNTED, row.name] = int(row.counted)
    for row in session.execute(_select_clicks(where)):
        counts = found[row.site, row.day]
        counts[SourceKind.CLICKS, row.name] = row.number
        if row.proved:
            counts[SourceKind.PROVED, row.name] = row.proved
    return found


def _select_views(where: Where, name: Any) -> Select[Any]:
    """Return the query of views by name: the most frequent ones, and the rest as one."""
    # The names are columns of subqueries: PostgreSQL takes an expression with a bound value in
    # the list and in GROUP BY for two.
    event = col(EventRow.site), col(EventRow.day), name.label("name")
    named = select(*event).where(*where, col(EventRow.kind) == EventKind.VIEW.value).subquery()
    by_name = (
        select(named.c.site, named.c.day, named.c.name, func.count().label("number"))
        .group_by(named.c.site, named.c.day, named.c.name)
        .subquery()
    )
    place = func.row_number().over(
        partition_by=(by_name.c.site, by_name.c.day),
        order_by=(by_name.c.number.desc(), by_name.c.name),
    )
    ranked = select(by_name, place.label("place")).subquery()
    is_shown = ranked.c.place <= TOP
    shown = select(
        ranked.c.site,
        ranked.c.day,
        case((is_shown, ranked.c.name), else_=REST).label("name"),
        ranked.c.number,
    ).subquery()
    summed: Any = select(
        shown.c.site, shown.c.day, shown.c.name, func.sum(shown.c.number).label("number")
    )
    grouped: Select[Any] = summed.group_by(shown.c.site, shown.c.day, shown.c.name)
    return grouped


def _select_shares(where: Where) -> Select[Any]:
    """Return the query of shares by platform, on the day of their event."""
    counted: Any = (
        select(
            col(EventRow.site),
            col(EventRow.day),
            col(ShareRow.platform).label("name"),
            func.count().label("number"),
            func.sum(case((col(ShareRow.is_counted), 1), else_=0)).label("counted"),
        )
        .join(ShareRow, _is_share(EventRow.id))
        .where(*where, col(EventRow.kind) == EventKind.SHARE.value)
        .group_by(col(EventRow.site), col(EventRow.day), col(ShareRow.platform))
    )
    grouped: Select[Any] = counted
    return grouped


def _select_clicks(where: Where) -> Select[Any]:
    """Return the query of clicks by the platform of their share."""
    first = col(ShareRow.proved_at)
    begin = col(EventRow.day) * literal_column(str(DAY))
    is_first = and_(first >= begin, first < begin + literal_column(str(DAY)))
    platform = func.coalesce(col(ShareRow.platform), literal_column("''"))
    clicks = (
        select(
            col(EventRow.site),
            col(EventRow.day),
            platform.label("name"),
            case((is_first, col(ShareRow.id))).label("proved"),
        )
        .outerjoin(ShareRow, _is_share(EventRow.via))
        .where(*where, col(EventRow.kind) == EventKind.REFERRAL_CLICK.value)
        .subquery()
    )
    return select(
        clicks.c.site,
        clicks.c.day,
        clicks.c.name,
        func.count().label("number"),
        func.count(clicks.c.proved.distinct()).label("proved"),
    ).group_by(clicks.c.site, clicks.c.day, clicks.c.name)


def _is_share(identifier: Any) -> ColumnElement[bool]:
    return and_(
        col(ShareRow.tenant) == col(EventRow.tenant),
        col(ShareRow.site) == col(EventRow.site),
        col(ShareRow.id) == col(identifier),
    )


def count_visitors(session: Session, where: Where) -> dict[tuple[str, int], int]:
    """Return how many distinct visitors each site and day had."""
    found = session.execute(
        select(
            col(EventRow.site),
            col(EventRow.day),
            func.count(col(EventRow.visitor).distinct()).label("visitors"),
        )
        .where(*where)
        .group_by(col(EventRow.site), col(EventRow.day))
    )
    return {(row.site, row.day): row.visitors for row in found}


_VIEW_NAMES: dict[SourceKind, Any] = {
    SourceKind.REFERRER: func.coalesce(col(EventRow.referrer_host), literal_column("''")),
    SourceKind.COUNTRY: func.coalesce(col(EventRow.country), literal_column("''")),
    SourceKind.DEVICE: func.coalesce(col(EventRow.device), literal_column("''")),
    SourceKind.PAGE: func.substr(
        col(EventRow.page), literal_column("1"), literal_column(str(NAME_CHARACTERS))
    ),
}
