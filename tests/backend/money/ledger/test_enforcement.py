"""The ledger takes what adds up, once, and the database itself refuses every change of it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.actions.context import Context
from backend.actions.ledger import post
from backend.actions.payments import apply_event
from backend.domain.ledger import Booked, Entry, EntryKind, Posting, fold, own
from backend.errors import Conflict, Invalid
from backend.store import ledger
from backend.store.tables.base import TENANT
from tests.support.money import add_chain, adjusted, balances, paid
from tests.support.service import NOON, add_account

CHANGES = [
    "UPDATE ledger_txn SET at = 0",
    "UPDATE ledger_txn SET leaf = '' WHERE seq = 0",
    "DELETE FROM ledger_txn",
    "UPDATE ledger_posting SET amount = 1",
    "UPDATE ledger_posting SET amount = 1 WHERE seq = 0 AND n = 0",
    "DELETE FROM ledger_posting",
    "INSERT OR REPLACE INTO ledger_posting SELECT * FROM ledger_posting",
    "TRUNCATE ledger_posting",
    "TRUNCATE ledger_txn CASCADE",
]
ONLY_SQLITE, ONLY_POSTGRESQL = "INSERT OR REPLACE", "TRUNCATE"


def an_entry(*postings: tuple[str, int], key: str = "key", currency: str = "USD") -> Entry:
    return Entry(
        kind=EntryKind.CORRECTION,
        key=key,
        at=NOON,
        postings=[
            Posting(account=account, currency=currency, amount=amount)
            for account, amount in postings
        ],
    )


def book(context: Context, *entries: Entry) -> list[Booked]:
    with context.database.transaction() as session:
        return post(session, context, entries)


def size_of(context: Context) -> int:
    with context.database.reading() as session:
        return sum(1 for _entry in ledger.walk(session, TENANT))


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_what_was_booked(
    any_context: Context, statement: str
) -> None:
    is_sqlite = any_context.database.is_sqlite
    if statement.startswith(ONLY_POSTGRESQL if is_sqlite else ONLY_SQLITE):
        pytest.skip("the other database's words")
    book(any_context, an_entry(("sales", -5), ("cash.manual", 5)))
    with (
        pytest.raises(DBAPIError, match="append only"),
        any_context.database.transaction() as session,
    ):
        session.connection().execute(text(statement))
    assert balances(any_context) == {"sales USD": -5, "cash.manual USD": 5}
    assert size_of(any_context) == 1


@pytest.mark.parametrize(
    "postings",
    [
        [("sales", -5), ("cash.manual", 4)],
        [("sales", -5)],
        [],
        [("sales", -5), ("cash.manual", 5), ("fx", 0)],
        [("sales", -(2**60)), ("cash.manual", 2**60)],
        [("sales", -5), ("gifts", 5)],
        [("sales", -5), ("partner.pending", 5)],
        [("sales:" + "a" * 32, -5), ("cash.manual", 5)],
    ],
)
def test_what_does_not_add_up_is_refused_with_all_that_comes_with_it(
    context: Context, postings: list[tuple[str, int]]
) -> None:
    good = an_entry(("sales", -5), ("cash.manual", 5), key="good")
    with pytest.raises(Invalid):
        book(context, good, an_entry(*postings))
    assert balances(context) == {}


def test_two_currencies_do_not_make_up_for_each_other(context: Context) -> None:
    mixed = Entry(
        kind=EntryKind.CORRECTION,
        key="mixed",
        at=NOON,
        postings=[
            Posting(account="sales", currency="USD", amount=-5),
            Posting(account="cash.manual", currency="EUR", amount=5),
        ],
    )
    with pytest.raises(Invalid):
        book(context, mixed)


@pytest.mark.parametrize(
    ("kind", "too_much"),
    [
        ("partner.pending", 6),
        ("partner.available", 6),
        ("partner.held", 6),
        ("payout", 6),
        ("credit", 6),
        ("partner.receivable", -6),
    ],
)
def test_an_owner_s_balance_cannot_get_to_the_wrong_side(
    any_context: Context, kind: str, too_much: int
) -> None:
    account = own(kind, add_account(any_context))
    five = -5 if too_much > 0 else 5
    book(any_context, an_entry((account, five), ("commission", -five), key="first"))
    before = balances(any_context)
    with pytest.raises(Conflict, match="wrong side"):
        book(
            any_context,
            an_entry(("sales", -1), ("cash.manual", 1), key="beside"),
            an_entry((account, too_much), ("commission", -too_much), key="second"),
        )
    assert balances(any_context) == before
    assert size_of(any_context) == 1
    book(any_context, an_entry((account, -five), ("commission", five), key="second"))
    assert balances(any_context) == {}


def test_a_key_is_booked_once_and_never_with_other_content(any_context: Context) -> None:
    entry = an_entry(("sales", -5), ("cash.manual", 5))
    first, again = book(any_context, entry, entry)
    assert (first.seq, first.is_new, again.seq, again.is_new) == (0, True, 0, False)
    assert book(any_context, entry) == [again]
    with pytest.raises(Conflict, match="other content"):
        book(any_context, an_entry(("sales", -6), ("cash.manual", 6)))
    assert balances(any_context) == {"sales USD": -5, "cash.manual USD": 5}


def test_the_fold_from_empty_is_what_is_stored(any_context: Context) -> None:
    *_above, payer = add_chain(any_context, 3)
    for number in range(5):
        apply_event(any_context, paid(payer, 1_000 + number, ref=f"in_{number}", fee=30))
        apply_event(
            any_context, adjusted(100 * number + 1, ref=f"re_{number}", charge=f"ch_{number}")
        )
    with any_context.database.reading() as session:
        folded = fold(placed.entry for placed in ledger.walk(session, TENANT))
        assert folded == ledger.read_balances(session, TENANT)
