"""Live events over real HTTP: a change is heard within a second, by whom it concerns alone."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from backend.actions.context import Context
from backend.actions.tokens import make_token
from backend.clock import SystemClock
from backend.domain.actors import Scope, owner_of
from tests.support.postgresql import PostgreSQL
from tests.support.redis import RunningRedis
from tests.support.running import RunningServer, run_server
from tests.support.service import BROWSER, SITE_URL, add_account, add_site, make_context

ORIGIN = SITE_URL.rstrip("/")


class Listening:
    """A stream that a thread reads; `heard` holds name, data and the time of each event."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.heard: list[tuple[str, dict[str, object], float]] = []
        self.ids: list[str] = []
        self.is_open = threading.Event()
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(url, headers), daemon=True)
        self._thread.start()
        assert self.is_open.wait(20)

    def wait_for(self, count: int) -> list[tuple[str, dict[str, object], float]]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.heard) >= count, 15), self.heard
        return self.heard

    def join(self) -> None:
        """Wait until the service has ended the stream."""
        self._thread.join(30)

    def _read(self, url: str, headers: dict[str, str]) -> None:
        name = ""
        try:
            with (
                httpx.Client(timeout=30, headers=headers) as client,
                client.stream("GET", f"{url}/api/v1/stream") as stream,
            ):
                assert stream.headers["content-type"].startswith("text/event-stream")
                for line in stream.iter_lines():
                    field, _, value = line.partition(": ")
                    if field == "event":
                        name = value
                        self.is_open.set()
                    elif field == "id":
                        self.ids.append(value)
                    elif field == "data" and name != "hello":
                        with self._arrived:
                            self.heard.append((name, json.loads(value), time.monotonic()))
                            self._arrived.notify_all()
        except httpx.TransportError:
            return  # the service ended


@pytest.fixture
def listen() -> Iterator[Callable[[str, dict[str, str]], Listening]]:
    """Open streams; the test ends their service."""
    made: list[Listening] = []

    def open_one(url: str, headers: dict[str, str]) -> Listening:
        made.append(Listening(url, headers))
        return made[-1]

    yield open_one
    for listening in made:
        listening.join()


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = make_context(tmp_path)
    yield made
    made.database.close()


def bearer(context: Context, account: str) -> dict[str, str]:
    """Return the headers of a token that may read statistics."""

    now = dataclasses.replace(context, clock=SystemClock())
    made = make_token(
        now, owner_of("default", account), name="listener", scopes=[Scope.STATS_READ], days=1
    )
    return {"authorization": f"Bearer {made.secret}"}


def view(running: RunningServer, key: str, number: int) -> float:
    """Send a view and return when it was acknowledged."""
    ping = {"s": key, "t": "view", "i": f"event{number:06d}", "u": SITE_URL}
    headers = {"origin": ORIGIN, "user-agent": BROWSER}
    answer = httpx.post(f"{running.url}/collect", content=json.dumps(ping), headers=headers)
    assert answer.status_code == 202
    return time.monotonic()


def test_a_change_is_heard_within_a_second_by_its_owner_alone(
    context: Context, tmp_path: Path, listen: Callable[..., Listening]
) -> None:
    owner, other = add_account(context, tier="pro"), add_account(context)
    site, key = add_site(context, owner, wish="in")
    with run_server(tmp_path) as running:
        own = listen(running.url, bearer(context, owner))
        theirs = listen(running.url, bearer(context, other))
        stranger = listen(running.url, {})
        sent = view(running, key, 1)
        heard = own.wait_for(2)
        assert {name for name, _data, _at in heard} == {"site", "showcase"}
        assert max(at for _name, _data, at in heard) - sent < 1
        (values,) = [data for name, data, _at in heard if name == "site"]
        assert (values["site"], values["views"], values["shares"]) == (site, 1, 0)
        for listening in (theirs, stranger):
            assert [name for name, _data, _at in listening.wait_for(1)] == ["showcase"]
        assert "views" not in stranger.heard[0][1]
        assert running.stop() == 0


def test_who_comes_back_hears_what_was_missed(
    context: Context, tmp_path: Path, listen: Callable[..., Listening]
) -> None:
    owner = add_account(context)
    _site, key = add_site(context, owner)
    with run_server(tmp_path) as running:
        headers = bearer(context, owner)
        first = listen(running.url, headers)
        view(running, key, 1)
        first.wait_for(1)
        view(running, key, 2)
        again = listen(running.url, {**headers, "last-event-id": first.ids[0]})
        assert [data["views"] for _name, data, _at in again.wait_for(1)] == [2]


def test_a_bad_token_hears_nothing(context: Context, tmp_path: Path) -> None:
    with run_server(tmp_path) as running:
        answer = httpx.get(
            f"{running.url}/api/v1/stream", headers={"authorization": "Bearer wrong"}, timeout=20
        )
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.fixture
def shared(postgresql: PostgreSQL, tmp_path: Path) -> Iterator[Context]:
    made = make_context(tmp_path, postgresql.new_database())
    yield made
    made.database.close()


def test_two_workers_share_events_limits_and_metrics(
    shared: Context,
    redis_server: RunningRedis,
    tmp_path: Path,
    listen: Callable[..., Listening],
) -> None:
    context, url = shared, shared.settings.database_url.replace("+psycopg", "")
    owner = add_account(context)
    _site, key = add_site(context, owner)
    variables = {"FOURSITE_DATABASE_URL": url, "FOURSITE_REDIS_URL": redis_server.url}
    with run_server(tmp_path, "--workers", "2", environment=variables) as running:
        headers = bearer(context, owner)
        streams = [listen(running.url, headers) for _ in range(6)]
        for number in range(10):
            view(running, key, number)
        for stream in streams:
            assert stream.wait_for(10)[-1][1]["views"] == 10
        left = {
            httpx.get(f"{running.url}/nothing").headers["ratelimit-remaining"] for _ in range(8)
        }
        assert len(left) == 8  # no two processes gave the same one
        for _ in range(8):  # whichever process answers
            metrics = httpx.get(f"{running.url}/metrics").text
            assert 'foursite_events_total{kind="view"} 10.0' in metrics
        assert running.text.count("jobs_started") == 1
        assert httpx.get(f"{running.url}/readyz").json()["parts"]["redis"] == "ok"
        redis_server.kill()
        view(running, key, 100)  # goes on without
        assert running.stop() == 0
    assert "redis_gone" in running.text
