"""Compares the ledger, payments and commissions with what they follow from.

A part of `4site server check`. Each page is read at one moment, so that it can run beside a busy
service and needs no more memory for a large one.
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.actions.context import Context
from backend.actions.rewards_checking import compare_rewards
from backend.domain.checking import Difference, due_at
from backend.domain.instants import Instant
from backend.domain.ledger_checking import (
    compare_balance,
    compare_entry,
    compare_size,
    compare_totals,
)
from backend.domain.money_checking import compare_commissions, compare_payment
from backend.store import ledger_checking, money_checking
from backend.store.tables.base import TENANT

ENTRIES_AT_ONCE = 500
BALANCES_AT_ONCE = 200
PAYMENTS_AT_ONCE = 100
STRAYS = 1_000
_LONG_AGO = Instant(0)


def check_money(context: Context, *, is_late: bool = False) -> Iterator[Difference]:
    """Give everything about money that is not as it should be. With `is_late`, commissions that
    the job should have made available by now count as well.
    """
    yield from _or_unreadable("ledger_txn", _check_entries(context))
    yield from _or_unreadable("ledger_balance", _check_balances(context))
    yield from _or_unreadable("payment", _check_payments(context, is_late=is_late))
    yield from _or_unreadable("reward_grant", compare_rewards(context))


def _or_unreadable(table: str, differences: Iterator[Difference]) -> Iterator[Difference]:
    """Give differences until a value is none that its column can have, and that one as well."""
    try:
        yield from differences
    except (ValueError, LookupError, TypeError) as error:
        yield Difference(what=table, where="some row", stored=str(error), computed="readable")


def _check_entries(context: Context) -> Iterator[Difference]:
    place = 0
    while True:
        with context.database.reading() as session:
            page = ledger_checking.read_entries(session, TENANT, since=place, limit=ENTRIES_AT_ONCE)
            size = ledger_checking.read_size(session, TENANT)
        for record in page:
            yield from compare_entry(record, place)
            place = record.seq + 1
        if len(page) < ENTRIES_AT_ONCE:
            yield from compare_size(size, place)
            return


def _check_balances(context: Context) -> Iterator[Difference]:
    with context.database.reading() as session:
        totals = ledger_checking.read_totals(session, TENANT)
    yield from compare_totals(totals)
    after: tuple[str, str] | None = ("", "")
    while after is not None:
        with context.database.reading() as session:
            page, after = ledger_checking.read_balances(
                session, TENANT, after=after, limit=BALANCES_AT_ONCE
            )
        for record in page:
            yield from compare_balance(record)


def _check_payments(context: Context, *, is_late: bool) -> Iterator[Difference]:
    overdue = due_at(context.clock.now()) if is_late else _LONG_AGO
    after = ""
    while True:
        with context.database.reading() as session:
            page = money_checking.read_payments(
                session, TENANT, after=after, limit=PAYMENTS_AT_ONCE
            )
        for record in page:
            yield from compare_payment(record)
            yield from compare_commissions(record, overdue)
        if len(page) < PAYMENTS_AT_ONCE:
            break
        after = page[-1].payment.id
    with context.database.reading() as session:
        strays = ledger_checking.find_entries_without_payment(session, TENANT, limit=STRAYS)
    for seq, payment in strays:
        yield Difference(
            what="payment", where=f"entry {seq}", stored="none", computed=f"payment {payment}"
        )
