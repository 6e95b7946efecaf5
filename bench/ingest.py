"""Ingest beside a no-op on the same server: requests acknowledged after the commit.

Rounds alternate, so that noise falls on all alike; compare by processor time where other work
runs on the machine. The goal is 0.50 of the no-op, 0.80 aimed at; P95 at half of the peak under
50 ms; memory at most 1.1 times from the first number of events to the last.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.servers import KINDS, Server, start_noop, start_service
from bench.wrk import Load, check_wrk, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of one round")
    parser.add_argument("--connections", type=int, default=1024)
    parser.add_argument(
        "--events", type=int, nargs="*", default=[100_000, 1_000_000],
        help="measure memory after so many events; none leaves it out",
    )  # fmt: skip


def run_part(arguments: argparse.Namespace) -> None:
    check_wrk()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        servers = [stack.enter_context(start_noop())]
        servers += [stack.enter_context(start_service(k, folder)) for k in arguments.databases]
        keys = servers[-1].keys or Path()
        print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        results = _compare(servers, keys, arguments)
        _print_peak(results)
        _print_half(results[1:], arguments)
        if arguments.events:
            _print_memory(servers[1:], arguments)


@dataclass(kw_only=True)
class Result:
    """The rounds of one server: what `wrk` measured, and µs of processor a request."""

    server: Server
    loads: list[Load] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return statistics.median(one.per_second for one in self.loads)

    @property
    def cpu(self) -> float:
        return statistics.median(self.own)


def _compare(servers: list[Server], keys: Path, arguments: argparse.Namespace) -> list[Result]:
    results = [Result(server=server) for server in servers]
    for server in servers:  # what is made once is made before
        load(server.url, server.keys or keys, seconds=1, connections=arguments.connections)
    for _round in range(arguments.rounds):
        for result in results:
            _measure(result, keys, arguments)
    return results


def _measure(result: Result, keys: Path, arguments: argparse.Namespace) -> None:
    server = result.server
    own, database = server.cpu_seconds, server.database_cpu_seconds
    done = load(
        server.url,
        server.keys or keys,
        seconds=arguments.seconds,
        connections=arguments.connections,
    )
    if done.refused:
        print(f"{server.name} refused {done.refused} of {done.requests}", file=sys.stderr)
    result.loads.append(done)
    result.own.append((server.cpu_seconds - own) / done.requests * 1e6)
    result.database.append((server.database_cpu_seconds - database) / done.requests * 1e6)


def _print_peak(results: list[Result]) -> None:
    noop = results[0]
    print(
        "\n| server | requests/s | of the no-op | CPU µs | of it by CPU | database's CPU µs "
        "| P50 ms | P95 ms |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    for result in results:
        p50 = statistics.median(one.p50_ms for one in result.loads)
        p95 = statistics.median(one.p95_ms for one in result.loads)
        print(
            f"| {result.server.name} | {result.per_second:.0f} "
            f"| {result.per_second / noop.per_second:.2f} | {result.cpu:.0f} "
            f"| {noop.cpu / result.cpu:.2f} | {statistics.median(result.database):.0f} "
            f"| {p50:.1f} | {p95:.1f} |",
            flush=True,
        )


def _print_half(results: list[Result], arguments: argparse.Namespace) -> None:
    """Pause each connection so long that they send half of the peak together."""
    print("\n| at half of the peak | requests/s | P50 ms | P95 ms | P99 ms |"
          "\n|---|---:|---:|---:|---:|")  # fmt: skip
    for result in results:
        server = result.server
        period_ms = arguments.connections / (result.per_second / 2) * 1000
        answer_ms = statistics.median(one.p50_ms for one in result.loads) / 2
        done = load(
            server.url,
            server.keys or Path(),
            seconds=arguments.seconds * 2,
            connections=arguments.connections,
            pause_ms=max(1.0, period_ms - answer_ms),
        )
        print(
            f"| {server.name} | {done.per_second:.0f} | {done.p50_ms:.1f} | {done.p95_ms:.1f} "
            f"| {done.p99_ms:.1f} |",
            flush=True,
        )


def _print_memory(servers: list[Server], arguments: argparse.Namespace) -> None:
    counts = sorted(arguments.events)
    titles = " | ".join(f"MiB after {count:,}" for count in counts)
    print(f"\n| memory | {titles} | last / first |\n|---|{'---:|' * (len(counts) + 1)}")
    for server in servers:
        sent, sizes = 0, []
        for count in counts:
            while sent < count:
                sent += load(
                    server.url, server.keys or Path(), seconds=5, connections=arguments.connections
                ).requests
            sizes.append(server.rss_mib)
        cells = " | ".join(f"{size:.0f}" for size in sizes)
        print(f"| {server.name} | {cells} | {sizes[-1] / sizes[0]:.2f} |", flush=True)
