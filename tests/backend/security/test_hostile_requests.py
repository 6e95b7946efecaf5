"""Requests that mean to mislead: their Host, their number, their secrets asked for again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlmodel import select
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.tokens import find_actor, make_token
from backend.app import create_app
from backend.clock import FixedClock
from backend.domain.actors import Scope, owner_of
from backend.domain.instants import SECOND
from backend.errors import Forbidden
from backend.gateways.live import Fanout
from backend.ids import SystemIds
from backend.store.tables.accounts import IdempotencyRow, SignInRow
from backend.store.tables.base import TENANT
from backend.web.streams import STREAMS_EACH
from tests.support.people import open_world
from tests.support.service import BROWSER, SITE_URL, add_account, add_site, make_context
from tests.support.signing_in import token_of
from tests.support.tasks import newest_link, with_recorded_tasks

EVIL = "evil.example"
PATH = "/api/v1/stream"


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    made, _ = with_recorded_tasks(context)
    with TestClient(create_app(made), raise_server_exceptions=False) as started:
        yield started


@pytest.mark.parametrize(
    "path", ["/showcase/", "//evil.example/", "/sign-in/", "/dashboard", "/r/x"]
)
def test_no_redirect_leads_where_the_host_header_says(client: TestClient, path: str) -> None:
    headers = {"host": EVIL, "x-forwarded-host": EVIL, "user-agent": BROWSER}
    answer = client.get(path, headers=headers, follow_redirects=False)
    assert EVIL not in answer.headers.get("location", "")
    assert f"//{EVIL}" not in answer.text


@pytest.mark.parametrize("host", ["[", "a/dashboard?", "x@y", "", "a b", "#"])
def test_no_host_header_makes_a_fault(client: TestClient, host: str) -> None:
    for path in ("/", "/nothing", "/sign-in", "/widget.js", "/api/v1/showcase"):
        headers = {"host": host, "accept": "text/html"}
        assert client.get(path, headers=headers).status_code in {200, 404}
    sent = {"csrf_token": "0" * 64}
    headers = {"host": host, "origin": f"https://{EVIL}"}
    assert client.post("/sign-in", data=sent, headers=headers).status_code == 403


def test_the_link_in_a_mail_leads_to_the_service_whatever_host_was_asked(tmp_path: Path) -> None:
    made = make_context(tmp_path, environment={"FOURSITE_BASE_URL": "https://4site.example"})
    context, tasks = with_recorded_tasks(made)
    client = TestClient(create_app(context), base_url="https://4site.example")
    sent = {"csrf_token": token_of(client.get("/sign-up").text), "email": "ann@example.org"}
    headers = {"x-forwarded-host": EVIL, "x-forwarded-proto": "http", "forwarded": f"host={EVIL}"}
    assert client.post("/sign-up", data=sent, headers=headers).status_code == 200
    assert newest_link(context, tasks, "ann@example.org").startswith("/sign-in/")
    context.database.close()


def test_over_tls_a_page_of_the_same_host_without_tls_sends_no_form(tmp_path: Path) -> None:
    context = make_context(tmp_path, environment={"FOURSITE_BASE_URL": "https://4site.example"})
    client = TestClient(create_app(context), base_url="https://4site.example")
    sent = {"csrf_token": token_of(client.get("/sign-in").text), "email": "ann@example.org"}
    headers = {"origin": "http://4site.example"}
    assert client.post("/sign-in", data=sent, headers=headers).status_code == 403
    with context.database.reading() as session:
        assert session.exec(select(SignInRow.id)).all() == []
    context.database.close()


def test_the_secret_of_a_token_is_not_kept_for_a_repeated_request(
    context: Context, client: TestClient
) -> None:
    owner = owner_of(TENANT, add_account(context))
    headers = {
        "authorization": f"Bearer {make_token(context, owner, name='t', scopes=Scope).secret}",
        "idempotency-key": "same",
    }
    body = {"name": "CI", "scopes": ["sites:read"]}
    first = client.post("/api/v1/account/tokens", json=body, headers=headers)
    again = client.post("/api/v1/account/tokens", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == {**first.json(), "secret": None}
    with context.database.reading() as session:
        kept = session.exec(select(IdempotencyRow.body)).one()
    assert first.json()["secret"] not in kept


def test_a_token_cannot_make_one_that_outlives_it(context: Context) -> None:
    owner = owner_of(TENANT, add_account(context))
    secret = make_token(context, owner, name="short", scopes=Scope, days=7).secret
    actor = find_actor(context, secret)
    assert actor is not None
    for days in (None, 8):
        with pytest.raises(Forbidden):
            make_token(context, actor, name="longer", scopes=["sites:read"], days=days)
    made = make_token(context, actor, name="as long", scopes=["sites:read"], days=7)
    assert made.token.expires_at == actor.ends_at


def test_verifying_by_the_api_does_not_ask_other_servers_without_end(
    context: Context, client: TestClient
) -> None:
    account = add_account(context)
    site, _key = add_site(context, account, url="https://192.0.2.1/", status="draft")
    secret = make_token(context, owner_of(TENANT, account), name="t", scopes=Scope).secret
    headers = {"authorization": f"Bearer {secret}"}
    statuses = [
        client.post(f"/api/v1/sites/{site}/verify", headers=headers).status_code for _ in range(31)
    ]
    assert statuses == [409] * 30 + [429]


def test_made_up_keys_do_not_keep_the_database_busy(context: Context, client: TestClient) -> None:
    _site, key = add_site(context, add_account(context))
    sent = {"origin": SITE_URL.rstrip("/"), "user-agent": BROWSER}

    def ping(key: str) -> int:
        body = {"s": key, "t": "view", "i": "event000001", "u": SITE_URL}
        return client.post("/collect", json=body, headers=sent).status_code

    assert [ping(f"madeup{number:06d}") for number in range(21)] == [404] * 20 + [429]
    assert isinstance(context.clock, FixedClock)
    context.clock.move(SECOND)
    assert ping(key) == 202


def test_reading_the_whole_showcase_is_not_to_be_had_without_end(client: TestClient) -> None:
    statuses = [client.get("/sitemap.xml").status_code for _ in range(20)]
    assert statuses[:10] == [200] * 10
    assert 429 in statuses[10:]  # the window slides: on a slow machine a little is back by then


def test_guessing_tokens_stops_at_the_limit_of_an_address(client: TestClient) -> None:
    headers = {"authorization": "Bearer 4s_guess"}
    statuses = []
    while 429 not in statuses and len(statuses) < 2_000:
        statuses.append(client.get("/api/v1/account", headers=headers).status_code)
    assert set(statuses[:1_200]) == {401}
    assert statuses[-1] == 429  # the window slides: on a slow machine a few are back by then


def test_a_session_ends_in_the_database_not_only_in_the_browser(tmp_path: Path) -> None:
    world = open_world(tmp_path, "ann")
    ann = world.people["ann"]
    browser, stolen = world.browser(ann), world.browser(ann)
    browser.post("/sign-out", data={"csrf_token": ann.csrf})
    assert stolen.get("/dashboard", follow_redirects=False).status_code == 303
    world.close()


def test_one_address_does_not_take_all_streams(context: Context) -> None:
    live = Fanout(SystemIds())
    app = create_app(replace(context, live=live))
    before = open_streams()

    def listen() -> int:
        return TestClient(app).get(PATH).status_code

    with ThreadPoolExecutor(STREAMS_EACH + 2) as pool:
        try:
            listening = [pool.submit(listen) for _ in range(STREAMS_EACH)]
            wait_for(before + STREAMS_EACH)
            assert pool.submit(listen).result(20) == 429
            # Somebody else still gets one.
            stranger = TestClient(app, client=("198.51.100.7", 1))
            listening.append(pool.submit(lambda: stranger.get(PATH).status_code))
            wait_for(before + STREAMS_EACH + 1)
        finally:
            live.stop()
        assert {one.result(20) for one in listening} == {200}
    assert open_streams() == before


def wait_for(number: float) -> None:
    deadline = time.monotonic() + 20
    while open_streams() < number:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def open_streams() -> float:
    return REGISTRY.get_sample_value("foursite_streams") or 0.0
