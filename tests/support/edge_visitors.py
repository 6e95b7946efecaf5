"""Visitors of a service that runs as a process, whichever way they come in."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx

from tests.support.edge import EDGE_SECRET
from tests.support.pings import ORIGIN, a_view
from tests.support.running import run_server
from tests.support.service import BROWSER, add_account, add_site, make_context

ARRIVAL_SECONDS = 60
ENVIRONMENT = {
    "FOURSITE_EDGE_SECRET": EDGE_SECRET,
    "FOURSITE_TRUSTED_PROXIES": "127.0.0.0/8",
}
_numbers = count()


def new_address() -> str:
    """Return the address of a visitor that nobody was yet."""
    number = next(_numbers)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A service that runs, and a site of it."""

    url: str
    folder: Path
    key: str

    def rows(self, ids: Collection[object]) -> list[tuple[str, str]]:
        """Return id and visitor of the stored events with these ids."""
        marks = ", ".join("?" * len(ids))
        with closing(sqlite3.connect(self.folder / "4site.db")) as database:
            statement = f"SELECT id, visitor FROM event WHERE id IN ({marks})"  # noqa: S608  marks
            return database.execute(statement, tuple(ids)).fetchall()

    def clicks(self, share: str) -> int:
        """Return how often the link of a share was followed."""
        with closing(sqlite3.connect(self.folder / "4site.db")) as database:
            found = database.execute("SELECT clicks FROM share WHERE id = ?", (share,)).fetchone()
        return int(found[0])

    def wait(self, ids: Collection[object], seconds: float = ARRIVAL_SECONDS) -> list[str]:
        """Return the visitors of these events once all are stored. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(found := self.rows(ids)) < len(ids):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} of {len(ids)} events came")
            time.sleep(0.05)
        return [visitor for _, visitor in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where visitors come in. Each request is of a new visitor unless it says otherwise."""

    url: str
    world: World
    client: httpx.Client

    def view(self, **letters: object) -> dict[str, object]:
        return a_view(self.world.key, **letters)

    def send(self, *pings: object, **headers: str | None) -> httpx.Response:
        body = json.dumps(pings[0] if len(pings) == 1 else list(pings))
        return self.post(body.encode(), **headers)

    def post(self, body: bytes, **headers: str | None) -> httpx.Response:
        """Send a body as it is, with a browser's headers under those given; None leaves one out."""
        sent = {"origin": ORIGIN, "user-agent": BROWSER, "content-type": "text/plain"}
        chosen = sent | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", "/collect", content=body, headers=chosen)

    def ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        headers: dict[str, str | None] | None = None,
        address: str = "",
    ) -> httpx.Response:
        address = address or new_address()
        own = {"x-forwarded-for": address, "cf-connecting-ip": address, "user-agent": BROWSER}
        chosen = own | (headers or {})
        kept = {name: value for name, value in chosen.items() if value is not None}
        if "user-agent" not in kept:
            kept["user-agent"] = ""
        return self.client.request(method, self.url + path, content=content, headers=kept)


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    """Run a service that knows the edge's secret."""
    context = make_context(folder)
    _, key = add_site(context, add_account(context, tier="pro"))
    context.database.close()
    with run_server(folder, environment=ENVIRONMENT) as server:
        yield World(url=server.url, folder=folder, key=key)


@contextmanager
def opened(url: str, world: World) -> Iterator[Door]:
    # A connection for each request: one that waits may be closed just when it is used again.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(timeout=30, limits=limits) as client:
        yield Door(url=url, world=world, client=client)
