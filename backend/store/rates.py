"""Exchange rates. Leans on the primary key (tenant, day, currency, provider)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from backend.domain.exchange import MAX_AGE_DAYS, Rate, RateBook, Rates
from backend.domain.instants import Day, Instant
from backend.store.bulk import insert_many
from backend.store.tables.rates import RateRow

ROWS_AT_ONCE = 5_000
_COLUMNS = (
    col(RateRow.day), col(RateRow.currency), col(RateRow.provider), col(RateRow.per_euro),
)  # fmt: skip


def rates_for(session: Session, tenant: str, day: Day) -> Rates:
    """Return the rates that hold on a UTC day: of it, or of the days shortly before."""
    return rates_between(session, tenant, day, day).on(day)


def rates_between(session: Session, tenant: str, first: Day, last: Day) -> RateBook:
    """Return the rates that hold on each day from `first` to `last`.

    Of several of one currency and day, the one that was stored last holds.
    """
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            col(RateRow.tenant) == tenant,
            col(RateRow.day).between(first - MAX_AGE_DAYS, last),
        )
        .order_by(col(RateRow.day), col(RateRow.stored_at), col(RateRow.provider))
    )
    return RateBook(_to_rate(row) for row in rows)


def add_rates(
    session: Session, tenant: str, rates: Sequence[Rate], now: Instant
) -> tuple[int, list[tuple[Rate, Rate]]]:
    """Store rates that are new; return how many were, and each pair of a stored and a given one
    that differ.

    What is there is never changed. Whoever is about to write at the same time is waited for.
    """
    new = 0
    for first in range(0, len(rates), ROWS_AT_ONCE):
        rows = [
            (tenant, rate.day, rate.currency, rate.provider, rate.per_euro, now)
            for rate in rates[first : first + ROWS_AT_ONCE]
        ]
        new += len(_INSERT.fetch(session.connection(), rows))
    known = _find_same(session, tenant, rates)
    return new, [
        (stored, rate)
        for rate in rates
        if (stored := known[rate.day, rate.currency, rate.provider]).per_euro != rate.per_euro
    ]


_INSERT = insert_many(
    RateRow.__table__,  # type: ignore[attr-defined]  # SQLModel makes it
    ("tenant", "day", "currency", "provider", "per_euro", "stored_at"),
    on_conflict="ON CONFLICT DO NOTHING RETURNING day",
)


def _find_same(
    session: Session, tenant: str, rates: Iterable[Rate]
) -> dict[tuple[Day, str, str], Rate]:
    """Return what is stored of the providers and between the days of some rates."""
    days = [rate.day for rate in rates]
    providers = sorted({rate.provider for rate in rates})
    if not days:
        return {}
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            col(RateRow.tenant) == tenant,
            col(RateRow.day).between(min(days), max(days)),
            col(RateRow.provider).in_(providers),
        )
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    return {(Day(row.day), row.currency, row.provider): _to_rate(row) for row in rows}


def _to_rate(row: Any) -> Rate:
    return Rate(
        currency=row.currency, day=Day(row.day), per_euro=row.per_euro, provider=row.provider
    )
