"""What an event costs with more and more sites on PostgreSQL: it should stay the same.

Two ways: on as many busy sites at each size, whose first event of the day is over; and on sites
drawn from all, of which with a million nearly each has its first event of the day.

`--plans` prints the plan of every statement that recording a batch runs, at the largest size.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import text

from backend.actions.context import Context
from backend.actions.recording import record
from backend.domain.events import Event, EventKind
from backend.domain.shares import Platform
from bench.filling import add_owners, add_sites, an_event, analyze
from bench.servers import Server, bench_context, postmaster_of
from tests.support.postgresql import start_postgresql

_EVENTS_A_BATCH = 200
_BUSY_SITES = 1_000
_SITES_AN_OWNER = 10
_KINDS = (EventKind.VIEW, EventKind.VIEW, EventKind.VIEW, EventKind.COPY, EventKind.SHARE)
_chance = random.Random(4)  # noqa: S311  the same each time is the point


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sites", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--batches", type=int, default=50, help="timed at each size")
    parser.add_argument("--plans", action="store_true", help="print the plans of the statements")


def run_part(arguments: argparse.Namespace) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = stack.enter_context(start_postgresql(as_shipped=True)).new_database()
        context = bench_context(folder, url)
        # Only its processor time is asked for.
        server = Server(name="here", url="", pid=os.getpid(), database_pid=postmaster_of(url))
        print(
            f"Batches of {_EVENTS_A_BATCH} events; load of the machine {os.getloadavg()[0]:.1f} "
            f"on {os.cpu_count()} processors\n\n"
            "| sites | events on | µs an event | CPU µs | database's CPU µs |"
            "\n|---:|---|---:|---:|---:|"
        )
        sites: list[str] = []
        for size in sorted(arguments.sites):
            more = range(len(sites), size)
            owners = add_owners(context, -(-len(more) // _SITES_AN_OWNER))
            sites += [site for site, _ in add_sites(context, owners, more)]
            analyze(context)
            busy = _chance.sample(sites, _BUSY_SITES)
            for first in range(0, len(busy), _EVENTS_A_BATCH):
                some = busy[first : first + _EVENTS_A_BATCH]
                _record(context, [an_event(context, site, EventKind.VIEW, None) for site in some])
            for events_on, drawn in ((f"{_BUSY_SITES:,} busy ones", busy), ("all", sites)):
                print(f"| {size:,} | {events_on} ", end="")
                _measure(context, server, drawn, arguments.batches)
        if arguments.plans:
            _print_plans(context, sites)
        context.database.close()


def _measure(context: Context, server: Server, sites: list[str], batches: int) -> None:
    for _ in range(3):
        _record(context, _a_batch(context, sites))
    own, database, times = 0.0, server.database_cpu_seconds, []
    for _ in range(batches):
        batch = _a_batch(context, sites)
        processor, began = time.process_time(), time.perf_counter()
        _record(context, batch)
        times.append(time.perf_counter() - began)
        own += time.process_time() - processor
    events = batches * _EVENTS_A_BATCH
    print(
        f"| {statistics.median(times) / _EVENTS_A_BATCH * 1e6:.1f} "
        f"| {own / events * 1e6:.1f} "
        f"| {(server.database_cpu_seconds - database) / events * 1e6:.1f} |",
        flush=True,
    )


def _a_batch(context: Context, sites: list[str]) -> list[Event]:
    found = []
    for _ in range(_EVENTS_A_BATCH):
        kind = _chance.choice(_KINDS)
        platform = Platform.X if kind is EventKind.SHARE else None
        found.append(an_event(context, _chance.choice(sites), kind, platform))
    return found


def _record(context: Context, batch: list[Event]) -> None:
    with context.database.transaction() as session:
        record(session, batch, context.clock.now())


def _print_plans(context: Context, sites: list[str]) -> None:
    print("\nPlans of one batch, as PostgreSQL ran them:\n")
    with context.database.transaction() as session:
        connection = session.connection()
        driver: Any = connection.connection.driver_connection
        driver.add_notice_handler(lambda notice: print(notice.message_primary, "\n", flush=True))
        for words in (
            "LOAD 'auto_explain'",
            "SET LOCAL auto_explain.log_min_duration = 0",
            "SET LOCAL auto_explain.log_analyze = on",
            "SET LOCAL auto_explain.log_timing = off",
            "SET LOCAL auto_explain.log_parameter_max_length = 40",
            "SET LOCAL client_min_messages = log",
        ):
            connection.execute(text(words))
        record(session, _a_batch(context, sites), context.clock.now())
        connection.execute(text("SET LOCAL client_min_messages = notice"))
