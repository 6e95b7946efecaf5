"""A real process under load is told to stop: it finishes what it began and loses nothing."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from backend.actions.checking import check
from tests.support.running import RunningServer, run_server
from tests.support.service import BROWSER, SITE_URL, add_account, add_site, make_context

ORIGIN = SITE_URL.rstrip("/")
SENDERS = 24


async def load(url: str, key: str, acknowledged: list[str], sender: int) -> None:
    """Send views until the service goes away; note those that were acknowledged."""
    headers = {"origin": ORIGIN, "user-agent": f"{BROWSER} Sender/{sender}"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        for number in range(100_000):
            event = f"s{sender:02d}n{number:07d}"
            ping = {"s": key, "t": "view", "i": event, "u": SITE_URL}
            try:
                answer = await client.post(f"{url}/collect", content=json.dumps(ping))
            except httpx.TransportError:
                return
            if answer.status_code == 202:
                acknowledged.append(event)
            elif answer.status_code == 429:
                await asyncio.sleep(0.05)


async def stop_under_load(running: RunningServer, key: str, *, kill: bool) -> list[str]:
    acknowledged: list[str] = []
    senders = [
        asyncio.create_task(load(running.url, key, acknowledged, number))
        for number in range(SENDERS)
    ]
    while len(acknowledged) < 300:
        await asyncio.sleep(0.02)
    stopped = asyncio.to_thread(running.kill if kill else running.stop)
    status = await stopped
    assert kill or status == 0
    await asyncio.gather(*senders)
    return acknowledged


@pytest.mark.parametrize("kill", [False, True])
def test_what_was_acknowledged_is_there_and_once(tmp_path: Path, *, kill: bool) -> None:
    context = make_context(tmp_path)
    site, key = add_site(context, add_account(context, tier="pro"))
    # The log is named after the address, and its key with the log.
    named = {"FOURSITE_BASE_URL": context.settings.base_url}
    with run_server(tmp_path, environment=named) as running:
        acknowledged = asyncio.run(stop_under_load(running, key, kill=kill))
    with sqlite3.connect(tmp_path / "4site.db") as database:
        found = database.execute("SELECT id FROM event WHERE site = ?", (site,)).fetchall()
        (views,) = database.execute("SELECT views FROM score WHERE site = ?", (site,)).fetchone()
    stored = [row[0] for row in found]
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored)) == views
    # What was on its way when the service ended may be stored without an answer.
    assert len(stored) - len(acknowledged) <= SENDERS
    assert check(context) == []
    context.database.close()


def test_streams_end_when_the_service_stops(tmp_path: Path) -> None:
    with run_server(tmp_path) as running:
        with httpx.stream("GET", f"{running.url}/api/v1/stream", timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: hello"
            began = time.monotonic()
            running.process.terminate()
            assert list(lines) == ["data: {}", "retry: 3000", ""]  # it ends whole
        assert running.process.wait(30) == 0
        assert time.monotonic() - began < 60
