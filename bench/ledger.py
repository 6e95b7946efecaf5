"""Posting to the ledger beside bare inserts of the same rows, in the same database.

What is added is: the key and its hash, the sum, the lock, the place, the salts and commitments, the
leaf and its hash, and balances that refuse their wrong side. Rounds of both alternate.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

from backend.actions.context import Context
from backend.actions.ledger import post
from backend.domain.ledger import Entry, EntryKind, Posting, input_hash, make_leaf, own
from backend.store.bulk import insert_many
from backend.store.tables.ledger import BalanceRow, PostingRow, TransactionRow
from bench.databases import contexts_on
from tests.support.service import NOON

OWNERS = 2_000
LEVELS = (580, 435, 290, 232, 145, 87, 58)
RAW = "raw"
"""The tenant whose rows are inserted without anything else."""
LIMITS = {500: 0.50, 50: 0.50, 1: 0.45}
TOTALS = {500: 1_000, 50: 500, 1: 60}
"""Entries a round, by how many are committed at once."""
_chance = random.Random(4)  # noqa: S311  the same each time is the point
Group = Sequence[Entry]
Rows = list[tuple[Any, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=7, help="of each, alternating")
    parser.add_argument("--groups", type=int, nargs="+", default=list(LIMITS))
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="+",
                        default=["sqlite", "postgresql"])  # fmt: skip


def run_part(arguments: argparse.Namespace) -> None:
    print(
        f"Entries of ten postings; load of the machine {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} processors. SQLite waits for the disk at each commit.\n\n"
        "| database | a commit | bare inserts/s | entries/s | ratio | limit |\n"
        "|---|---:|---:|---:|---:|---:|"
    )
    for name, context in contexts_on(arguments.database):
        raw = _Raw(context)
        for size in arguments.groups:
            _measure(context, raw, (name, size), arguments.rounds)


def _table(row: Any) -> Any:
    return row.__table__


def _measure(context: Context, raw: _Raw, part: tuple[str, int], rounds: int) -> None:
    name, size = part
    times: dict[str, list[float]] = {"raw": [], "full": []}
    for number in range(rounds + 1):
        groups = _groups(size, TOTALS[size])
        prepared = [raw.prepare(group) for group in groups]
        for kind in ("raw", "full") if number % 2 else ("full", "raw"):
            began = time.perf_counter()
            if kind == "raw":
                for rows in prepared:
                    raw.write(rows)
            else:
                for group in groups:
                    _post(context, group)
            if number:  # the first round only warms up
                times[kind].append(time.perf_counter() - began)
    ratio = statistics.median(
        bare / full for bare, full in zip(times["raw"], times["full"], strict=True)
    )
    bare, full = (TOTALS[size] / statistics.median(times[kind]) for kind in ("raw", "full"))
    print(
        f"| {name} | {size} | {bare:,.0f} | {full:,.0f} | {ratio:.2f} | {LIMITS[size]:.2f} |",
        flush=True,
    )


def _post(context: Context, group: Group) -> None:
    with context.database.transaction() as session:
        post(session, context, group)


def _groups(size: int, total: int) -> list[list[Entry]]:
    return [[_an_entry() for _ in range(size)] for _ in range(total // size)]


def _an_entry() -> Entry:
    """Return a sale that seven people earn of."""
    people = _chance.sample(range(OWNERS), len(LEVELS))
    rows = [("cash.stripe", 2_900), ("sales", -2_900), ("commission", sum(LEVELS))]
    postings = [
        *(Posting(account=account, currency="USD", amount=amount) for account, amount in rows),
        *(
            Posting(
                account=own("partner.pending", f"{person:032x}"),
                currency="USD",
                amount=-amount,
                level=level,
                line="base",
            )
            for level, (person, amount) in enumerate(zip(people, LEVELS, strict=True), 1)
        ),
    ]
    key = f"stripe:{_chance.randbytes(12).hex()}:paid"
    facts = {"plan": "seven-level 1", "months": "3"}
    return Entry(kind=EntryKind.SALE, key=key, at=NOON, postings=postings, ref=key, facts=facts)


class _Raw:
    """The same rows with nothing but inserts: everything about them is made up beforehand."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._size = 0

    def prepare(self, group: Group) -> list[Rows]:
        """Return the rows of entries, table by table."""
        sums: dict[tuple[str, str], list[int]] = {}
        transactions: Rows = []
        postings: Rows = []
        for entry in group:
            seq, self._size = self._size, self._size + 1
            leaf, digest = make_leaf(entry, seq, _SALTS)
            transactions.append(
                (RAW, seq, entry.kind.value, entry.key, input_hash(entry), entry.at, entry.at,
                 entry.ref, None, json.dumps(dict(entry.facts)), leaf, digest)
            )  # fmt: skip
            for n, one in enumerate(entry.postings):
                postings.append(
                    (RAW, seq, n, one.account, one.currency, one.amount, one.level, one.line)
                )
                side = sums.setdefault((one.account, one.currency), [0, 0])
                side[one.amount < 0] += abs(one.amount)
        balances = [(RAW, *key, *side, 0) for key, side in sums.items()]
        return [transactions, postings, balances]

    def write(self, tables: Sequence[Rows]) -> None:
        with self._database.transaction() as session:
            for statement, rows in zip(_STATEMENTS, tables, strict=True):
                statement.run(session.connection(), rows)


_SALTS = {f"{person:032x}": person.to_bytes(32) for person in range(OWNERS)}
_STATEMENTS = (
    insert_many(
        _table(TransactionRow),
        ("tenant", "seq", "kind", "key", "input_hash", "at", "booked_at", "ref", "reverses",
         "facts", "leaf", "leaf_hash"),
    ),
    insert_many(
        _table(PostingRow),
        ("tenant", "seq", "n", "account", "currency", "amount", "level", "line"),
    ),
    insert_many(
        _table(BalanceRow),
        ("tenant", "account", "currency", "debits", "credits", "sign"),
        on_conflict="ON CONFLICT (tenant, account, currency) DO UPDATE SET debits = "
        "ledger_balance.debits + excluded.debits, credits = ledger_balance.credits + "
        "excluded.credits",
    ),
)  # fmt: skip
