"""The service is killed in the middle of a load, again and again: a 202 was a promise each time.

`TEST_KILLS=50` does it fifty times on each database instead of a few.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from backend.actions.checking import check
from backend.actions.context import Context
from backend.clock import SystemClock
from backend.store.tables.events import EventRow, ShareRow
from tests.support.postgresql import PostgreSQL
from tests.support.running import RunningServer, run_server
from tests.support.senders import Senders
from tests.support.service import add_account, add_site, make_context

KILLS = {"sqlite": 2, "postgresql": 1}
_LONGEST_LOAD_SECONDS = 1.5


@pytest.fixture(params=["sqlite", "postgresql"])
def placed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Context, int]]:
    """A service of the present on each database, and how often it is killed."""
    url = None
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database()
    context = replace(make_context(tmp_path, url), clock=SystemClock())
    yield context, int(os.environ.get("TEST_KILLS", KILLS[request.param]))
    context.database.close()


def test_nothing_acknowledged_is_lost_or_counted_twice(placed: tuple[Context, int]) -> None:
    context, kills = placed
    site, key = add_site(context, add_account(context, tier="pro"))
    senders = Senders(key)
    chance = random.Random(11)  # noqa: S311  only when to kill
    for _kill in range(kills):
        before = len(senders.acknowledged)
        _load_and_kill(context, senders, seconds=chance.uniform(0.2, _LONGEST_LOAD_SECONDS))
        assert len(senders.acknowledged) > before
        assert set(senders.acknowledged) <= _stored(context, site)
        assert check(context) == []
    with _serving(context) as running:
        asyncio.run(senders.send_rest(running.url))
    assert senders.statuses <= {202, 503}
    assert Counter(senders.acknowledged).most_common(1)[0][1] == 1
    assert _stored(context, site) == set(senders.acknowledged)
    assert check(context) == []


def _load_and_kill(context: Context, senders: Senders, *, seconds: float) -> None:
    """Start the service, load it, and kill it `seconds` after its first acknowledgement."""
    known = len(senders.acknowledged)

    async def kill_amid_load() -> None:
        load = asyncio.create_task(senders.load(running.url, is_enough=lambda: False))
        while len(senders.acknowledged) == known and not load.done():
            await asyncio.sleep(0.01)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(running.kill)
        await load

    with _serving(context) as running:
        asyncio.run(kill_amid_load())


def _serving(context: Context) -> AbstractContextManager[RunningServer]:
    environment = {
        "FOURSITE_DATABASE_URL": context.settings.database_url,
        # The log is named after it, and its key with the log.
        "FOURSITE_BASE_URL": context.settings.base_url,
    }
    return run_server(context.settings.data_dir, environment=environment)


def _stored(context: Context, site: str) -> set[str]:
    """Return the ids of the stored events that were sent, after a look that each is there once."""
    with context.database.reading() as session:
        events = session.exec(select(EventRow.id).where(EventRow.site == site)).all()
        shares = session.exec(select(ShareRow.id).where(ShareRow.site == site)).all()
    sent = [event for event in events if not event.endswith(".click")]
    assert len(shares) == len(set(shares))
    assert len(sent) == len(set(sent))
    assert set(shares) <= set(sent)
    return set(sent)
