"""`/api/v1/audience/…` says what the page says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.sources import count_open_days
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Scope, owner_of
from backend.domain.events import EventKind
from backend.domain.shares import Platform
from backend.store.tables.base import TENANT
from tests.support.facts import an_event, record_now
from tests.support.service import add_account, add_site

DAYS = {"first": "2026-08-06", "last": "2026-09-04"}
BEFORE = {"first": "2026-07-07", "last": "2026-08-05"}


@pytest.fixture
def client(context: Context) -> TestClient:
    """An owner whose site had two views from Sweden, a share, and a visit through it."""
    owner = add_account(context)
    site, _ = add_site(context, owner)
    share = an_event(context, site, EventKind.SHARE, platform=Platform.X, visitor="a")
    record_now(context, [share])
    record_now(
        context,
        [
            *(replace(an_event(context, site), country="SE") for _ in range(2)),
            an_event(context, site, via=share.id),
        ],
    )
    count_open_days(context)
    token = make_token(context, owner_of(TENANT, owner), name="test", scopes=[Scope.STATS_READ])
    headers = {"authorization": f"Bearer {token.secret}"}
    return TestClient(create_app(context), headers=headers)


def test_sources_of_a_stretch_with_the_one_before(client: TestClient) -> None:
    found = client.get("/api/v1/audience/sources").json()
    assert (found["period"], found["before"]) == (DAYS, BEFORE)
    assert found["countries"] == {
        "names": [
            {"name": "SE", "views": 2, "before": 0},
            {"name": None, "views": 1, "before": 0},
        ],
        "others": 0,
        "others_before": 0,
    }
    assert found["platforms"] == [
        {"platform": "x", "shares": 1, "counted": 1, "clicks": 1, "proved": 1}
    ]
    assert found["platforms_before"] == []
    assert found["as_of"] == "2026-09-04T12:00:00Z"


def test_the_funnel_and_the_k_factor(client: TestClient) -> None:
    funnel = client.get("/api/v1/audience/funnel?first=2026-09-04").json()
    assert funnel["period"] == {"first": "2026-09-04", "last": "2026-09-04"}
    assert funnel["before"] == {"first": "2026-09-03", "last": "2026-09-03"}
    assert funnel["now"] == {
        "views": 3, "shares": 1, "clicks": 1, "sign_ups": 0, "activated": 0, "converted": 0,
    }  # fmt: skip
    assert set(funnel["then"].values()) == {0}
    measured = client.get("/api/v1/audience/k-factor").json()
    assert (measured["k_factor"], measured["sign_ups"], measured["active"]) == ("0.0000", 0, 1)
    assert measured["k_factor_before"] is None


def test_stretches_are_at_most_three_years_and_end_today(client: TestClient) -> None:
    found = client.get("/api/v1/audience/k-factor?first=1990-01-01&last=2099-01-01").json()
    assert found["period"] == {"first": "2023-09-03", "last": "2026-09-04"}
    assert client.get("/api/v1/audience/sources?site=" + "0" * 32).status_code == 404
    assert client.get("/api/v1/audience/sources?first=soon").status_code == 400
