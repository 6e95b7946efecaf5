"""`/api/v1/statements`: the caller's years, each line with its place in the ledger."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions.statements import DEFAULT_CURRENCY, read_statement
from backend.domain.actors import Scope
from backend.domain.instants import date_of, to_text
from backend.domain.money import CURRENCIES
from backend.domain.statements import Line, Sums
from backend.web.api.fields import Time
from backend.web.api.operation import Call, Input, Operation, Output


class SumsAnswer(Output, frozen=True):
    """Minor units. `paid` holds what was `withheld`; `fees` were paid by the service."""

    earned: int
    reversed: int
    exchanged: int
    corrected: int
    paid: int
    withheld: int
    fees: int


class CurrencyAnswer(Output, frozen=True):
    """A year in one currency, and what was owed to you at its start and its end."""

    currency: str
    opening: int
    sums: SumsAnswer
    closing: int


class MonthAnswer(Output, frozen=True):
    """A month (1 to 12, UTC) in one currency."""

    month: int
    currency: str
    sums: SumsAnswer


class LineAnswer(Output, frozen=True):
    """One entry of the ledger, which is leaf `seq` of the log. `converted` is in the statement's
    currency at `rate` of `rate_day`, null where no rate is known.
    """

    seq: int
    at: Time
    line: str
    entry: str
    about: str
    currency: str
    amount: int
    withheld: int
    fee: int
    converted: int | None
    rate: str
    rate_day: str | None


class StatementAnswer(Output, frozen=True):
    """A year. `converted` is all of it in `currency`, null when a line has no rate; a year that
    `is_partial` is not over. `next` is the `after` of the following lines, null on the last.
    """

    year: int
    currency: str
    is_partial: bool
    totals: list[CurrencyAnswer]
    months: list[MonthAnswer]
    converted: SumsAnswer | None
    without_rate: list[str]
    lines: list[LineAnswer]
    next: int | None


class StatementQuery(Input, frozen=True):
    """In which currency, and which of its lines."""

    currency: Annotated[str, Meta(pattern=f"^(?:{'|'.join(CURRENCIES)})$")] = DEFAULT_CURRENCY
    after: Annotated[int, Meta(ge=-1, le=2**53 - 1)] = -1
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


def read(call: Call) -> StatementAnswer:
    query: StatementQuery = call.query
    own = read_statement(call.context, call.owner, call.path["year"], currency=query.currency)
    found = own.statement
    later = [line for line in found.lines if line.movement.seq > query.after]
    shown = _whole_entries(later, query.limit)
    return StatementAnswer(
        year=found.year,
        currency=found.currency,
        is_partial=own.is_partial,
        totals=[
            CurrencyAnswer(
                currency=one.currency,
                opening=one.opening,
                sums=_sums(one.sums),
                closing=one.closing,
            )
            for one in found.totals
        ],
        months=[
            MonthAnswer(month=one.month, currency=one.currency, sums=_sums(one.sums))
            for one in found.months
        ],
        converted=None if found.converted is None else _sums(found.converted),
        without_rate=list(found.without_rate),
        lines=[_line(line) for line in shown],
        next=shown[-1].movement.seq if len(shown) < len(later) else None,
    )


def _whole_entries(lines: list[Line], limit: int) -> list[Line]:
    """Return `limit` lines, and those of the last one's entry in other currencies."""
    shown = lines[:limit]
    return shown + [
        line for line in lines[limit : limit + 60] if line.movement.seq == shown[-1].movement.seq
    ]


def _sums(sums: Sums) -> SumsAnswer:
    return SumsAnswer(
        earned=sums.earned,
        reversed=sums.reversed,
        exchanged=sums.exchanged,
        corrected=sums.corrected,
        paid=sums.paid,
        withheld=sums.withheld,
        fees=sums.fees,
    )


def _line(line: Line) -> LineAnswer:
    moved = line.movement
    return LineAnswer(
        seq=moved.seq,
        at=to_text(moved.at),
        line=line.kind.value,
        entry=moved.kind.value,
        about=moved.ref,
        currency=moved.currency,
        amount=moved.amount,
        withheld=moved.withheld,
        fee=moved.fee,
        converted=line.converted,
        rate=line.rate,
        rate_day=None if line.rate_day is None else date_of(line.rate_day).isoformat(),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/statements/{year}",
        name="read_statement",
        summary="Your statement of a year",
        tag="earnings",
        run=read,
        scope=Scope.REFERRALS_READ,
        query=StatementQuery,
        result=StatementAnswer,
    ),
)
