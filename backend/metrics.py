"""What the service counts about itself, for Prometheus. Names here are what dashboards hold on to.

Labels have few values: a route's template, never a path; no address, site or account.
"""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

__all__ = ["CONTENT_TYPE_LATEST"]

# A second series for each, which no dashboard reads.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped

REQUESTS = Counter("foursite_requests", "Answered requests", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "foursite_request_seconds",
    "Time to the end of an answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
EVENTS = Counter("foursite_events", "Events in committed batches, repeats included", ["kind"])
BATCH_EVENTS = Histogram(
    "foursite_batch_events",
    "Events a batch",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000),
)
BATCH_SECONDS = Histogram(
    "foursite_batch_seconds",
    "Time to record and commit a batch",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
FRAUD_SECONDS = Histogram(
    "foursite_fraud_seconds",
    "Time to judge the shares of a batch",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25),
)
WAITING = Gauge(
    "foursite_collector_waiting",
    "Requests that wait for their batch",
    multiprocess_mode="livesum",
)
JOBS = Counter("foursite_jobs", "Finished jobs", ["name", "outcome"])
JOB_SECONDS = Histogram(
    "foursite_job_seconds",
    "Time of a job's last try",
    ["name"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300),
)
STREAMS = Gauge("foursite_streams", "Open event streams", multiprocess_mode="livesum")


def count_batch(kinds: Iterable[StrEnum], *, waiting: int) -> None:
    """Count the events of one committed batch."""
    numbers = Counts(kinds)
    for kind, number in numbers.items():
        EVENTS.labels(kind.value).inc(number)
    BATCH_EVENTS.observe(numbers.total())
    WAITING.set(waiting)


def exposition(folder: Path | None) -> bytes:
    """Return all metrics as text. `folder` is where several processes keep theirs."""
    if folder is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)
