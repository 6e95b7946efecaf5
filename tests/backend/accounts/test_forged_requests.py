"""Requests that somebody else makes a browser send, and cookies that were tampered with."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.accounts import find_account
from backend.actions.context import Context
from backend.actions.tokens import list_tokens, make_token
from backend.app import create_app
from backend.domain.actors import owner_of
from tests.support.service import make_context
from tests.support.signing_in import press, sign_in, token_of
from tests.support.tasks import RecordedTasks, with_recorded_tasks

Service = tuple[Context, RecordedTasks]
ANN = "ann@example.org"


@pytest.fixture
def ann(at_door: Service, client: TestClient) -> TestClient:
    """A browser that is signed in as Ann."""
    sign_in(client, *at_door, ANN)
    return client


def name_of(context: Context) -> str:
    account = find_account(context, email=ANN)
    assert account is not None
    assert account.person is not None
    return account.person.name


def rename(client: TestClient, token: str, **headers: str) -> int:
    sent = {"csrf_token": token, "name": "Mallory"}
    return client.post(
        "/dashboard/profile", data=sent, headers=headers, follow_redirects=False
    ).status_code


def test_a_form_with_its_token_is_taken(at_door: Service, ann: TestClient) -> None:
    assert press(ann, "/dashboard/profile", name="Ann Lantern") == 303
    assert name_of(at_door[0]) == "Ann Lantern"


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
def test_a_form_without_its_token_changes_nothing(
    at_door: Service, ann: TestClient, token: str
) -> None:
    assert rename(ann, token) == 403
    assert name_of(at_door[0]) == ""


def test_the_token_of_somebody_elses_session_is_refused(at_door: Service, ann: TestClient) -> None:
    bob = TestClient(create_app(at_door[0]))
    sign_in(bob, *at_door, "bob@example.org")
    assert rename(ann, token_of(bob.get("/dashboard").text)) == 403


def test_the_token_of_a_page_before_sign_in_does_not_open_an_account(
    at_door: Service, ann: TestClient
) -> None:
    stranger = TestClient(create_app(at_door[0]))
    public = token_of(stranger.get("/sign-in").text)
    ann.cookies.set("foursite_form", stranger.cookies["foursite_form"])
    assert rename(ann, public) == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "http://127.0.0.1:8000"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 303),
    ],
)
def test_where_a_form_comes_from_decides_too(
    ann: TestClient, headers: dict[str, str], status: int
) -> None:
    assert rename(ann, token_of(ann.get("/dashboard").text), **headers) == status


def test_a_script_of_ours_sends_the_token_in_a_header(at_door: Service, ann: TestClient) -> None:
    token = token_of(ann.get("/dashboard").text)
    sent = {"name": "Ann"}
    answer = ann.post(
        "/dashboard/profile", data=sent, headers={"x-csrf-token": token}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert name_of(at_door[0]) == "Ann"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/auth/github", "/sign-in/secret"])
def test_nobody_is_signed_in_from_another_page(client: TestClient, path: str) -> None:
    sent = {"email": ANN, "csrf_token": "0" * 64}
    assert client.post(path, data=sent).status_code == 403
    token = token_of(client.get("/sign-in").text)
    headers = {"sec-fetch-site": "cross-site"}
    sent["csrf_token"] = token
    assert client.post(path, data=sent, headers=headers).status_code == 403
    client.cookies.clear()
    assert client.post(path, data=sent).status_code == 403


def test_a_cookie_that_was_changed_signs_nobody_in(ann: TestClient) -> None:
    value = ann.cookies["foursite_session"]
    payload, _, signature = value.rpartition(".")
    for changed in (payload, f"{payload}.", f"{payload}A.{signature}", f"{value}A", "x" * 5_000):
        stranger = TestClient(ann.app, cookies={"foursite_session": changed})
        assert stranger.get("/dashboard", follow_redirects=False).status_code == 303


def test_a_cookie_of_one_kind_is_none_of_another(ann: TestClient) -> None:
    stranger = TestClient(ann.app, cookies={"foursite_form": ann.cookies["foursite_session"]})
    stranger.cookies.set("foursite_session", ann.cookies["foursite_form"])
    assert stranger.get("/dashboard", follow_redirects=False).status_code == 303


def test_a_bearer_token_needs_no_form_token_and_wins_over_the_cookie(
    at_door: Service, ann: TestClient
) -> None:
    context = at_door[0]
    account = find_account(context, email=ANN)
    assert account is not None
    owner = owner_of(account.tenant, account.id)
    secret = make_token(context, owner, name="CI", scopes=["account:read"]).secret
    for value, status in ((f"Bearer {secret}", 403), ("Bearer 4s_wrong", 401)):
        answer = ann.get("/dashboard/export", headers={"authorization": value})
        assert answer.status_code == status
    assert list_tokens(context, owner)[0].used_at is not None


def test_cookies_are_out_of_reach_of_scripts_and_bound_to_the_host_over_tls(
    tmp_path: Path,
) -> None:
    context, tasks = with_recorded_tasks(
        make_context(tmp_path, environment={"FOURSITE_BASE_URL": "https://4site.example"})
    )
    client = TestClient(create_app(context), base_url="https://4site.example")
    cookie = client.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-foursite_form=")
    for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert word in cookie
    sign_in(client, context, tasks, ANN)
    assert "__Host-foursite_session" in client.cookies
    assert client.get("/dashboard").status_code == 200
    context.database.close()
