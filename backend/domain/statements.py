"""What an owner earned and was paid in a year, line by line, each provable in the ledger.

A line is how one entry changed what the service owes the owner in one currency: entries that only
move it between accounts (maturity, a hold, a claim in one currency) have none. So the balance at
the start of a year and its lines add up to the balance at its end, in each currency.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from backend.domain.exchange import CrossRate, RateBook, convert_at, read_ratio
from backend.domain.instants import (
    DAY,
    Day,
    Instant,
    date_of,
    day_of,
    from_datetime,
    to_datetime,
)
from backend.domain.ledger import EntryKind
from backend.errors import NotFound, RateMissing

FIRST_YEAR = 2020
"""Nobody earned anything here before."""
COUNTED = ("partner.pending", "partner.available", "partner.held", "partner.receivable", "payout")
"""The accounts whose sum is what the service owes an owner in money."""


class LineKind(StrEnum):
    EARNED = "earned"
    REVERSED = "reversed"
    """What refunds, credit notes and chargebacks took back."""
    EXCHANGED = "exchanged"
    """Another currency, for a payout."""
    CORRECTED = "corrected"
    PAID = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How an entry changed what is owed in one currency: `amount` more, or less below zero.

    Of a settlement, `withheld` stayed for a tax office, and `fee` is what it cost the service.
    """

    seq: int
    at: Instant
    kind: EntryKind
    ref: str
    currency: str
    amount: int
    withheld: int = 0
    fee: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A movement with its worth in the statement's currency; None where there is no rate."""

    movement: Movement
    kind: LineKind
    converted: int | None
    withheld: int | None
    fee: int | None
    rate: str
    rate_day: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Minor units of one currency. `paid` holds `withheld`; `fees` were the service's own."""

    earned: int = 0
    reversed: int = 0
    exchanged: int = 0
    corrected: int = 0
    paid: int = 0
    withheld: int = 0
    fees: int = 0

    @property
    def change(self) -> int:
        """By how much what is owed grew."""
        return self.earned + self.reversed + self.exchanged + self.corrected - self.paid

    def plus(self, kind: LineKind, amount: int, withheld: int, fee: int) -> Sums:
        """Return the sums with one more line."""
        name = kind.value
        more = -amount if kind is LineKind.PAID else amount
        return replace(
            self,
            **{name: getattr(self, name) + more},
            withheld=self.withheld + withheld,
            fees=self.fees + fee,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSums:
    """What happened in a month (1 to 12, UTC) in one currency."""

    month: int
    currency: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencySums:
    """A year in one currency, from what was owed at its start to what is at its end."""

    currency: str
    opening: int
    sums: Sums

    @property
    def closing(self) -> int:
        return self.opening + self.sums.change


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An owner's year. `converted` is all of it in `currency`; None when a line has no rate, whose
    currencies are `without_rate`.
    """

    year: int
    currency: str
    lines: tuple[Line, ...]
    months: tuple[MonthSums, ...]
    totals: tuple[CurrencySums, ...]
    converted: Sums | None
    without_rate: tuple[str, ...]


def check_year(text: str, now: Instant) -> int:
    """Return a year that a statement can be about. Raises NotFound for any other."""
    last = to_datetime(now).year
    is_year = text.isascii() and text.isdecimal() and len(text) == 4
    if not is_year or not FIRST_YEAR <= int(text) <= last:
        raise NotFound(
            f"There is no statement of {text[:20]!r}.",
            hint=f"There are those of {FIRST_YEAR} to {last}.",
        )
    return int(text)


def span_of(year: int) -> tuple[Instant, Instant]:
    """Return the first instant of a year in UTC, and that of the next one."""
    first, following = (
        from_datetime(datetime.datetime(one, 1, 1, tzinfo=datetime.UTC)) for one in (year, year + 1)
    )
    return first, following


def days_of(year: int) -> tuple[Day, Day]:
    """Return the first and the last day of a year."""
    first, following = span_of(year)
    return day_of(first), day_of(Instant(following - DAY))


def make_statement(
    year: int,
    currency: str,
    *,
    openings: Mapping[str, int],
    movements: Sequence[Movement],
    book: RateBook,
) -> Statement:
    """Return an owner's statement in `currency`.

    A line is converted at the rate that its entry keeps, else at the one of its day, and rounded
    by itself: converted sums are those of the lines.
    """
    lines = tuple(_make_line(movement, currency, book) for movement in movements)
    months: defaultdict[tuple[int, str], Sums] = defaultdict(Sums)
    totals: defaultdict[str, Sums] = defaultdict(Sums)
    for line in lines:
        moved = line.movement
        key = (to_datetime(moved.at).month, moved.currency)
        facts = (line.kind, moved.amount, moved.withheld, moved.fee)
        months[key] = months[key].plus(*facts)
        totals[moved.currency] = totals[moved.currency].plus(*facts)
    known = {code for code, amount in openings.items() if amount} | totals.keys()
    return Statement(
        year=year,
        currency=currency,
        lines=lines,
        months=tuple(
            MonthSums(month=month, currency=code, sums=sums)
            for (month, code), sums in sorted(months.items())
        ),
        totals=tuple(
            CurrencySums(currency=code, opening=openings.get(code, 0), sums=totals[code])
            for code in sorted(known)
        ),
        converted=_add_up(lines),
        without_rate=tuple(
            sorted({line.movement.currency for line in lines if line.converted is None})
        ),
    )


def kind_of(movement: Movement) -> LineKind:
    """Return what an entry was to the owner."""
    match movement.kind:
        case EntryKind.SETTLEMENT:
            return LineKind.PAID
        case EntryKind.CLAIM | EntryKind.PAYOUT_FAILURE | EntryKind.EXCHANGE:
            return LineKind.EXCHANGED
        case EntryKind.CORRECTION:
            return LineKind.CORRECTED
        case _:
            return LineKind.EARNED if movement.amount > 0 else LineKind.REVERSED


def _make_line(movement: Movement, currency: str, book: RateBook) -> Line:
    if movement.currency == currency:  # most are, and fractions take their time
        return Line(
            movement=movement, kind=kind_of(movement), converted=movement.amount,
            withheld=movement.withheld, fee=movement.fee, rate="1", rate_day=day_of(movement.at),
        )  # fmt: skip
    try:
        rate = _kept_rate(movement, currency) or book.on(day_of(movement.at)).between(
            movement.currency, currency
        )
    except RateMissing:
        return Line(
            movement=movement, kind=kind_of(movement), converted=None, withheld=None, fee=None,
            rate="", rate_day=None,
        )  # fmt: skip
    return Line(
        movement=movement,
        kind=kind_of(movement),
        converted=convert_at(movement.amount, rate).amount,
        withheld=convert_at(movement.withheld, rate).amount,
        fee=convert_at(movement.fee, rate).amount,
        rate=rate.text,
        rate_day=rate.day,
    )


def _kept_rate(movement: Movement, currency: str) -> CrossRate | None:
    """Return the rate that an entry was booked with, as `domain/claims.py` keeps it."""
    kept = movement.facts.get(f"rate {movement.currency}-{currency}")
    if kept is None:
        return None
    text, _, day = kept.partition(" of ")
    read_ratio(text)
    return CrossRate(
        source=movement.currency,
        target=currency,
        text=text,
        day=_day_named(day) if day else day_of(movement.at),
        providers=(),
    )


def _day_named(text: str) -> Day:
    return Day((datetime.date.fromisoformat(text) - date_of(Day(0))).days)


def _add_up(lines: Iterable[Line]) -> Sums | None:
    sums = Sums()
    for line in lines:
        if line.converted is None or line.withheld is None or line.fee is None:
            return None
        sums = sums.plus(line.kind, line.converted, line.withheld, line.fee)
    return sums
