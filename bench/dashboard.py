"""An owner's pages with a million events behind them: time at the server, size on the way.

The events lie over a year on ten sites, with many names of where they came from.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from itertools import count, islice

from sqlalchemy import update
from sqlmodel import col
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.recording import tally
from backend.actions.retention import close_days
from backend.actions.sources import count_open_days
from backend.app import create_app
from backend.domain.events import Event, EventKind
from backend.domain.instants import DAY, Day, Instant, day_of, start_of
from backend.domain.shares import Platform
from backend.store.bulk import insert_many
from backend.store.events import add_days
from backend.store.tables.accounts import PersonRow
from backend.store.tables.base import TENANT
from backend.store.tables.events import EventRow, ShareRow
from bench.databases import add_databases, contexts_on
from bench.filling import a_visitor, add_sites, analyze
from bench.timing import percentile, times_of
from tests.support.service import add_account
from tests.support.signing_in import sign_in
from tests.support.tasks import with_recorded_tasks

LIMIT_MILLISECONDS, LIMIT_BYTES = 200, 100_000
_EMAIL = "bench@people.example"
_SITES = 10
_DAYS = 365
_PATHS = (
    "/dashboard",
    "/dashboard?period=90d",
    "/dashboard?period=365d",
    "/dashboard/audience",
    "/dashboard/audience?period=90d",
    "/dashboard/audience?period=365d",
    "/dashboard/audience?site={site}",
    "/dashboard/audience?site={site}&period=90d",
    "/dashboard/audience?site={site}&period=365d",
)
_KINDS = [EventKind.VIEW] * 12 + [EventKind.ENGAGEMENT] * 6 + [EventKind.COPY, EventKind.SHARE]
_ROWS_AT_ONCE = 5_000
_EVENT = insert_many(
    EventRow.__table__,  # type: ignore[attr-defined]  # SQLModel makes it
    ("tenant", "day", "at", "site", "id", "kind", "visitor", "page", "referrer_host", "country",
     "device"),
)  # fmt: skip
_SHARE = insert_many(
    ShareRow.__table__,  # type: ignore[attr-defined]  # as above
    ("tenant", "site", "id", "platform", "page", "at", "visitor", "visitor_yesterday", "network",
     "is_counted", "points", "clicks"),
)  # fmt: skip
_SHARE_POINTS = 7_500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_databases(parser)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=20, help="of each page")


def run_part(arguments: argparse.Namespace) -> None:
    for name, context in contexts_on(arguments.databases):
        site = _fill(context, arguments.events)
        began = time.perf_counter()
        close_days(context)
        count_open_days(context)
        seconds = time.perf_counter() - began
        analyze(context)
        print(
            f"\n### {name}, {arguments.events:,} events of one owner; load of the machine "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n\n"
            f"The names of {_DAYS} days and their weeks were counted in {seconds:.1f} s.\n\n"
            "| page | P50 ms | P95 ms | processor ms | limit | KB compressed | limit |\n"
            "|---|---:|---:|---:|---:|---:|---:|",
            flush=True,
        )
        _measure(context, site, arguments.calls)


@dataclass(frozen=True, slots=True)
class _Row:
    """An event as its table has it, in the order of the statement above."""

    tenant: str
    day: Day
    at: Instant
    site: str
    id: str
    kind: str
    visitor: str
    page: str
    referrer_host: str | None
    country: str | None
    device: str


def _fill(context: Context, events: int) -> str:
    """Store the owner, the sites and their events; return a site."""
    account = add_account(context, tier="pro", email=_EMAIL)
    with context.database.transaction() as session:
        session.connection().execute(
            update(PersonRow).where(col(PersonRow.account) == account).values(name="Bench")
        )
    sites = [site for site, _key in add_sites(context, [account], range(_SITES))]
    rows = _make_rows(sites, events, day_of(context.clock.now()))
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        _store(context, some)
    return sites[0]


def _make_rows(sites: list[str], events: int, today: Day) -> Iterator[_Row]:
    chance = random.Random(4)  # noqa: S311  the same each time is the point
    numbers = count()
    a_day = max(1, events // _DAYS)
    made = 0
    for day in range(today - _DAYS + 1, today):
        for at in range(a_day if day < today - 1 else events - made):
            made += 1
            site = sites[_frequent(chance, len(sites))]
            yield _Row(
                TENANT,
                Day(day),
                Instant(start_of(Day(day)) + at * (DAY // (events + 1))),
                site,
                f"b{next(numbers):09d}",
                chance.choice(_KINDS).value,
                f"{chance.getrandbits(64):016x}",
                f"https://s0.example/docs/page-{_frequent(chance, 400)}/",
                f"r{_frequent(chance, 300)}.example" if chance.random() < 0.6 else None,
                _COUNTRIES[_frequent(chance, len(_COUNTRIES))],
                chance.choice(("desktop", "phone", "tablet")),
            )


def _frequent(chance: random.Random, number: int) -> int:
    """Return a number below another one by Zipf's law, as names are spread in the world."""
    # The inverse of the harmonic sum, near enough.
    return min(number - 1, int((number + 1) ** chance.random()) - 1)


_COUNTRIES = [f"{first}{second}" for first in "ABCDEFGHIJ" for second in "LMNRS"]
_PLATFORMS = list(Platform)


def _store(context: Context, rows: list[_Row]) -> None:
    events = [
        Event(
            tenant=row.tenant, site=row.site, id=row.id, kind=EventKind(row.kind), at=row.at,
            visitor=row.visitor, page=row.page,
        )
        for row in rows
    ]  # fmt: skip
    shares = [event for event in events if event.kind is EventKind.SHARE]
    counted = {(event.tenant, event.site, event.id): _SHARE_POINTS for event in shares}
    with context.database.transaction() as session:
        connection = session.connection()
        _EVENT.run(connection, [astuple(row) for row in rows])
        _SHARE.run(
            connection,
            [
                (
                    TENANT, event.site, event.id, _PLATFORMS[number % len(_PLATFORMS)].value,
                    event.page, event.at, event.visitor, a_visitor(), "", True, _SHARE_POINTS, 0,
                )
                for number, event in enumerate(shares)
            ],
        )  # fmt: skip
        add_days(session, tally(events, counted))


def _measure(context: Context, site: str, calls: int) -> None:
    """Time pages without a network, each after one call that nobody times."""
    context, tasks = with_recorded_tasks(context)
    with TestClient(create_app(context)) as client:
        sign_in(client, context, tasks, _EMAIL)
        for path in _PATHS:
            address = path.format(site=site)
            page = client.get(address).raise_for_status()
            used = time.process_time()
            times = times_of(lambda to=address: client.get(to).raise_for_status(), calls)  # type: ignore[misc]  # bound now
            used = (time.process_time() - used) * 1000 / calls
            size = len(gzip.compress(page.content, 6))
            print(
                f"| {path} | {percentile(times, 50):.0f} | {percentile(times, 95):.0f} "
                f"| {used:.0f} | {LIMIT_MILLISECONDS} | {size / 1000:.1f} "
                f"| {LIMIT_BYTES // 1000} |",
                flush=True,
            )
