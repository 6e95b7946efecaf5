"""Many who deliver the same at once: each thing is booked once, in one order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.domain.instants import DAY
from backend.store import ledger
from backend.store.tables.base import TENANT
from tests.support.deliveries import deliver
from tests.support.facts import clock_of
from tests.support.money import add_chain, balances

THREADS = 4


def test_threads_that_deliver_the_same_book_each_once(any_context: Context) -> None:
    ann, payer = add_chain(any_context, 2)
    together = threading.Barrier(THREADS)

    def work(seed: int) -> None:
        together.wait()
        deliver(any_context, payer, seed)
        mature_commissions(any_context)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    assert check(any_context) == []
    clock_of(any_context).move(200 * DAY)
    with ThreadPoolExecutor(THREADS) as pool:
        done = sum(pool.map(mature_commissions, [any_context] * THREADS))
    assert done == 2
    assert check(any_context) == []
    assert balances(any_context, ann) == {f"partner.available:{ann} USD": -(380 + 580)}
    with any_context.database.reading() as session:
        places = [placed.seq for placed in ledger.walk(session, TENANT)]
        keys = {placed.entry.key for placed in ledger.walk(session, TENANT)}
    assert places == list(range(len(keys)))
