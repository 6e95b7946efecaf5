"""An owner's year: every line from the ledger, nothing missing, the sums exact."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.actions.context import Context
from backend.actions.earnings import earnings_of
from backend.actions.exchange import import_rates
from backend.actions.statements import read_statement, statement_csv
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, Scope, owner_of
from backend.domain.exchange import RateBook, make_rate
from backend.domain.instants import DAY, Day, day_of
from backend.domain.ledger import EntryKind, own
from backend.domain.statements import (
    COUNTED,
    LineKind,
    Movement,
    Sums,
    check_year,
    make_statement,
    span_of,
)
from backend.errors import Forbidden, NotFound
from backend.store import ledger
from backend.store.tables.base import TENANT
from tests.support.booking import (
    book,
    claim,
    claim_converted,
    earn,
    give_back,
    mature,
    on,
    owe_back,
    settle,
)
from tests.support.service import NOON, add_account

NO_RATES = RateBook([])


def owner(account: str) -> Actor:
    return owner_of(TENANT, account)


@pytest.fixture
def year(any_context: Context) -> tuple[Context, str]:
    """Somebody who earned dollars and euros, lost some, was paid, and somebody beside them."""
    assert isinstance(any_context.clock, FixedClock)
    any_context.clock.move(on(2026, 12, 31) - NOON)
    ann, bob = add_account(any_context), add_account(any_context)
    import_rates(any_context, b"Date,USD\n2026-03-02,1.10\n2026-01-09,1.25\n2025-12-19,1.20\n")
    earn(any_context, ann, 1_000, on(2025, 12, 20))
    earn(any_context, bob, 7_777, on(2026, 1, 5))
    earn(any_context, ann, 10_000, on(2026, 1, 10))
    earn(any_context, ann, -500, on(2026, 2, 1))
    mature(any_context, ann, 10_500, on(2026, 2, 10))
    earn(any_context, ann, 4_000, on(2026, 1, 10), "EUR")
    mature(any_context, ann, 4_000, on(2026, 2, 10), "EUR")
    claim(any_context, ann, 10_500, on(2026, 3, 1))
    give_back(any_context, ann, 10_500, on(2026, 3, 2))
    claim(any_context, ann, 10_500, on(2026, 4, 1))
    fact = "1.1 of 2026-03-02"
    claim_converted(any_context, ann, 4_000, 4_400, on(2026, 4, 1), fact=fact)
    settle(any_context, ann, 14_900, on(2026, 4, 5), withheld=3_576, fee=25)
    earn(any_context, ann, 300, on(2027, 1, 1, 0))
    return any_context, ann


def test_statement_says_what_was_earned_reversed_converted_and_paid(
    year: tuple[Context, str],
) -> None:
    context, ann = year
    found = read_statement(context, owner(ann), "2026").statement
    seen = [
        (line.movement.seq, line.kind, line.movement.currency, line.movement.amount, line.converted)
        for line in found.lines
    ]
    assert seen == [
        (2, LineKind.EARNED, "USD", 10_000, 10_000),
        (3, LineKind.REVERSED, "USD", -500, -500),
        (5, LineKind.EARNED, "EUR", 4_000, 5_000),  # 1.25 on the day before
        (10, LineKind.EXCHANGED, "EUR", -4_000, -4_400),  # at the rate of the entry
        (10, LineKind.EXCHANGED, "USD", 4_400, 4_400),
        (11, LineKind.PAID, "USD", -14_900, -14_900),
    ]
    assert [(one.currency, one.opening, one.closing) for one in found.totals] == [
        ("EUR", 0, 0),
        ("USD", 1_000, 0),
    ]
    assert found.totals[1].sums == Sums(
        earned=10_000, reversed=-500, exchanged=4_400, paid=14_900, withheld=3_576, fees=25
    )
    assert found.converted == Sums(
        earned=15_000, reversed=-500, paid=14_900, withheld=3_576, fees=25
    )
    assert [(one.month, one.currency, one.sums.change) for one in found.months] == [
        (1, "EUR", 4_000),
        (1, "USD", 10_000),
        (2, "USD", -500),
        (4, "EUR", -4_000),
        (4, "USD", -10_500),
    ]


def test_other_years_and_other_owners_stay_out(year: tuple[Context, str]) -> None:
    context, ann = year
    before = read_statement(context, owner(ann), "2025")
    assert [line.movement.amount for line in before.statement.lines] == [1_000]
    assert (before.years, before.is_partial) == ((2026, 2025), False)
    other = read_statement(context, owner(add_account(context)), "2026")
    assert (other.statement.lines, other.statement.totals) == ((), ())
    assert other.is_partial


def test_end_of_a_year_is_what_the_ledger_owes(year: tuple[Context, str]) -> None:
    context, ann = year
    assert isinstance(context.clock, FixedClock)
    context.clock.move(2 * DAY)
    last = read_statement(context, owner(ann), "2027").statement
    with context.database.reading() as session:
        balances = ledger.read_balances(session, TENANT, owner=ann)
    owed = Counter[str]()
    for (_account, currency), balance in balances.items():
        owed[currency] -= balance.amount
    assert {one.currency: one.closing for one in last.totals} == {"USD": owed["USD"]}
    assert owed == {"USD": 300, "EUR": 0}


def test_every_line_names_an_entry_that_holds_it(year: tuple[Context, str]) -> None:
    context, ann = year
    accounts = {own(kind, ann) for kind in COUNTED}
    lines = read_statement(context, owner(ann), "2026").statement.lines
    with context.database.reading() as session:
        entries = {one.seq: one.entry for one in ledger.walk(session, TENANT)}
    for line in lines:
        moved = line.movement
        postings = entries[moved.seq].postings
        assert moved.amount == -sum(
            one.amount
            for one in postings
            if one.account in accounts and one.currency == moved.currency
        )


def test_reporting_in_another_currency_uses_the_rate_of_the_day(
    year: tuple[Context, str],
) -> None:
    context, ann = year
    found = read_statement(context, owner(ann), "2026", currency="eur").statement
    assert found.without_rate == ("USD",)
    assert found.converted is None
    assert [line.rate for line in found.lines][:3] == ["1/1.25", "", "1"]
    # On the first of February, the newest rate was more than a week old.
    assert found.lines[1].converted is None


def test_csv_has_every_line_with_its_place_in_the_log(year: tuple[Context, str]) -> None:
    context, ann = year
    content = statement_csv(read_statement(context, owner(ann), "2026").statement)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [row["seq"] for row in rows] == ["2", "3", "5", "10", "10", "11"]
    assert rows[3] == {
        "seq": "10", "at": "2026-04-01T12:00:00Z", "line": "exchanged", "entry": "claim",
        "about": "about", "currency": "EUR", "amount": "-40.00", "withheld": "0.00", "fee": "0.00",
        "reporting_currency": "USD", "converted": "-44.00", "rate": "1.1", "rate_day": "2026-03-02",
    }  # fmt: skip
    assert (rows[5]["withheld"], rows[5]["fee"]) == ("35.76", "0.25")


def test_formula_in_a_reference_is_a_text(any_context: Context) -> None:
    ann = add_account(any_context)
    book(
        any_context, EntryKind.REWARD, on(2026, 5, 1), ("rewards", "USD", 10),
        (own("partner.pending", ann), "USD", -10), ref="=HYPERLINK(1)",
    )  # fmt: skip
    content = statement_csv(read_statement(any_context, owner(ann), "2026").statement)
    assert b",'=HYPERLINK(1)," in content


def test_what_is_owed_back_after_a_payout_is_below_zero_at_the_end(any_context: Context) -> None:
    ann = add_account(any_context)
    earn(any_context, ann, 580, on(2026, 1))
    mature(any_context, ann, 580, on(2026, 2))
    claim(any_context, ann, 580, on(2026, 3))
    settle(any_context, ann, 580, on(2026, 3))
    owe_back(any_context, ann, 290, on(2026, 4))
    (dollars,) = read_statement(any_context, owner(ann), "2026").statement.totals
    assert dollars.sums == Sums(earned=580, reversed=-290, paid=580)
    assert dollars.closing == -290
    (summary,) = earnings_of(any_context, owner(ann))
    assert (summary.owed_back, summary.paid, summary.reversed) == (290, 580, -290)


def test_correction_is_a_line_of_its_own_kind(any_context: Context) -> None:
    ann = add_account(any_context)
    moves = (("commission", "USD", 5), (own("partner.pending", ann), "USD", -5))
    book(any_context, EntryKind.CORRECTION, on(2026, 5, 1), *moves)
    found = read_statement(any_context, owner(ann), "2026").statement
    assert [(line.kind, line.converted) for line in found.lines] == [(LineKind.CORRECTED, 5)]
    assert found.totals[0].closing == 5


@pytest.mark.parametrize("text", ["2019", "2027", "26", "٢٠٢٦", "", "20260", "-202", "2026.0"])
def test_year_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(NotFound, match="There is no statement"):
        check_year(text, NOON)


def test_year_begins_and_ends_at_midnight_in_utc() -> None:
    assert span_of(2026) == (on(2026, 1, 1, 0), on(2027, 1, 1, 0))
    assert check_year("2026", NOON) == 2026


def test_statement_needs_the_scope(context: Context) -> None:
    actor = Actor(
        tenant=TENANT, account=add_account(context), role=Role.OWNER,
        scopes=frozenset(Scope) - {Scope.REFERRALS_READ}, is_session=False,
    )  # fmt: skip
    with pytest.raises(Forbidden):
        read_statement(context, actor, "2026")


movements = st.lists(
    st.builds(
        Movement,
        seq=st.integers(0, 99),
        at=st.integers(on(2026, 1), on(2026, 12, 31)),
        kind=st.sampled_from(EntryKind),
        ref=st.just("x"),
        currency=st.sampled_from(["USD", "EUR", "JPY"]),
        amount=st.integers(-(10**9), 10**9).filter(bool),
    ),
    max_size=12,
)


@given(found=movements, opening=st.integers(-(10**9), 10**9))
def test_opening_and_lines_add_up_to_the_closing_in_each_currency(
    found: list[Movement], opening: int
) -> None:
    days = {day_of(one.at) for one in found}
    book_of_rates = RateBook(
        make_rate(currency=code, day=day, per_euro=text, provider="ecb")
        for day in sorted(days)
        for code, text in (("USD", "1.1"), ("JPY", "160"))
    )
    made = make_statement(
        2026, "USD", openings={"USD": opening}, movements=found, book=book_of_rates
    )
    for one in made.totals:
        owed = sum(moved.amount for moved in found if moved.currency == one.currency)
        assert one.closing == one.opening + owed
        assert one.sums.change == sum(
            month.sums.change for month in made.months if month.currency == one.currency
        )
    assert made.converted is not None
    assert made.converted.change == sum(line.converted or 0 for line in made.lines)


def test_line_without_a_rate_says_so() -> None:
    moved = Movement(
        seq=1, at=on(2026, 1), kind=EntryKind.SALE, ref="", currency="EUR", amount=5
    )  # fmt: skip
    made = make_statement(2026, "USD", openings={}, movements=[moved], book=NO_RATES)
    assert (made.lines[0].converted, made.converted, made.without_rate) == (None, None, ("EUR",))
    assert make_statement(
        2026, "EUR", openings={}, movements=[moved], book=NO_RATES
    ).converted == Sums(earned=5)


def test_book_of_rates_knows_each_day() -> None:
    rates = [
        make_rate(currency="USD", day=Day(day), per_euro=f"1.{day}", provider="ecb")
        for day in (10, 11, 20)
    ]
    known = RateBook(rates)
    assert [known.on(Day(day)).between("EUR", "USD").text for day in (10, 12, 18, 20)] == [
        "1.1", "1.11", "1.11", "1.2",
    ]  # fmt: skip
