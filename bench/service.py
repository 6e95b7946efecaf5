"""The service with many shares in its database: shares, scores, showcase, interface.

Each table stands for one database, filled before with shares of the last half year.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, cycle

import httpx
from sqlmodel import col, select

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.actions.recording import advance_sites, record
from backend.actions.standings import rebuild_showcase
from backend.actions.tokens import make_token
from backend.domain.actors import ALL_SCOPES, Actor, Role
from backend.domain.events import EventKind
from backend.domain.instants import day_of
from backend.domain.shares import Platform
from backend.domain.showcase import ShowcaseFilter
from backend.domain.standing import DayTally
from backend.store import scores, showcase
from backend.store.database import Session
from backend.store.tables.base import TENANT
from backend.store.tables.sites import ShowcaseRow
from bench.databases import add_databases, contexts_on
from bench.filling import add_shares, add_sites, an_event, analyze
from bench.timing import print_head, print_times, times_of
from tests.support.running import run_server
from tests.support.service import BROWSER, add_account

CARDS = 50
_SITES = 1_000
_CALLS = 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_databases(parser)
    parser.add_argument("--shares", type=int, default=1_000_000, help="in the database")
    parser.add_argument("--calls", type=int, default=_CALLS, help="of each thing that is timed")


def run_part(arguments: argparse.Namespace) -> None:
    for name, context in contexts_on(arguments.databases):
        world = _fill(context, arguments.shares)
        print(
            f"\n### {name}, {_SITES:,} sites, {arguments.shares:,} shares; load of the machine "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        )
        _measure_inside(world, arguments.calls)
        world.context.database.close()
        environment = {
            "FOURSITE_TRUSTED_PROXIES": "127.0.0.0/8",
            "FOURSITE_DATABASE_URL": world.context.settings.database_url,
        }
        with run_server(context.settings.data_dir, environment=environment, anew=True) as running:
            _measure_outside(world, running.url, arguments.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What was filled: sites as ids and keys, and a token of their owner."""

    context: Context
    sites: list[tuple[str, str]]
    token: str


def _fill(context: Context, shares: int) -> World:
    account = add_account(context, tier="pro")
    sites = add_sites(context, [account], range(_SITES))
    add_shares(context, [site for site, _key in sites], shares)
    rebuild_showcase(context)
    analyze(context)
    actor = Actor(
        tenant=TENANT, account=account, role=Role.OWNER, scopes=ALL_SCOPES, is_session=True
    )
    token = make_token(context, actor, name="bench", scopes=[str(scope) for scope in ALL_SCOPES])
    return World(context=context, sites=sites, token=token.secret)


def _measure_inside(world: World, calls: int) -> None:
    """Time what has no HTTP in it."""
    context = world.context
    sites = cycle(site for site, _key in world.sites)
    print_head("inside the process")

    def share() -> None:
        event = an_event(context, next(sites), EventKind.SHARE, Platform.X)
        with context.database.transaction() as session:
            record(session, [event], context.clock.now())

    def update() -> None:
        now, site = context.clock.now(), next(sites)
        tallies = {(TENANT, site, day_of(now)): DayTally(counted_shares=1, share_points=1_000)}
        with context.database.transaction() as session:
            standings = scores.lock_standings(session, [(TENANT, site)])
            advance_sites(session, standings, tallies, now)

    processor = time.process_time()
    print_times("one share recorded, its score updated", times_of(share, calls), "P95 50")
    used = (time.process_time() - processor) / calls * 1000
    print(f"| the same, processor time on average | {used:.2f} | | | |")
    print_times("one score updated for a new share", times_of(update, calls), "P95 5")
    rounds = [asyncio.run(_share_at_once(world)) * 1000 for _ in range(3)]
    print(f"| {_SITES} score updates at once, together | {min(rounds):.0f} | | | 1000 |")
    rebuilt = times_of(lambda: rebuild_showcase(context), 5)
    print_times(f"showcase of {_SITES} sites rebuilt", rebuilt, "2000")
    _compare_page(world, calls)


async def _share_at_once(world: World) -> float:
    """Return how long one share of each site takes, all handed over at the same moment."""
    context = world.context
    collector = Collector(context, on_commit=lambda _changes: None)
    collector.start()
    events = [an_event(context, site, EventKind.SHARE, Platform.X) for site, _key in world.sites]
    began = time.perf_counter()
    await asyncio.gather(*(collector.submit([event]) for event in events))
    seconds = time.perf_counter() - began
    await asyncio.to_thread(collector.stop)
    return seconds


def _compare_page(world: World, calls: int) -> None:
    """Read the first page of the showcase, and the same rows by key, in turn."""
    context = world.context
    now = context.clock.now()

    def page(session: Session) -> list[object]:
        wanted = ShowcaseFilter()
        found = showcase.list_cards(session, TENANT, now, wanted=wanted, after=None, limit=CARDS)
        return list(found)

    with context.database.reading() as session:
        keys = [card.rank.site for card in page(session)]  # type: ignore[attr-defined]

    def rows(session: Session) -> list[object]:
        statement = select(ShowcaseRow).where(
            col(ShowcaseRow.tenant) == TENANT, col(ShowcaseRow.site).in_(keys)
        )
        return [showcase.to_card(row) for row in session.execute(statement).scalars()]

    times: dict[str, list[float]] = {"page": [], "rows": []}
    for _ in range(calls):
        for name, read in (("page", page), ("rows", rows)):
            times[name] += _time_reading(context, read)
    print_times(f"{CARDS} rows of the showcase by key", times["rows"])
    print_times(f"showcase page of {CARDS}", times["page"])
    ratio = statistics.median(times["page"]) / statistics.median(times["rows"])
    print(f"| page / rows by key, medians | {ratio:.2f} | | | 1.2 |", flush=True)


def _time_reading(context: Context, read: Callable[[Session], list[object]]) -> list[float]:
    with context.database.reading() as session:
        return times_of(lambda: read(session), 1)


_visitors = count()


def _measure_outside(world: World, url: str, calls: int) -> None:
    """Time requests to a running server, one after the other."""
    print_head("over HTTP, one request at a time")
    site, key = world.sites[0]
    number = count()
    with httpx.Client(base_url=url) as client:

        def share() -> None:
            n = next(number)
            ping = {"s": key, "t": "share", "n": "x", "i": f"bshare{n:05d}",
                    "u": "https://s0.example/"}  # fmt: skip
            headers = _headers() | {"origin": "https://s0.example"}
            client.post("/collect", content=json.dumps(ping), headers=headers).raise_for_status()

        print_times("share tracked", times_of(share, calls), "P95 50")
        for path in (
            "/api/v1/showcase?limit=50", "/api/v1/sites", f"/api/v1/sites/{site}/score",
            f"/api/v1/sites/{site}/shares", f"/api/v1/sites/{site}/days", "/api/v1/level",
            f"/widget/counts/{key}.json", "/showcase", "/healthz",
        ):  # fmt: skip
            token = {"authorization": f"Bearer {world.token}"} if "/api/" in path else {}

            def get(path: str = path, token: dict[str, str] = token) -> None:
                client.get(path, headers=_headers() | token).raise_for_status()

            get()
            name = path.replace(site, "SITE").replace(key, "KEY")
            print_times(f"GET {name}", times_of(get, calls))


def _headers() -> dict[str, str]:
    """Return the headers of somebody new, so that no limit of one address is reached."""
    n = next(_visitors)
    address = f"198.18.{n // 250 % 250}.{n % 250}"
    return {"user-agent": f"{BROWSER} V/{n}", "x-forwarded-for": address}
