"""Entries of the ledger for tests about what owners see of it: earned, taken back, paid."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from backend.actions.context import Context
from backend.actions.ledger import post
from backend.domain.instants import Instant, from_datetime
from backend.domain.ledger import Booked, Entry, EntryKind, Posting, own


def on(year: int, month: int, day: int = 1, hour: int = 12) -> Instant:
    """Return an instant of a day."""
    return from_datetime(datetime.datetime(year, month, day, hour, tzinfo=datetime.UTC))


def book(
    context: Context,
    kind: EntryKind,
    at: Instant,
    *moves: tuple[str, str, int],
    ref: str = "about",
    facts: Mapping[str, str] | None = None,
) -> Booked:
    """Book an entry of (account, currency, amount), debit positive."""
    entry = Entry(
        kind=kind,
        key=f"test:{context.ids.random_bytes(8).hex()}",
        at=at,
        ref=ref,
        postings=[
            Posting(account=name, currency=code, amount=amount) for name, code, amount in moves
        ],
        facts=facts or {},
    )
    with context.database.transaction() as session:
        return post(session, context, [entry])[0]


def earn(context: Context, account: str, amount: int, at: Instant, currency: str = "USD") -> Booked:
    """Book a commission; below zero, what a refund takes back of one."""
    return book(
        context,
        EntryKind.SALE if amount > 0 else EntryKind.REFUND,
        at,
        ("commission", currency, amount),
        (own("partner.pending", account), currency, -amount),
    )


def mature(
    context: Context, account: str, amount: int, at: Instant, currency: str = "USD"
) -> Booked:
    """Book that a commission is available, which no statement has a line for."""
    return book(
        context,
        EntryKind.MATURITY,
        at,
        (own("partner.pending", account), currency, amount),
        (own("partner.available", account), currency, -amount),
    )


def claim(
    context: Context, account: str, amount: int, at: Instant, currency: str = "USD"
) -> Booked:
    """Book that a payout in the same currency claims what is available."""
    return book(
        context,
        EntryKind.CLAIM,
        at,
        (own("partner.available", account), currency, amount),
        (own("payout", account), currency, -amount),
    )


def claim_converted(
    context: Context, account: str, euros: int, dollars: int, at: Instant, *, fact: str
) -> Booked:
    """Book that a payout in dollars claims euros, at the rate of the fact."""
    return book(
        context,
        EntryKind.CLAIM,
        at,
        (own("partner.available", account), "EUR", euros),
        ("fx", "EUR", -euros),
        ("fx", "USD", dollars),
        (own("payout", account), "USD", -dollars),
        facts={"rate EUR-USD": fact},
    )


def settle(
    context: Context,
    account: str,
    amount: int,
    at: Instant,
    *,
    withheld: int = 0,
    fee: int = 0,
    currency: str = "USD",
) -> Booked:
    """Book that a payout arrived."""
    moves = (
        (own("payout", account), currency, amount),
        ("withheld", currency, -withheld),
        ("fees", currency, fee),
        ("cash.bank", currency, withheld - amount - fee),
    )
    return book(context, EntryKind.SETTLEMENT, at, *(move for move in moves if move[2]))


def give_back(context: Context, account: str, amount: int, at: Instant) -> Booked:
    """Book that a payout failed."""
    return book(
        context,
        EntryKind.PAYOUT_FAILURE,
        at,
        (own("payout", account), "USD", amount),
        (own("partner.available", account), "USD", -amount),
    )


def owe_back(context: Context, account: str, amount: int, at: Instant) -> Booked:
    """Book a refund of a payment whose commission was paid out already."""
    return book(
        context,
        EntryKind.REFUND,
        at,
        ("commission", "USD", -amount),
        (own("partner.receivable", account), "USD", amount),
    )
