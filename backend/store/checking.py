"""Reads what is kept side by side with what follows from the facts, for some sites at a time.

Leans on the primary keys of `site_day` and of `event` (tenant, day, at, ...), and on
`ix_share_site_at`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlmodel import Session, col

from backend.domain.checking import DayRecord, ShareRecord, StandingRecord
from backend.domain.events import EventKind
from backend.domain.featuring import Featuring
from backend.domain.fraud_cases import CaseState
from backend.domain.instants import Day, Instant
from backend.domain.scores import ENGAGEMENT_DAYS
from backend.domain.shares import EarlierShare, Platform
from backend.domain.standing import ENGAGING, TALLIED, DayTally, Standing
from backend.store.showcase import COPIED
from backend.store.tables.events import EventRow, ShareRow, SiteDayRow
from backend.store.tables.fraud import FraudCaseRow
from backend.store.tables.sites import FeaturingRow, ScoreRow, ShowcaseRow, SiteRow

ROWS_AT_ONCE = 1_000
_COUNTS = tuple(DayTally.__dataclass_fields__)
_TOTALS = ("views", "likes", "comments", "counted_shares", "share_points")


def read_days(
    session: Session, tenant: str, sites: Sequence[str], *, since: Day, shares_since: Day
) -> Iterator[DayRecord]:
    """Give the days of some sites from `since` on, with what their raw events add up to."""
    # Summed up in one pass: events lie in the order they came, not by their sites. Put beside the
    # days here: without fresh statistics PostgreSQL would sum them up for each day.
    raw = {(row.site, row.day): row for row in session.execute(_select_raw(tenant, sites, since))}
    statement = (
        select(SiteDayRow)
        .where(
            col(SiteDayRow.tenant) == tenant,
            col(SiteDayRow.site).in_(sites),
            col(SiteDayRow.day) >= since,
        )
        .order_by(col(SiteDayRow.site), col(SiteDayRow.day))
    )
    for row in _stream(session, statement):
        day = row.SiteDayRow
        sums = raw.get((day.site, day.day))
        yield DayRecord(
            site=day.site,
            day=Day(day.day),
            stored=DayTally(**{name: getattr(day, name) for name in _COUNTS}),
            raw=DayTally(**{name: int(getattr(sums, f"raw_{name}", 0) or 0) for name in _COUNTS}),
            has_shares=day.day >= shares_since,
            visitors=day.visitors,
            raw_visitors=0 if sums is None else sums.raw_visitors,
        )


def read_shares(
    session: Session, tenant: str, sites: Sequence[str], *, since: Instant
) -> Iterator[ShareRecord]:
    """Give the shares of some sites in the order of their times, with their raw clicks."""
    statement: Any = (
        select(ShareRow, col(FraudCaseRow.state).label("case_state"))
        .outerjoin(
            FraudCaseRow,
            and_(
                col(FraudCaseRow.tenant) == col(ShareRow.tenant),
                col(FraudCaseRow.id) == col(ShareRow.fraud_case),
            ),
        )
        .where(
            col(ShareRow.tenant) == tenant,
            col(ShareRow.site).in_(sites),
            col(ShareRow.at) >= since,
        )
        .order_by(col(ShareRow.site), col(ShareRow.at))
    )
    clicks = _count_clicks(session, tenant, sites)
    for row in _stream(session, statement):
        share = row.ShareRow
        yield ShareRecord(
            site=share.site,
            id=share.id,
            share=EarlierShare(
                platform=Platform(share.platform),
                page=share.page,
                at=Instant(share.at),
                is_due=share.is_due,
            ),
            visitors=(share.visitor, *filter(None, [share.visitor_yesterday])),
            is_held=share.fraud_case is not None and row.case_state != CaseState.CLEARED,
            is_counted=share.is_counted,
            points=share.points,
            clicks=share.clicks,
            raw_clicks=clicks.get((share.site, share.id), 0),
            proved_at=None if share.proved_at is None else Instant(share.proved_at),
        )


def read_records(
    session: Session, standings: Sequence[Standing], *, due: Day
) -> Iterator[StandingRecord]:
    """Give the standings of one tenant with what they should agree with."""
    tenant = standings[0].tenant
    ids = [standing.site for standing in standings]
    sums = {row.site: row for row in session.execute(_select_sums(tenant, ids, due))}
    featurings = _read_featurings(session, tenant, ids)
    places = {
        row.site: row.model_dump() for row in _all_of(session, ShowcaseRow, "site", tenant, ids)
    }
    cards = {row.id: _card_of(row) for row in _all_of(session, SiteRow, "id", tenant, ids)}
    for standing in standings:
        row = sums.get(standing.site)
        yield StandingRecord(
            standing=standing,
            total=_tally(row, "sum", _TOTALS),
            window_points=_tally(row, "window", ENGAGING).engagement_points,
            due_points=_tally(row, "due", ENGAGING).engagement_points,
            featurings=featurings.get(standing.site, ()),
            place=places.get(standing.site),
            card=cards[standing.site],
        )


def find_days_without_sums(
    session: Session, *, since: Day, limit: int
) -> list[tuple[str, Day, int]]:
    """Return days of known sites that have raw events and no row: site, day, events."""
    found = session.execute(
        select(col(EventRow.site), col(EventRow.day), func.count().label("events"))
        .join(
            ScoreRow,
            and_(
                col(ScoreRow.tenant) == col(EventRow.tenant),
                col(ScoreRow.site) == col(EventRow.site),
            ),
        )
        .outerjoin(
            SiteDayRow,
            and_(
                col(SiteDayRow.tenant) == col(EventRow.tenant),
                col(SiteDayRow.site) == col(EventRow.site),
                col(SiteDayRow.day) == col(EventRow.day),
            ),
        )
        .where(col(EventRow.day) >= since, col(SiteDayRow.site).is_(None))
        .group_by(col(EventRow.tenant), col(EventRow.day), col(EventRow.site))
        .order_by(col(EventRow.tenant), col(EventRow.day), col(EventRow.site))
        .limit(limit)
    )
    return [(row.site, Day(row.day), row.events) for row in found]


def find_sites_without_score(session: Session, *, limit: int) -> list[str]:
    """Return sites that nothing can be recorded for."""
    found = session.execute(
        select(col(SiteRow.id))
        .outerjoin(
            ScoreRow,
            and_(
                col(ScoreRow.tenant) == col(SiteRow.tenant), col(ScoreRow.site) == col(SiteRow.id)
            ),
        )
        .where(col(ScoreRow.site).is_(None))
        .order_by(col(SiteRow.id))
        .limit(limit)
    )
    return list(found.scalars())


def _select_raw(tenant: str, sites: Sequence[str], since: Day) -> Select[Any]:
    """Return the query of what raw events add up to, by site and day."""
    kinds = [
        func.sum(case((col(EventRow.kind) == kind.value, 1), else_=0)).label(f"raw_{name}")
        for kind, name in TALLIED.items()
    ]
    statement: Any = (
        select(
            col(EventRow.site),
            col(EventRow.day),
            *kinds,
            func.sum(col(EventRow.seconds)).label("raw_engaged_seconds"),
            func.count(col(ShareRow.id)).label("raw_counted_shares"),
            func.sum(col(ShareRow.points)).label("raw_share_points"),
            func.count(col(EventRow.visitor).distinct()).label("raw_visitors"),
        )
        .outerjoin(
            ShareRow,
            and_(
                col(ShareRow.tenant) == col(EventRow.tenant),
                col(ShareRow.site) == col(EventRow.site),
                col(ShareRow.id) == col(EventRow.id),
                col(EventRow.kind) == EventKind.SHARE.value,
                col(ShareRow.is_counted),
            ),
        )
        .where(
            col(EventRow.tenant) == tenant,
            col(EventRow.day) >= since,
            col(EventRow.site).in_(sites),
        )
        .group_by(col(EventRow.site), col(EventRow.day))
    )
    selected: Select[Any] = statement
    return selected


def _count_clicks(
    session: Session, tenant: str, sites: Sequence[str]
) -> dict[tuple[str, str], int]:
    """Return the raw clicks of each share, by site and share."""
    found = session.execute(
        select(col(EventRow.site), col(EventRow.via), func.count().label("clicks"))
        .where(
            col(EventRow.tenant) == tenant,
            col(EventRow.site).in_(sites),
            col(EventRow.kind) == EventKind.REFERRAL_CLICK.value,
        )
        .group_by(col(EventRow.site), col(EventRow.via))
    )
    return {(row.site, row.via): row.clicks for row in found}


def _select_sums(tenant: str, sites: Sequence[str], due: Day) -> Select[Any]:
    """Return the query of what the days of each site add up to: life, window, window of `due`."""
    day = col(SiteDayRow.day)
    windows: dict[str, Any] = {"window": col(ScoreRow.window_day), "due": due}
    sums = [func.sum(getattr(SiteDayRow, name)).label(f"sum_{name}") for name in _TOTALS]
    for label, last in windows.items():
        is_within = and_(day > last - ENGAGEMENT_DAYS, day <= last)
        sums += [
            func.sum(case((is_within, getattr(SiteDayRow, name)), else_=0)).label(f"{label}_{name}")
            for name in ENGAGING
        ]
    return (
        select(col(SiteDayRow.site), *sums)
        .join(
            ScoreRow,
            and_(
                col(ScoreRow.tenant) == col(SiteDayRow.tenant),
                col(ScoreRow.site) == col(SiteDayRow.site),
            ),
        )
        .where(col(SiteDayRow.tenant) == tenant, col(SiteDayRow.site).in_(sites))
        .group_by(col(SiteDayRow.tenant), col(SiteDayRow.site))
    )


def _tally(row: Any, label: str, names: Sequence[str]) -> DayTally:
    if row is None:
        return DayTally()
    return DayTally(**{name: int(getattr(row, f"{label}_{name}")) for name in names})


def _read_featurings(
    session: Session, tenant: str, sites: Sequence[str]
) -> dict[str, list[Featuring]]:
    found: dict[str, list[Featuring]] = {}
    rows = _all_of(session, FeaturingRow, "site", tenant, sites)
    for row in sorted(rows, key=lambda row: (row.site, row.threshold)):
        begun = Featuring(
            threshold=row.threshold,
            starts_at=Instant(row.starts_at),
            ends_at=Instant(row.ends_at),
        )
        found.setdefault(row.site, []).append(begun)
    return found


def _all_of(session: Session, row: Any, name: str, tenant: str, sites: Sequence[str]) -> list[Any]:
    wanted = select(row).where(col(row.tenant) == tenant, col(getattr(row, name)).in_(sites))
    return list(session.execute(wanted).scalars())


def _card_of(site: SiteRow) -> dict[str, object]:
    copied: dict[str, object] = {name: getattr(site, name) for name in COPIED}
    first = site.created_at if site.published_at is None else site.published_at
    return copied | {"published_at": first}


def _stream(session: Session, statement: Select[Any]) -> Iterator[Any]:
    """Give the rows of a query, some at a time."""
    for some in session.execute(
        statement, execution_options={"yield_per": ROWS_AT_ONCE}
    ).partitions():
        yield from some
