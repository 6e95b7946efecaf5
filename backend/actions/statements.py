"""An owner's yearly statement, as values and as CSV."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.csv_files import Cell, write_csv
from backend.domain.instants import date_of, to_datetime, to_text
from backend.domain.money import check_currency, format_amount
from backend.domain.statements import Line, Statement, check_year, days_of, make_statement, span_of
from backend.store import rates, statements

DEFAULT_CURRENCY = "USD"
HEADER = (
    "seq", "at", "line", "entry", "about", "currency", "amount", "withheld", "fee",
    "reporting_currency", "converted", "rate", "rate_day",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStatement:
    """A statement and which years there are, the newest first. A year that is not over yet
    `is_partial`.
    """

    statement: Statement
    years: tuple[int, ...]
    is_partial: bool


def read_statement(
    context: Context, actor: Actor, year: str, *, currency: str = DEFAULT_CURRENCY
) -> OwnStatement:
    """Return the actor's statement of a year (`2026`) with all of it in `currency` as well.

    Raises Forbidden without the scope, NotFound for a year and Invalid for a currency that cannot
    be.
    """
    actor.needs(Scope.REFERRALS_READ)
    now = context.clock.now()
    chosen, code = check_year(year, now), check_currency(currency)
    since, until = span_of(chosen)
    with context.database.reading() as session:
        first = statements.first_at(session, actor)
        statement = make_statement(
            chosen,
            code,
            openings=statements.read_openings(session, actor, since),
            movements=statements.read_movements(session, actor, since, until),
            book=rates.rates_between(session, actor.tenant, *days_of(chosen)),
        )
    this_year = to_datetime(now).year
    first_year = to_datetime(first).year if first is not None else this_year
    return OwnStatement(
        statement=statement,
        years=tuple(range(this_year, min(first_year, chosen) - 1, -1)),
        is_partial=chosen == this_year,
    )


def statement_csv(statement: Statement) -> bytes:
    """Return every line of a statement as CSV; `seq` is its place in the ledger and the log."""
    return write_csv(HEADER, _rows(statement))


def _rows(statement: Statement) -> Iterator[list[Cell]]:
    for line in statement.lines:
        moved = line.movement
        yield [
            moved.seq, to_text(moved.at), line.kind.value, moved.kind.value, moved.ref,
            moved.currency,
            format_amount(moved.amount, moved.currency),
            format_amount(moved.withheld, moved.currency),
            format_amount(moved.fee, moved.currency),
            statement.currency, _converted(line, statement.currency), line.rate,
            _day(line),
        ]  # fmt: skip


def _converted(line: Line, currency: str) -> str:
    return "" if line.converted is None else format_amount(line.converted, currency)


def _day(line: Line) -> str:
    day: datetime.date | None = None if line.rate_day is None else date_of(line.rate_day)
    return "" if day is None else day.isoformat()
