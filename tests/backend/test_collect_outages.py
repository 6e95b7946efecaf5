"""What `/collect` does when what it needs is not there: it says so, loses nothing, and recovers."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import event

from backend.actions.context import Context
from backend.app import create_app
from backend.store.database import BUSY_SECONDS
from tests.support.http_service import serve_app
from tests.support.pings import ORIGIN, Visit, a_view, visiting
from tests.support.postgresql import start_postgresql
from tests.support.service import BROWSER, SITE_URL, make_context

QUEUE = 3
FULL_AFTER_PAGES = 20


@pytest.fixture
def visit(context: Context) -> Iterator[Visit]:
    with visiting(context) as started:
        assert started.send(a_view(started.key)).status_code == 202
        yield started


@contextmanager
def another_writer(context: Context) -> Iterator[None]:
    """Hold the write lock of the SQLite file, as another process that never ends."""
    writer = sqlite3.connect(context.settings.data_dir / "4site.db", check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        writer.rollback()
        writer.close()


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["code"] == "unavailable"


def test_a_database_that_stays_locked_acknowledges_nothing(visit: Visit) -> None:
    late = a_view(visit.key)
    with another_writer(visit.context):
        began = time.monotonic()
        assert_unavailable(visit.send(late))
        assert BUSY_SECONDS <= time.monotonic() - began < 6 * BUSY_SECONDS
    assert visit.views == 1
    assert visit.send(late).status_code == 202
    assert visit.views == 2


def test_a_database_that_is_locked_for_a_moment_only_delays(visit: Visit) -> None:
    with ThreadPoolExecutor(1) as threads:
        with another_writer(visit.context):
            answer = threads.submit(visit.send, a_view(visit.key))
            time.sleep(0.5)
            assert not answer.done()
        assert answer.result().status_code == 202
    assert visit.views == 2


def test_a_full_queue_refuses_at_once_and_keeps_what_it_took(tmp_path: Path) -> None:
    context = make_context(tmp_path, environment={"FOURSITE_QUEUE_SIZE": str(QUEUE)})
    with visiting(context) as visit, ThreadPoolExecutor(8) as threads:
        assert visit.send(a_view(visit.key)).status_code == 202
        with another_writer(context):
            # One is being committed, and as many as the queue holds wait behind it.
            taken: list[Future[httpx.Response]] = []
            for _ in range(1 + QUEUE):
                taken.append(threads.submit(visit.send, a_view(visit.key)))
                time.sleep(0.2)
            began = time.monotonic()
            assert_unavailable(visit.send(a_view(visit.key)))
            assert time.monotonic() - began < BUSY_SECONDS / 2  # it would wait that long twice
        assert [answer.result().status_code for answer in taken] == [202] * (1 + QUEUE)
        assert visit.views == 2 + QUEUE
    context.database.close()


def test_a_full_disk_acknowledges_nothing_and_keeps_what_was(visit: Visit) -> None:
    engine = visit.context.database.engine
    limit = 0

    @event.listens_for(engine, "checkout")
    def _bound(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {limit or pages + 1_000_000}")

    with visit.context.database.reading() as session:
        limit = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        limit += FULL_AFTER_PAGES
    stored = 1
    for number in range(100):
        views = [a_view(visit.key, u=SITE_URL + "a" * 280) for _ in range(20)]
        answer = visit.send(*views, user_agent=f"{BROWSER} V/{number}")
        if answer.status_code != 202:
            break
        stored += len(views)
    assert_unavailable(answer)
    assert visit.views == stored > 1
    limit = 0
    assert visit.send(*views, user_agent=f"{BROWSER} Again").status_code == 202
    assert visit.views == stored + len(views)


def test_a_postgresql_that_went_away_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    with start_postgresql() as server:
        context = make_context(tmp_path, server.new_database())
        with visiting(context) as visit:
            assert visit.send(a_view(visit.key)).status_code == 202
            late = a_view(visit.key)
            server.stop()
            assert_unavailable(visit.send(late))
            assert_unavailable(visit.send(a_view("Nobody0Has0This")))
            server.start()
            assert visit.send(late).status_code == 202
            assert visit.send(late).status_code == 202
            assert visit.views == 2
        context.database.close()


def request_head(length: int) -> bytes:
    lines = [
        "POST /collect HTTP/1.1", "Host: service.example", f"Origin: {ORIGIN}",
        f"User-Agent: {BROWSER}", f"Content-Length: {length}", "Connection: close", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as opened:
        yield opened


def test_a_slow_body_is_taken_when_it_is_whole(visit: Visit) -> None:
    body = json.dumps(a_view(visit.key)).encode()
    with serve_app(lambda _url: create_app(visit.context)) as url, connected(url) as sender:
        sender.sendall(request_head(len(body)))
        for start in range(0, len(body), 40):
            sender.sendall(body[start : start + 40])
            time.sleep(0.05)
        assert sender.recv(1000).startswith(b"HTTP/1.1 202 ")
    assert visit.views == 2


def test_a_body_without_its_end_is_left_out(visit: Visit) -> None:
    """Also one that could be read already, had it not announced more."""
    body = json.dumps(a_view(visit.key)).encode()
    with serve_app(lambda _url: create_app(visit.context)) as url:
        for part in (body[:30], body):
            with connected(url) as sender:
                sender.sendall(request_head(len(body) + 1) + part)
                time.sleep(0.2)
        answer = httpx.post(
            f"{url}/collect",
            json=a_view(visit.key),
            headers={"origin": ORIGIN, "user-agent": BROWSER},
        )
        assert answer.status_code == 202
    assert visit.views == 2


def test_a_body_that_never_ends_is_refused_amid_it(visit: Visit) -> None:
    with serve_app(lambda _url: create_app(visit.context)) as url, connected(url) as sender:
        head = request_head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        sender.sendall(head)
        for _ in range(9):
            sender.sendall(b"400\r\n" + b" " * 1024 + b"\r\n")
        assert sender.recv(1000).startswith(b"HTTP/1.1 413 ")
    assert visit.views == 1


def test_a_visitor_who_leaves_before_the_answer_is_counted(visit: Visit) -> None:
    body = json.dumps(a_view(visit.key)).encode()
    with serve_app(lambda _url: create_app(visit.context)) as url:
        with another_writer(visit.context), connected(url) as sender:
            sender.sendall(request_head(len(body)) + body)
            time.sleep(0.3)
        deadline = time.monotonic() + 10
        while visit.events < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert visit.views == 2
