"""The pages in front of an account and behind the door, over the real application."""

from __future__ import annotations

import logging
import re

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from backend.actions.accounts import find_account
from backend.actions.context import Context
from backend.actions.referrals import claim_code, referral_summary
from backend.app import create_app
from backend.domain.actors import owner_of
from backend.store.tables.referrals import ReferralRow
from tests.support.service import add_account, add_site
from tests.support.signing_in import ask_for_link, follow, press, sign_in, token_of
from tests.support.tasks import RecordedTasks, newest_link

Service = tuple[Context, RecordedTasks]
ANN = "ann@example.org"


def account_id(context: Context, email: str = ANN) -> str:
    account = find_account(context, email=email)
    assert account is not None
    return account.id


def test_signing_up_by_mail_ends_on_the_account_page(at_door: Service, client: TestClient) -> None:
    context, tasks = at_door
    assert ask_for_link(client, ANN, name="Ann Lantern") == 200
    path = newest_link(context, tasks, ANN)
    assert "Create your account" in client.get(path).text
    assert follow(client, path) == 303
    page = client.get("/dashboard/settings")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "Ann Lantern" in page.text
    assert ANN in page.text


def test_a_program_that_looks_at_links_uses_none_up(at_door: Service, client: TestClient) -> None:
    ask_for_link(client, ANN)
    path = newest_link(*at_door, ANN)
    for method in ("GET", "HEAD", "GET"):
        assert client.request(method, path).status_code == 200
    assert find_account(at_door[0], email=ANN) is None
    assert follow(client, path) == 303
    assert client.get(path).status_code == 404


def test_the_answer_tells_nobody_whether_an_address_has_an_account(
    at_door: Service, client: TestClient
) -> None:
    add_account(at_door[0], email=ANN)
    pages = []
    for email in (ANN, "nobody@example.org"):
        sent = {"csrf_token": token_of(client.get("/sign-in").text), "email": email}
        answer = client.post("/sign-in", data=sent)
        assert answer.status_code == 200
        pages.append(answer.text.replace(email, "EMAIL"))
    assert pages[0] == pages[1]


def test_a_wrong_address_is_explained_beside_its_field(client: TestClient) -> None:
    sent = {"csrf_token": token_of(client.get("/sign-up").text), "name": "<b>Ann</b>"}
    answer = client.post("/sign-up", data={**sent, "email": 'ann"><script>'})
    assert answer.status_code == 400
    assert "That is not an e-mail address." in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "<script>" not in answer.text.replace('<script src="', "").replace("<script defer", "")
    assert "&lt;b&gt;Ann&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(
    ("offered", "basis"), [("", "typed"), ("RITA", "click")], ids=["typed", "brought"]
)
def test_a_code_counts_as_typed_unless_the_link_brought_it(
    at_door: Service, client: TestClient, offered: str, basis: str
) -> None:
    context = at_door[0]
    claim_code(context, owner_of("default", add_account(context)), "RITA")
    page = client.get("/sign-up", params={"code": offered}).text
    assert page.count('value="RITA"') == (2 if offered else 0)
    sign_in(client, *at_door, ANN, code="rita", offered=offered)
    with context.database.reading() as session:
        assert session.exec(select(ReferralRow.basis)).one() == basis


def test_a_followed_referral_link_is_remembered_until_the_sign_up(
    at_door: Service, client: TestClient
) -> None:
    context = at_door[0]
    rita = find_account(context, account=add_account(context, email="rita@example.org"))
    assert rita is not None
    client.get(f"/r/{rita.code}", follow_redirects=False)
    assert "foursite_touch" in client.cookies
    sign_in(client, *at_door, ANN)
    summary = referral_summary(context, owner_of("default", rita.id))
    assert sum(summary.states.values()) == 1
    assert "foursite_touch" not in client.cookies


def test_somebody_signed_in_is_sent_past_the_door(at_door: Service, client: TestClient) -> None:
    assert client.get("/dashboard", follow_redirects=False).headers["location"] == "/sign-in"
    sign_in(client, *at_door, ANN)
    assert client.get("/sign-in", follow_redirects=False).headers["location"] == "/dashboard"
    assert press(client, "/sign-out") == 303
    assert client.get("/dashboard", follow_redirects=False).headers["location"] == "/sign-in"


def test_a_new_token_is_shown_once_and_never_logged(
    at_door: Service, client: TestClient, caplog: pytest.LogCaptureFixture, capsys: object
) -> None:
    caplog.set_level(logging.DEBUG)
    sign_in(client, *at_door, ANN)
    page = client.get("/dashboard/settings").text
    sent = {"csrf_token": token_of(page), "name": "CI", "scope": ["sites:read"], "days": "30"}
    made = client.post("/dashboard/tokens", data=sent)
    secret = re.search(r"4s_[0-9A-Za-z]{43}", made.text)
    assert secret
    assert made.headers["cache-control"] == "no-store"
    assert secret.group() not in client.get("/dashboard/settings").text
    out, err = capsys.readouterr()  # type: ignore[attr-defined]
    assert secret.group() not in caplog.text + out + err
    assert client.cookies["foursite_session"] not in caplog.text + out + err


def test_forms_say_what_is_wrong_where_it_is(at_door: Service, client: TestClient) -> None:
    sign_in(client, *at_door, ANN)
    token = token_of(client.get("/dashboard/settings").text)
    for path, fields, said in (
        ("tokens", {"name": "CI"}, "A token needs a scope."),
        ("tokens", {"name": "CI", "scope": "sites:read", "days": "x"}, "not a number of days"),
        ("codes", {"code": "no"}, "A code has 4 to 24 characters"),
        ("sites", {"url": "ftp://x", "title": "X"}, "not an http or https address"),
        ("public-profile", {"handle": "a!"}, "3 to 30 letters"),
        ("erase", {"email": "bob@example.org"}, "not the address of this account"),
        ("profile", {"name": "n" * 101}, "at most 100 characters"),
    ):
        answer = client.post(f"/dashboard/{path}", data={"csrf_token": token, **fields})
        assert (answer.status_code, said in answer.text) == (400, True), path
        assert 'class="field-error"' in answer.text, path


def test_sites_show_their_key_and_snippet_escaped(at_door: Service, client: TestClient) -> None:
    context = at_door[0]
    sign_in(client, *at_door, ANN)
    site, key = add_site(context, account_id(context), title="<b>Lantern</b>")
    _other, foreign = add_site(context, add_account(context), url="https://other.example/")
    page = client.get(f"/dashboard/sites/{site}").text
    assert f"data-site=&#34;{key}&#34;" in page
    assert "&lt;b&gt;Lantern&lt;/b&gt;" in page
    assert foreign not in page


def test_the_tiers_limit_is_said_and_nothing_is_added(at_door: Service, client: TestClient) -> None:
    sign_in(client, *at_door, ANN)
    for number in range(3):
        url = f"https://{number}.example/"
        assert press(client, "/dashboard/sites", url=url, title="Site") == 303
    token = token_of(client.get("/dashboard/settings").text)
    sent = {"csrf_token": token, "url": "https://4.example/", "title": "Site"}
    answer = client.post("/dashboard/sites", data=sent)
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert "3 of 3" in answer.text


def test_one_browser_ends_the_session_of_another(at_door: Service, client: TestClient) -> None:
    elsewhere = TestClient(create_app(at_door[0]))
    sign_in(elsewhere, *at_door, ANN)
    sign_in(client, *at_door, ANN)
    assert press(client, "/dashboard/sessions/revoke-others") == 303
    assert elsewhere.get("/dashboard", follow_redirects=False).status_code == 303
    assert client.get("/dashboard").status_code == 200


def test_nobody_touches_what_is_somebody_elses(at_door: Service, client: TestClient) -> None:
    context = at_door[0]
    site, _key = add_site(context, add_account(context))
    sign_in(client, *at_door, ANN)
    assert press(client, "/dashboard/sites/remove", site=site) == 404
    assert press(client, "/dashboard/tokens/revoke", token="0" * 32) == 404
    assert press(client, "/dashboard/sessions/revoke", session="0" * 64) == 404


def test_a_form_is_bounded_and_must_be_one(client: TestClient) -> None:
    token = token_of(client.get("/sign-in").text)
    sent = {"csrf_token": token, "email": ANN}
    assert client.post("/sign-in", json=sent).status_code == 400
    assert client.post("/sign-in", data={**sent, "x": "x" * 20_000}).status_code == 400
    many = "&".join(f"a{number}=1" for number in range(60))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for body in (many, "a=%ff", b"\xff=1"):
        answer = client.post("/sign-in", content=body, headers=headers)
        assert answer.status_code == 400


def test_asking_for_links_has_a_limit(client: TestClient) -> None:
    statuses = [ask_for_link(client, f"a{number}@example.org") for number in range(21)]
    assert statuses == [200] * 20 + [429]
