"""`/account/statements/YEAR`: an owner's year on a page that prints well, and as CSV."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import accounts
from backend.actions.context import Context
from backend.actions.statements import (
    DEFAULT_CURRENCY,
    OwnStatement,
    read_statement,
    statement_csv,
)
from backend.domain.actors import Actor
from backend.domain.instants import to_datetime
from backend.domain.ledger import EntryKind
from backend.domain.money import CURRENCIES, format_amount
from backend.domain.statements import CurrencySums, Line, LineKind, MonthSums, Sums
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.limits import limited
from backend.web.pages.account import page_owner

PAGE = "/account/statements"
RATE = "120/hour"
SHOWN = 1_000
"""Lines on the page; the file has them all."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_NOTHING = "–"

_WORDS = {
    LineKind.EARNED: "Commission",
    LineKind.REVERSED: "Commission changed",
    LineKind.EXCHANGED: "Converted for a payout",
    LineKind.CORRECTED: "Correction",
    LineKind.PAID: "Paid out",
}
_WORDS_OF_ENTRIES = {
    EntryKind.REWARD: "Reward",
    EntryKind.REFUND: "Refund to a customer",
    EntryKind.CREDIT_NOTE: "Credit to a customer",
    EntryKind.CHARGEBACK: "Chargeback of a customer",
    EntryKind.RESTORED: "Refund or chargeback undone",
    EntryKind.RETARGET: "Earlier payment became known",
    EntryKind.PAYOUT_FAILURE: "Payout returned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsView:
    """Sums of a row in words of the row, amounts as they are written."""

    title: str
    currency: str
    opening: str
    earned: str
    reversed: str
    exchanged: str
    corrected: str
    paid: str
    withheld: str
    fees: str
    closing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line; `seq` is its place in the ledger, `proof_url` where the log proves it."""

    at: datetime.datetime
    words: str
    about: str
    amount: str
    currency: str
    converted: str
    rate: str
    seq: int
    proof_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """The page of a year."""

    year: int
    years: tuple[int, ...]
    is_partial: bool
    currency: str
    currencies: tuple[str, ...]
    name: str
    email: str
    account: str
    made_at: datetime.datetime
    converted: SumsView | None
    without_rate: tuple[str, ...]
    totals: tuple[SumsView, ...]
    months: tuple[SumsView, ...]
    has_corrections: bool
    lines: tuple[LineView, ...]
    lines_in_all: int
    csv_url: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page, of its file, and of the way to the year that runs."""
    limit = limited("statements", RATE, by="account")
    return [
        Route(PAGE, owner_page(_this_year), methods=["GET"]),
        Route(f"{PAGE}/{{year}}.csv", limit(_download), methods=["GET"]),
        Route(f"{PAGE}/{{year}}", limit(owner_page(_show)), methods=["GET"]),
    ]


def _this_year(request: Request, _actor: Actor) -> Response:
    year = to_datetime(_context(request).clock.now()).year
    return RedirectResponse(f"{PAGE}/{year}", status_code=303)


def _show(request: Request, actor: Actor) -> Response:
    context = _context(request)
    own = _read(request)
    person = accounts.get_account(context, actor).person
    view = _view(
        own,
        name=person.name if person else "",
        email=person.address.email if person else "",
        account=actor.account,
        made_at=to_datetime(context.clock.now()),
    )
    title = f"Statement {view.year}"
    return render_dashboard(
        request, actor, "dashboard/statement.html", view, title=title, section="/dashboard/earnings"
    )


def _download(request: Request) -> Response:
    found = _read(request).statement
    name = f"4site-statement-{found.year}-{found.currency}.csv"
    return Response(
        statement_csv(found),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _read(request: Request) -> OwnStatement:
    return read_statement(
        _context(request),
        page_owner(request),
        str(request.path_params["year"]),
        currency=request.query_params.get("currency", DEFAULT_CURRENCY),
    )


def _view(
    own: OwnStatement, *, name: str, email: str, account: str, made_at: datetime.datetime
) -> StatementView:
    found = own.statement
    return StatementView(
        year=found.year,
        years=own.years,
        is_partial=own.is_partial,
        currency=found.currency,
        currencies=tuple(sorted(CURRENCIES)),
        name=name,
        email=email,
        account=account,
        made_at=made_at,
        converted=_row("", found.currency, found.converted) if found.converted else None,
        without_rate=found.without_rate,
        totals=tuple(map(_total, found.totals)),
        months=tuple(map(_month, found.months)),
        has_corrections=any(one.sums.corrected for one in found.totals),
        lines=_lines(found.lines[:SHOWN], found.currency),
        lines_in_all=len(found.lines),
        csv_url=f"{PAGE}/{found.year}.csv?currency={found.currency}",
    )


def _total(one: CurrencySums) -> SumsView:
    return _row(one.currency, one.currency, one.sums, opening=one.opening, closing=one.closing)


def _month(one: MonthSums) -> SumsView:
    return _row(MONTHS[one.month - 1], one.currency, one.sums)


def _row(
    title: str, currency: str, sums: Sums, *, opening: int | None = None, closing: int | None = None
) -> SumsView:
    return SumsView(
        title=title,
        currency=currency,
        opening=_written(opening or 0, currency),
        earned=_written(sums.earned, currency),
        reversed=_written(sums.reversed, currency),
        exchanged=_written(sums.exchanged, currency),
        corrected=_written(sums.corrected, currency),
        paid=_written(sums.paid, currency),
        withheld=_written(sums.withheld, currency),
        fees=_written(sums.fees, currency),
        closing=_written(closing or 0, currency),
    )


def _lines(lines: Sequence[Line], currency: str) -> tuple[LineView, ...]:
    return tuple(
        LineView(
            at=to_datetime(line.movement.at),
            words=_WORDS_OF_ENTRIES.get(line.movement.kind, _WORDS[line.kind]),
            about=line.movement.ref,
            amount=_written(line.movement.amount, line.movement.currency),
            currency=line.movement.currency,
            converted=_NOTHING if line.converted is None else _written(line.converted, currency),
            rate="" if line.movement.currency == currency else line.rate,
            seq=line.movement.seq,
            proof_url=f"/log/proof/{line.movement.seq}",
        )
        for line in lines
    )


def _written(amount: int, currency: str) -> str:
    """Return an amount as it is printed: a dash for nothing, and a real minus."""
    return format_amount(amount, currency).replace("-", "−") if amount else _NOTHING


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
