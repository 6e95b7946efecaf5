"""Times of many calls, as percentiles."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def print_times(name: str, milliseconds: Sequence[float], limit: str = "") -> None:
    """Print one row: median, two high percentiles, and the limit that was set."""
    p50, p95, p99 = (percentile(milliseconds, part) for part in (50, 95, 99))
    print(f"| {name} | {p50:.2f} | {p95:.2f} | {p99:.2f} | {limit} |", flush=True)


def print_head(title: str) -> None:
    print(
        f"\n| {title} | P50 ms | P95 ms | P99 ms | limit |\n|---|---:|---:|---:|---:|", flush=True
    )


def times_of(call: Callable[[], object], number: int) -> list[float]:
    """Return how long each of `number` calls took, in milliseconds."""
    found = []
    for _ in range(number):
        began = time.perf_counter()
        call()
        found.append((time.perf_counter() - began) * 1000)
    return found


def percentile(values: Sequence[float], part: int) -> float:
    """Return the value that `part` percent of them are not above."""
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]
