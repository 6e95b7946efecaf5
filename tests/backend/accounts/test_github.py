"""Signing in with GitHub, against a server that behaves as GitHub's documentation says."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from backend.actions.accounts import find_account, sign_up, suspend
from backend.actions.context import Context
from backend.actions.referrals import referral_summary
from backend.app import create_app
from backend.clock import FixedClock
from backend.domain.accounts import Account
from backend.domain.actors import owner_of
from backend.domain.instants import MINUTE
from tests.support.github_oauth import GitHubOAuth
from tests.support.service import add_account
from tests.support.signing_in import token_of
from tests.support.tasks import RecordedTasks

Service = tuple[Context, RecordedTasks]
ADA = "ada@ada.example"


def leave(client: TestClient, **fields: str) -> str:
    """Press the button for GitHub; return where the browser is sent."""
    sent = {"csrf_token": token_of(client.get("/sign-up").text), **fields}
    answer = client.post("/auth/github", data=sent, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def decide(url: str) -> str:
    """Let the person decide at GitHub; return the path that the browser comes back to."""
    location = httpx.get(url).headers["location"]
    parts = urlsplit(location)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "http://127.0.0.1:8000/auth/github/callback"
    )
    return f"{parts.path}?{parts.query}"


def come_back(client: TestClient, path: str) -> httpx.Response:
    answer: httpx.Response = client.get(path, follow_redirects=False)  # type: ignore[assignment]
    return answer


def ada(context: Context) -> Account | None:
    return find_account(context, email=ADA)


def test_a_newcomer_gets_an_account_with_the_verified_primary_address(
    at_door: Service, client: TestClient, github_oauth: GitHubOAuth
) -> None:
    answer = come_back(client, decide(leave(client)))
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    account = ada(at_door[0])
    assert account is not None
    assert account.person is not None
    assert (account.person.name, account.person.github_login) == ("Ada Lantern", "ada")
    assert "ada@ada.example" in client.get("/dashboard/settings").text
    assert github_oauth.asked[-2:] == ["/api/user", "/api/user/emails"]


def test_an_account_with_the_same_address_is_linked_and_keeps_working_after_a_new_address(
    at_door: Service, client: TestClient, github_oauth: GitHubOAuth
) -> None:
    known = add_account(at_door[0], email=ADA)
    come_back(client, decide(leave(client)))
    account = ada(at_door[0])
    assert account is not None
    assert account.person is not None
    assert (account.id, account.person.github_id) == (known, 583231)
    github_oauth.emails[1]["email"] = "ada@elsewhere.example"
    client.cookies.clear()
    assert come_back(client, decide(leave(client))).status_code == 303
    assert find_account(at_door[0], email="ada@elsewhere.example") is None


def test_a_typed_code_attributes_the_sign_up(at_door: Service, client: TestClient) -> None:
    context = at_door[0]
    referrer = add_account(context, email="rita@example.org")
    known = find_account(context, account=referrer)
    assert known is not None
    come_back(client, decide(leave(client, code=known.code.lower())))
    summary = referral_summary(context, owner_of("default", referrer))
    assert sum(summary.states.values()) == 1


def test_a_person_who_refuses_at_github_is_told_so(
    at_door: Service, client: TestClient, github_oauth: GitHubOAuth
) -> None:
    github_oauth.is_refusing = True
    answer = come_back(client, decide(leave(client)))
    assert answer.status_code == 403
    assert "GitHub did not sign you in." in answer.text
    assert ada(at_door[0]) is None


def test_a_state_of_another_browser_signs_nobody_in(at_door: Service, client: TestClient) -> None:
    """Somebody who sends their own callback to a victim must not sign the victim in."""
    path = decide(leave(client))
    victim = TestClient(create_app(at_door[0]))
    for browser in (victim, TestClient(create_app(at_door[0]))):
        answer = come_back(browser, path)
        assert answer.status_code == 403
        assert "was not started in this browser" in answer.text
        leave(browser)  # an own state does not help either
        assert come_back(browser, path).status_code == 403
    assert ada(at_door[0]) is None


def test_a_callback_works_once(client: TestClient) -> None:
    path = decide(leave(client))
    assert come_back(client, path).status_code == 303
    assert come_back(client, path).status_code == 403


@pytest.mark.parametrize("query", ["", "?state=", "?code=x", "?state=%00&code=x"])
def test_a_callback_without_a_state_is_refused(client: TestClient, query: str) -> None:
    assert come_back(client, f"/auth/github/callback{query}").status_code == 403


def test_a_sign_in_takes_at_most_ten_minutes(at_door: Service, client: TestClient) -> None:
    path = decide(leave(client))
    clock = at_door[0].clock
    assert isinstance(clock, FixedClock)
    clock.move(10 * MINUTE)
    answer = come_back(client, path)
    assert answer.status_code == 400
    assert "took too long" in answer.text


def test_a_code_that_github_no_longer_takes_is_explained(
    client: TestClient, github_oauth: GitHubOAuth
) -> None:
    github_oauth.has_expired_codes = True
    answer = come_back(client, decide(leave(client)))
    assert answer.status_code == 400
    assert "took too long" in answer.text


@pytest.mark.parametrize("case", ["unverified", "none primary", "no scope", "no list"])
def test_without_a_verified_primary_address_nobody_gets_in(
    at_door: Service, client: TestClient, github_oauth: GitHubOAuth, case: str
) -> None:
    if case == "unverified":
        github_oauth.emails[1]["verified"] = False
    elif case == "none primary":
        github_oauth.emails[1]["primary"] = False
    elif case == "no list":
        github_oauth.emails = []
    else:
        github_oauth.grants_emails = False
    answer = come_back(client, decide(leave(client)))
    assert answer.status_code == 403
    assert "no verified primary address" in answer.text
    assert ada(at_door[0]) is None


def test_an_address_that_is_only_a_variant_takes_no_account_over(
    at_door: Service, client: TestClient
) -> None:
    variant = "ada+lists@ada.example"
    sign_up(at_door[0], email=variant, name="", code=None, is_typed=False, touch=None)
    answer = come_back(client, decide(leave(client)))
    assert answer.status_code == 409
    assert "variant of your GitHub address" in answer.text


def test_a_suspended_account_stays_closed(at_door: Service, client: TestClient) -> None:
    suspend(at_door[0], add_account(at_door[0], email=ADA))
    answer = come_back(client, decide(leave(client)))
    assert answer.status_code == 403
    assert "suspended" in answer.text


def test_a_github_that_is_away_is_said_to_be(client: TestClient, github_oauth: GitHubOAuth) -> None:
    github_oauth.is_down = True
    answer = come_back(client, decide(leave(client)))
    assert answer.status_code == 503
    assert "GitHub gives no answer" in answer.text


def test_the_verifier_stays_with_the_browser(client: TestClient) -> None:
    query = parse_qs(urlsplit(leave(client)).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) == 43
    assert set(query) == {
        "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
    }  # fmt: skip


def test_github_is_not_offered_where_it_is_not_set_up(context: Context) -> None:
    client = TestClient(create_app(context))
    page = client.get("/sign-up").text
    assert "GitHub" not in page
    sent = {"csrf_token": token_of(page)}
    assert client.post("/auth/github", data=sent).status_code == 403
