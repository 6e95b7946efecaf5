"""Pings over the real application: what is taken, what is refused, what follows."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.app import create_app
from backend.store.tables.sites import FeaturingRow, ScoreRow
from tests.support.service import BROWSER, SITE_URL, add_account, add_site

ORIGIN = SITE_URL.rstrip("/")


@pytest.fixture
def client(any_context: Context) -> Iterator[TestClient]:
    with TestClient(create_app(any_context)) as started:
        yield started


def send(client: TestClient, *pings: dict[str, object], **headers: str) -> int:
    sent = {"origin": ORIGIN, "user-agent": BROWSER, "content-type": "text/plain", **headers}
    body = json.dumps(pings[0] if len(pings) == 1 else list(pings))
    return client.post("/collect", content=body, headers=sent).status_code


def event_id(number: int) -> str:
    return f"event{number:06d}"


def test_golden_score_of_the_rules_comes_out_of_pings(
    any_context: Context, client: TestClient
) -> None:
    site, key = add_site(any_context, add_account(any_context, tier="pro"))
    base = {"s": key, "u": SITE_URL}
    number = 0
    for visitor in range(100):
        views = [{**base, "t": "view", "i": event_id(number + extra)} for extra in range(10)]
        number += 10
        agent = f"{BROWSER} Visitor/{visitor}"
        assert send(client, *views, **{"user-agent": agent}) == 202
        if visitor < 10:
            like = {**base, "t": "like", "i": event_id(900_000 + visitor)}
            assert send(client, like, **{"user-agent": agent}) == 202
    # Two comments of the golden example are worth 6; nothing sends comments yet.
    assert score_of(any_context, site) == round((100 + 20) * 1.2 * 1.3 * 100)
    for visitor in range(5):
        share = {**base, "t": "share", "n": "x", "i": event_id(800_000 + visitor)}
        assert send(client, share, **{"user-agent": f"{BROWSER} Sharer/{visitor}"}) == 202
        expected = 18_720 + 1_170 * (visitor + 1)
        assert score_of(any_context, site) == expected
        featured = featurings(any_context)
        assert len(featured) == (1 if visitor == 4 else 0)


def score_of(context: Context, site: str) -> int:
    with context.database.reading() as session:
        return session.exec(select(ScoreRow.score).where(ScoreRow.site == site)).one()


def featurings(context: Context) -> list[FeaturingRow]:
    with context.database.reading() as session:
        return list(session.exec(select(FeaturingRow)).all())
