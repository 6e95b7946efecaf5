"""Pings as the widget sends them, over the real application, and what they leave behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import httpx
from sqlmodel import func, select
from starlette.testclient import TestClient

from backend.actions.checking import check
from backend.actions.context import Context
from backend.app import create_app
from backend.store.tables.events import EventRow
from backend.store.tables.sites import ScoreRow
from tests.support.service import BROWSER, SITE_URL, add_account, add_site

ORIGIN = SITE_URL.rstrip("/")
_numbers = count()


def a_view(key: str, **letters: object) -> dict[str, object]:
    """Return a view with an id of its own, with some letters changed; None leaves one out."""
    view = {"s": key, "t": "view", "i": f"view{next(_numbers):07d}", "u": SITE_URL, **letters}
    return {letter: value for letter, value in view.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A site with somebody who looks at it. `client` talks to a started application."""

    context: Context
    client: TestClient
    site: str
    key: str

    def send(self, *pings: object, **headers: str | None) -> httpx.Response:
        """Send one ping, or several as a list; None leaves a header out."""
        body = json.dumps(pings[0] if len(pings) == 1 else list(pings))
        return self.post(body.encode(), **headers)

    def post(self, body: bytes, **headers: str | None) -> httpx.Response:
        """Send a body as it is, with a browser's headers under those given."""
        sent = {"origin": ORIGIN, "user-agent": BROWSER, "content-type": "text/plain"}
        chosen = sent | {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in chosen.items() if value is not None}
        if "user-agent" not in kept:
            kept["user-agent"] = ""
        return self.client.post("/collect", content=body, headers=kept)

    @property
    def events(self) -> int:
        """How many events are stored, whoever sent them."""
        with self.context.database.reading() as session:
            return session.exec(select(func.count()).select_from(EventRow)).one()

    @property
    def visitors(self) -> int:
        """How many visitors the stored events are of."""
        with self.context.database.reading() as session:
            return session.exec(select(func.count(func.distinct(EventRow.visitor)))).one()

    @property
    def views(self) -> int:
        """The views that the site's score counts, after a look that it follows from the facts."""
        assert check(self.context) == []
        with self.context.database.reading() as session:
            return session.exec(select(ScoreRow.views).where(ScoreRow.site == self.site)).one()

    @property
    def shares(self) -> int:
        """The shares that the site's score counts."""
        with self.context.database.reading() as session:
            return session.exec(select(ScoreRow.shares).where(ScoreRow.site == self.site)).one()


@contextmanager
def visiting(context: Context, *, peer: str = "127.0.0.1") -> Iterator[Visit]:
    """Serve the context to visitors of a new site, whose requests come from `peer`."""
    site, key = add_site(context, add_account(context, tier="pro"))
    with TestClient(create_app(context), client=(peer, 50_000)) as client:
        yield Visit(context=context, client=client, site=site, key=key)
