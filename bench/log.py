"""The transparency log over many entries: taking them in, and proving one.

A proof is timed beside one read of one row by its key, turn by turn in the same run.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time

from sqlalchemy import select
from sqlmodel import col

from backend.actions.context import Context
from backend.actions.transparency import integrate, prove_leaf
from backend.domain.merkle import leaf_hash
from backend.domain.proofs import prove_inclusion
from backend.store import ledger, transparency
from backend.store.bulk import insert_many, update_many
from backend.store.tables.base import TENANT
from backend.store.tables.ledger import LedgerHeadRow, TransactionRow
from bench.databases import add_databases, contexts_on
from bench.timing import print_head, print_times, times_of

LIMIT = 5
"""What a proof may cost, in reads of a row."""
_ROWS_AT_ONCE = 20_000
_COLUMNS = ("tenant", "seq", "kind", "key", "input_hash", "at", "booked_at", "ref", "facts",
            "leaf", "leaf_hash")  # fmt: skip
_POSTINGS = ",".join(['{"account":"sales","amount":-2900,"currency":"USD"}'] * 4)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_databases(parser)
    parser.add_argument("--leaves", type=int, default=1_000_000, help="in the log")
    parser.add_argument("--calls", type=int, default=1_000, help="of each thing that is timed")


def run_part(arguments: argparse.Namespace) -> None:
    for name, context in contexts_on(arguments.databases):
        _fill(context, arguments.leaves)
        print(
            f"\n### {name}, {arguments.leaves:,} entries; load of the machine "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        )
        began = time.perf_counter()
        integrate(context)
        seconds = time.perf_counter() - began
        print(f"\nTaken into the tree: {arguments.leaves / seconds:,.0f} entries a second.")
        _measure(context, arguments.leaves, arguments.calls)


def _fill(context: Context, leaves: int) -> None:
    """Write entries as the ledger would, without their postings."""
    insert = insert_many(TransactionRow.__table__, _COLUMNS)  # type: ignore[attr-defined]  # SQLModel makes it
    grow = update_many(LedgerHeadRow.__table__, ("size",), key=("tenant",))  # type: ignore[attr-defined]  # as above
    for start in range(0, leaves, _ROWS_AT_ONCE):
        with context.database.transaction() as session:
            ledger.lock(session, TENANT)
            some = range(start, min(leaves, start + _ROWS_AT_ONCE))
            insert.run(session.connection(), [_row(seq) for seq in some])
            grow.run(session.connection(), [(some.stop, TENANT)])


def _row(seq: int) -> tuple[object, ...]:
    leaf = f'{{"kind":"sale","postings":[{_POSTINGS}],"seq":{seq},"v":1}}'
    hashed = leaf_hash(leaf.encode()).hex()
    return (TENANT, seq, "sale", f"sale:{seq}", hashed, 0, 0, "", "{}", leaf, hashed)


def _measure(context: Context, leaves: int, calls: int) -> None:
    chosen = random.Random(7)  # noqa: S311  the same entries each time

    def read_row() -> None:
        seq = chosen.randrange(leaves)
        wanted = select(col(TransactionRow.leaf)).where(
            col(TransactionRow.tenant) == TENANT, col(TransactionRow.seq) == seq
        )
        with context.database.reading() as session:
            session.execute(wanted).scalar_one()

    def prove() -> None:
        seq = chosen.randrange(leaves)
        with context.database.reading() as session:
            prove_inclusion(seq, leaves, transparency.reader_of(session, TENANT))

    def prove_whole() -> None:
        prove_leaf(context, chosen.randrange(leaves))

    cases = {
        "one row by its key": read_row,
        "inclusion proof": prove,
        "proof with leaf and checkpoint": prove_whole,
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(calls):
        for name, call in cases.items():
            times[name] += times_of(call, 1)
    print_head("one call")
    once = statistics.median(times["one row by its key"])
    for name, found in times.items():
        ratio = statistics.median(found) / once
        print_times(f"{name}, {ratio:.2f} reads", found, f"{LIMIT} reads")
