"""`/dashboard/earnings`: what the owner earned, where it stands, and when it is paid."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import disputes, earnings
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.earnings import CommissionState
from backend.domain.instants import Day, start_of, to_datetime
from backend.domain.own_earnings import CurrencyEarnings, EarnedDay, OwnCommission, Wanted
from backend.errors import Invalid
from backend.web.dashboard.amounts import write_amount, write_rate
from backend.web.dashboard.earnings_chart import draw_earnings, is_daily, steps_of
from backend.web.dashboard.earnings_words import (
    LINES,
    STATES,
    Sums,
    make_figures,
    title_of,
)
from backend.web.dashboard.figures import Figure
from backend.web.dashboard.filters import Choice, Filter, read_filter
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.next_payout import PayoutsView, view_payouts
from backend.web.dashboard.tables import Column, Table, download
from generator.render.charts import draw

PAGE = "/dashboard/earnings"
SHOWN = 25
_CURSOR = 48
_COLUMNS = (
    Column(key="earned_on", words="Paid to us"),
    Column(key="payment", words="Payment"),
    Column(key="level", words="Level", is_number=True),
    Column(key="line", words="What"),
    Column(key="rate_bp", words="Rate", is_number=True),
    Column(key="currency", words="Currency"),
    Column(key="amount_minor", words="Amount", is_number=True),
    Column(key="state", words="State"),
)
_STANDING = (
    Column(key="currency", words="Currency"),
    Column(key="pending", words="Pending", is_number=True),
    Column(key="held", words="Under review", is_number=True),
    Column(key="available", words="Available", is_number=True),
    Column(key="on_its_way", words="On its way", is_number=True),
    Column(key="paid", words="Paid so far", is_number=True),
    Column(key="owed_back", words="Owed back", is_number=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionLine:
    """A row of the list; `link` says why it is what it is."""

    at: object
    words: str
    rate: str
    amount: str
    state: str
    is_bad: bool
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningsView:
    """The page. `currencies` and `states` are links that narrow the list."""

    figures: tuple[Figure, ...]
    has_any: bool
    currency: str
    currencies: tuple[Choice, ...]
    chart: Markup
    table: Table
    standing: Table
    states: tuple[Choice, ...]
    commissions: tuple[CommissionLine, ...]
    newer: str
    older: str
    payouts: PayoutsView
    undecided: int


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route(PAGE, owner_page(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    state = _read_state(request.query_params.get("state", ""))
    history = earnings.history_of(context, actor)
    now = history.totals()
    # Money is an owner's, not a site's.
    chosen = replace(read_filter(request, actor), site=None, sites=())
    days = history.days(chosen.period.first, chosen.period.last)
    before = history.days(chosen.before.first, chosen.before.last)
    known = sorted({one.currency for one in now})
    currency = _choose(request.query_params.get("currency", ""), known, days)
    chosen = replace(chosen, kept=_kept(request, known, state))
    by_day = is_daily(chosen.period)
    steps = steps_of(chosen.period, currency, days, by_day=by_day)
    earlier = steps_of(chosen.before, currency, before, by_day=by_day)
    chart, table = draw_earnings(currency, steps, earlier, by_day=by_day)
    page = _list(request, actor, chosen, state)
    tables = [table, _commission_table(page.commissions), _standing_table(now)]
    if file := download(request, tables, {"earnings": chart}):
        return file
    sums = Sums.of(currency, days, before)
    view = EarningsView(
        figures=make_figures(
            currency,
            sums,
            history.standing(chosen.period.last).get(currency),
            history.standing(chosen.before.last).get(currency),
            steps,
        ),
        has_any=bool(now),
        currency=currency,
        currencies=_currency_links(chosen, known, currency),
        chart=draw(chart),
        table=table,
        standing=_in_words(_standing_table(now), now),
        states=_state_links(chosen, state),
        commissions=tuple(_line(one) for one in page.commissions),
        newer=chosen.link() if "after" in request.query_params else "",
        older=chosen.link(after=page.after) if page.after else "",
        payouts=view_payouts(context, actor, now, request.query_params.get("payouts", "")[:32]),
        undecided=sum(
            one.decided_at is None for one in disputes.list_own(context, actor, limit=SHOWN)
        ),
    )
    title = title_of(chosen, days, sums, has_any=bool(now))
    return render_dashboard(
        request, actor, "dashboard/earnings.html", view, title=title, chosen=chosen
    )


def _read_state(text: str) -> CommissionState | None:
    if text and text not in set(CommissionState):
        raise Invalid(
            f"{text[:20]!r} is no state of a commission.",
            field="state",
            hint=f"Use {', '.join(CommissionState)}.",
        )
    return CommissionState(text) if text else None


def _choose(wanted: str, known: list[str], days: list[EarnedDay]) -> str:
    """Return the currency of the chart: the one asked for, else the first that the title names."""
    if wanted and wanted not in known:
        raise Invalid(
            f"You have no earnings in {wanted[:10]!r}.", field="currency", hint="Leave it out."
        )
    if wanted:
        return wanted
    earned = {code: sum(one.earned for one in days if one.currency == code) for code in known}
    return max(known, key=lambda code: (earned[code], code == "USD"), default="USD")


def _kept(
    request: Request, known: list[str], state: CommissionState | None
) -> tuple[tuple[str, str], ...]:
    currency = request.query_params.get("currency", "")
    pairs = (("currency", currency if currency in known else ""), ("state", state or ""))
    return tuple((name, str(value)) for name, value in pairs if value)


def _list(
    request: Request, actor: Actor, chosen: Filter, state: CommissionState | None
) -> earnings.CommissionPage:
    context: Context = request.app.state.context
    after = request.query_params.get("after", "")[:_CURSOR]
    return earnings.list_commissions(
        context,
        actor,
        after=after or None,
        limit=SHOWN,
        wanted=Wanted(
            state=state,
            currency=dict(chosen.kept).get("currency"),
            since=start_of(chosen.period.first),
            until=start_of(Day(chosen.period.last + 1)),
        ),
    )


def _currency_links(chosen: Filter, known: list[str], currency: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=chosen.link(currency=code), words=code, is_chosen=code == currency)
        for code in (known if len(known) > 1 else ())
    )


def _state_links(chosen: Filter, state: CommissionState | None) -> tuple[Choice, ...]:
    every = Choice(value=chosen.link(state=""), words="All", is_chosen=state is None)
    return (
        every,
        *(
            Choice(value=chosen.link(state=one.value), words=STATES[one], is_chosen=one is state)
            for one in CommissionState
        ),
    )


def _line(one: OwnCommission) -> CommissionLine:
    return CommissionLine(
        at=to_datetime(one.paid_at),
        words=LINES[one.line].format(level=one.level),
        rate=write_rate(one.rate_bp) if one.rate_bp else "",
        amount=write_amount(one.amount, one.currency),
        state=STATES[one.state],
        is_bad=one.state in {CommissionState.REVERSED, CommissionState.DISPUTED},
        link=link_of(one.payment, one.level),
    )


def link_of(payment: str, level: int) -> str:
    """Return the address of the page about a commission."""
    return f"{PAGE}/{payment}-{level}"


def read_id(text: str) -> tuple[str, int] | None:
    """Return the payment and the level that a commission's id names, None when it is none."""
    found = re.fullmatch(r"([0-9a-f]{32})-(0|[1-9][0-9]{0,2})", text)
    return (found[1], int(found[2])) if found else None


def _commission_table(found: tuple[OwnCommission, ...]) -> Table:
    rows = tuple(
        (
            to_datetime(one.paid_at).date().isoformat(), one.payment, one.level, one.line.value,
            one.rate_bp, one.currency, one.amount, one.state.value,
        )
        for one in found
    )  # fmt: skip
    return Table(name="commissions", columns=_COLUMNS, rows=rows)


def _standing_table(now: list[CurrencyEarnings]) -> Table:
    rows = tuple(
        (
            one.currency, one.pending, one.held, one.available, one.on_its_way, one.paid,
            one.owed_back,
        )
        for one in now
    )  # fmt: skip
    return Table(name="currencies", columns=_STANDING, rows=rows)


def _in_words(table: Table, now: list[CurrencyEarnings]) -> Table:
    written = tuple(
        (row[0], *(write_amount(int(value or 0), one.currency) for value in row[1:]))
        for row, one in zip(table.rows, now, strict=True)
    )
    return replace(table, rows=written, raw=table.rows)
