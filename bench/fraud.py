"""Fraud rules on a simulated population: recall by kind of cheat, false positives, decision time.

Honest owners with spikes, classes, conference halls and offices, and six kinds of cheats go through
the real recorder. Limits: false positives under 1 %, a batch's shares judged in under 100 ms.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from backend.domain.instants import SECOND
from backend.metrics import FRAUD_SECONDS
from tests.support.population import CHEATS, HONEST, Outcome, play
from tests.support.service import make_context

LIMIT_PERCENT = 1
LIMIT_SECONDS = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--honest", type=int, default=100, help="honest owners in all")
    parser.add_argument("--cheats", type=int, default=5, help="cheats of each kind")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--batch-seconds", type=int, default=20, help="recorded at once")


def run_part(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        context = make_context(Path(folder))
        try:
            outcomes = play(
                context,
                honest=arguments.honest,
                cheats=arguments.cheats,
                batch=arguments.batch_seconds * SECOND,
                seed=arguments.seed,
            )
        finally:
            context.database.close()
    print(
        f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n\n"
        "| kind | owners | with an open case | shares | held |\n|---|---:|---:|---:|---:|"
    )
    for name, one in outcomes.items():
        caught = f"{one.caught} ({_percent(one.caught, one.owners)})"
        held = f"{one.held} ({_percent(one.held, one.shares)})"
        print(f"| {name} | {one.owners} | {caught} | {one.shares} | {held} |")
    _print_sums(outcomes)


def _print_sums(outcomes: dict[str, Outcome]) -> None:
    honest = [outcomes[name] for name in HONEST]
    cheats = [outcomes[name] for name in CHEATS]
    owners = sum(one.owners for one in honest)
    wrong = _percent(sum(one.caught for one in honest), owners)
    shares = _percent(sum(one.held for one in honest), sum(one.shares for one in honest))
    caught = _percent(sum(one.caught for one in cheats), sum(one.owners for one in cheats))
    print(f"\nRecall: {caught} of the cheats")
    print(
        f"False positives: {wrong} of the owners, {shares} of the shares; limit {LIMIT_PERCENT} %"
    )
    at_most = _quantile(0.95)
    print(
        f"Decision of a batch, P95: at most {at_most * 1_000:g} ms; limit {LIMIT_SECONDS * 1_000:g}"
    )


def _percent(some: int, of: int) -> str:
    return f"{some / of:.1%}" if of else "–"


def _quantile(part: float) -> float:
    """Return the upper bound of the bucket in which a part of all decisions ends."""
    (metric,) = FRAUD_SECONDS.collect()
    buckets = [
        (float(sample.labels["le"]), sample.value)
        for sample in metric.samples
        if sample.name.endswith("_bucket")
    ]
    return next(bound for bound, number in buckets if number >= buckets[-1][1] * part)
