"""Fraud rules on a simulated population: recall by kind of cheat, false positives, decision time.

Honest owners with spikes, classes, conference halls, offices, carriers and newsletters, and six
kinds of cheats go through the real recorder. Limits: false positives under 1 %, a batch's shares
judged in under 100 ms. As many referrers, and four kinds of cheats among them, are judged once a
day for six weeks.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from backend.domain.instants import SECOND
from backend.metrics import FRAUD_SECONDS
from tests.support import referrers
from tests.support.population import CHEATS, HONEST, Outcome, play
from tests.support.referrers import Judged, play_referrers
from tests.support.service import make_context

LIMIT_PERCENT = 1
LIMIT_SECONDS = 0.1
_PARTS = (50, 95, 99)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--honest", type=int, default=400, help="honest owners in all")
    parser.add_argument("--cheats", type=int, default=8, help="cheats of each kind")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--batch-seconds", type=int, default=20, help="recorded at once")


def run_part(arguments: argparse.Namespace) -> None:
    spent: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        context = make_context(Path(folder))
        try:
            outcomes = play(
                context,
                honest=arguments.honest,
                cheats=arguments.cheats,
                batch=arguments.batch_seconds * SECOND,
                seed=arguments.seed,
                spent=spent,
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
    _print_times(sorted(spent))
    _print_referrers(play_referrers(honest=arguments.honest, cheats=arguments.cheats))


def _print_sums(outcomes: dict[str, Outcome]) -> None:
    honest = [outcomes[name] for name in HONEST]
    cheats = [outcomes[name] for name in CHEATS]
    owners = sum(one.owners for one in honest)
    held = sum(one.caught for one in honest)
    # Of none in n nobody knows more than that it is below 3/n, with 95 % certainty.
    bound = f", below {3 / owners:.2%} with 95 % certainty" if not held else ""
    shares = _percent(sum(one.held for one in honest), sum(one.shares for one in honest))
    caught = _percent(sum(one.caught for one in cheats), sum(one.owners for one in cheats))
    print(f"\nRecall: {caught} of the cheats")
    print(
        f"False positives: {held} of {owners} owners ({_percent(held, owners)}{bound}), "
        f"{shares} of the shares; limit {LIMIT_PERCENT} %"
    )


def _print_referrers(judged: dict[str, Judged]) -> None:
    print(
        "\n| kind of referrer | referrers | with an open case | after their money was due |"
        "\n|---|---:|---:|---:|"
    )
    for name, one in judged.items():
        caught = f"{one.caught} ({_percent(one.caught, one.referrers)})"
        print(f"| {name} | {one.referrers} | {caught} | {one.late} |")
    wrong = sum(judged[name].caught for name in referrers.HONEST)
    of = sum(judged[name].referrers for name in referrers.HONEST)
    print(f"\nFalse positives: {wrong} of {of} referrers; limit {LIMIT_PERCENT} %")


def _print_times(spent: list[float]) -> None:
    """Print how long decisions took by the clock, and what they cannot have cost more than: whoever
    shares the machine with others waits for these, too.
    """
    by_clock = ", ".join(f"P{part} {_quantile(part / 100) * 1_000:.1f} ms" for part in _PARTS)
    print(f"Decision of a batch: {by_clock}; limit {LIMIT_SECONDS * 1_000:g} ms")
    whole = ", ".join(
        f"P{part} {spent[(len(spent) - 1) * part // 100] * 1_000:.1f} ms" for part in _PARTS
    )
    print(f"The whole recording of {len(spent)} batches with shares, processor time: {whole}")


def _percent(some: int, of: int) -> str:
    return f"{some / of:.1%}" if of else "–"


def _quantile(part: float) -> float:
    """Return the time within which a part of all decisions was made, in seconds; between the
    bounds of the metric's buckets it is interpolated, as Prometheus does.
    """
    (metric,) = FRAUD_SECONDS.collect()
    found = [
        (float(sample.labels["le"]), sample.value)
        for sample in metric.samples
        if sample.name.endswith("_bucket")
    ]
    wanted = found[-1][1] * part
    below, fewer = 0.0, 0.0
    for bound, number in found:
        if number >= wanted:
            is_open = bound == float("inf")
            return (
                below if is_open else below + (bound - below) * (wanted - fewer) / (number - fewer)
            )
        below, fewer = bound, number
    return below
