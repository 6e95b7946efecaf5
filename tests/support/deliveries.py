"""Delivers the same events about one payer, as a process of its own that may die half-way.

`python -m tests.support.deliveries FOLDER DATABASE_URL PAYER SEED DIE_AT`: the order of the events
follows from the seed, and the process kills itself before the SQL statement with that number.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from sqlalchemy import event

from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.domain.billing_events import Adjusted, AdjustmentKind, AdjustmentStatus, Paid
from backend.domain.instants import DAY
from backend.ids import SystemIds
from tests.support.money import adjusted, paid
from tests.support.service import NOON, make_context

NEVER = 0


def events_of(payer: str) -> list[Paid | Adjusted]:
    """Return three payments, a refund that fails, a chargeback that is won and one that is lost."""
    disputed = {"kind": AdjustmentKind.DISPUTE, "at": NOON + DAY}
    return [
        *(paid(payer, 2_900 + n, ref=f"in_{n}", at=NOON + n * 40 * DAY, fee=90) for n in range(3)),
        adjusted(1_000, ref="re_0", charge="ch_0"),
        adjusted(500, ref="re_1", charge="ch_0"),
        adjusted(500, ref="re_1", charge="ch_0", status=AdjustmentStatus.FAILED, at=NOON + DAY),
        adjusted(2_901, ref="du_1", charge="ch_1", status=AdjustmentStatus.OPEN, **disputed),
        adjusted(2_901, ref="du_1", charge="ch_1", status=AdjustmentStatus.LOST, **disputed),
        adjusted(9, ref="du_2", charge="ch_2", status=AdjustmentStatus.OPEN, **disputed),
        adjusted(9, ref="du_2", charge="ch_2", status=AdjustmentStatus.WON, **disputed),
    ]


def deliver(context: Context, payer: str, seed: int) -> None:
    """Deliver everything twice, in the order of the seed."""
    events = events_of(payer) * 2
    random.Random(seed).shuffle(events)  # noqa: S311  repeatable
    for told in events:
        apply_event(context, told)


def main(folder: str, url: str, payer: str, seed: str, die_at: str) -> None:
    # Every process makes ids and salts of its own.
    context = replace(make_context(Path(folder), url or None), ids=SystemIds())
    numbers = count(1)

    @event.listens_for(context.database.engine, "before_cursor_execute")
    def _die(*_arguments: object) -> None:
        if next(numbers) == int(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

    deliver(context, payer, int(seed))
    context.database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
