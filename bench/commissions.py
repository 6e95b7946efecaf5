"""A million payments shared out over seven levels, on one core."""

from __future__ import annotations

import argparse
import os
import random
import time

from backend.domain.commissions import earnings_of
from backend.domain.plans import BUILT_IN, LEVELS

LIMIT_SECONDS = 5
_LARGEST = 100_000
"""A payment's largest amount in minor units."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--payments", type=int, default=1_000_000)


def run_part(arguments: argparse.Namespace) -> None:
    chance = random.Random(4)  # noqa: S311  the same each time is the point
    amounts = [chance.randrange(1, _LARGEST) for _ in range(arguments.payments)]
    filled = (True,) * LEVELS
    print(
        f"Amounts at random up to {_LARGEST:,}; load of the machine {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} processors\n\n"
        "| plan | payments | processor seconds | limit |\n|---|---:|---:|---:|"
    )
    for plan in BUILT_IN:
        began = time.process_time()
        for amount in amounts:
            earnings_of(plan, amount, 6, filled)
        seconds = time.process_time() - began
        print(f"| {plan.name} | {len(amounts):,} | {seconds:.2f} | {LIMIT_SECONDS} |", flush=True)
