"""Texts that break what they are put into: no fault, nothing half stored, on both databases."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from backend.actions.context import Context
from backend.actions.exports import export_account
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Scope, owner_of
from backend.store.tables.accounts import AccountRow
from backend.store.tables.base import TENANT
from backend.store.tables.events import EventRow
from tests.support.service import BROWSER, SITE_URL, add_account, add_site
from tests.support.signing_in import token_of
from tests.support.tasks import with_recorded_tasks

ORIGIN = SITE_URL.rstrip("/")
HOSTILE = (
    "\0", "a\0b", "\n", "a\r\nSet-Cookie: x=1", "%", "_%", "' OR 1=1 --", "\\", "\u202e", "\ud7ff",
    "\uffff", "𝔘", "{{7*7}}", "<script>", "javascript:alert(1)", "../../etc", "9" * 40, "-1",
    "1e999",
)  # fmt: skip
ENCODED = [
    "%00", "a%00b", "%0d%0aset-cookie:x", "%ff", "%ed%a0%80", "%25", "..%2f..", "'", "9" * 40
]  # fmt: skip


@pytest.fixture
def client(any_context: Context) -> Iterator[TestClient]:
    context, _ = with_recorded_tasks(any_context)
    with TestClient(create_app(context), raise_server_exceptions=False) as started:
        yield started


def bearer(context: Context) -> dict[str, str]:
    owner = owner_of(TENANT, add_account(context))
    return {"authorization": f"Bearer {make_token(context, owner, name='t', scopes=Scope).secret}"}


@pytest.mark.parametrize(
    "path",
    [
        "/r/{}", "/s/{}", "/showcase/{}", "/showcase/strip?key={}", "/showcase?kind={}",
        "/showcase?topic={}", "/showcase?language={}", "/showcase?after={}", "/showcase?limit={}",
        "/oembed?url=http://127.0.0.1:8000/showcase/{}", "/oembed?url={}", "/widget/{}",
        "/oembed?url=http://127.0.0.1:8000/showcase&maxwidth={}", "/widget/counts/{}.json",
        "/assets/{}", "/thumbnails/{}", "/words.{}.js", "/sign-in/{}", "/sign-up?code={}",
        "/auth/github/callback?state={}&code={}", "/api/v1/showcase/{}", "/api/v1/showcase?kind={}",
        "/api/v1/showcase?topic={}", "/api/v1/showcase?after={}", "/api/v1/sites/{}",
        "/api/v1/sites?after={}", "/api/v1/sites?limit={}", "/api/v1/referrals?after={}",
    ],
)  # fmt: skip
def test_no_address_makes_a_fault(any_context: Context, client: TestClient, path: str) -> None:
    headers = {"user-agent": BROWSER, **(bearer(any_context) if "/api/" in path else {})}
    for text in ENCODED:
        answer = client.get(path.replace("{}", text), headers=headers, follow_redirects=False)
        assert answer.status_code < 500, text
        assert "set-cookie" not in answer.headers or "x" not in dict(answer.cookies)


@pytest.mark.parametrize("after", ["0" * 16, "9" * 16, "9" * 18, "9" * 19])
def test_no_cursor_overflows_a_column(any_context: Context, client: TestClient, after: str) -> None:
    cursors = (f"{after}.{after}.{after}.{'a' * 32}", f"{after}.abc", f"{after}")
    for path in ("/showcase", "/api/v1/showcase", "/api/v1/referrals", "/api/v1/sites"):
        headers = bearer(any_context) if "/api/" in path else {}
        for cursor in cursors:
            answer = client.get(path, params={"after": cursor}, headers=headers)
            assert answer.status_code in {200, 400}, (path, cursor)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_form_makes_a_fault(client: TestClient, text: str) -> None:
    token = token_of(client.get("/sign-up").text)
    for field in ("email", "name", "code", "offered"):
        sent = {"csrf_token": token, "email": f"{abs(hash(text))}@a.example", field: text}
        answer = client.post("/sign-up", data=sent)
        assert answer.status_code in {200, 400}, field
        assert "<script>" not in answer.text.replace('<script src="', "")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_body_makes_a_fault(any_context: Context, client: TestClient, text: str) -> None:
    headers = bearer(any_context)
    for path, body in (
        ("/api/v1/sites", {"url": SITE_URL, "title": text, "description": text}),
        ("/api/v1/sites", {"url": f"https://a.example/{text}", "title": "t"}),
        ("/api/v1/sites", {"url": SITE_URL, "title": "t", "topics": [text], "language": text}),
        ("/api/v1/account/tokens", {"name": text, "scopes": ["sites:read"]}),
        ("/api/v1/referrals/codes", {"code": text}),
    ):
        answer = client.post(path, json=body, headers=headers)
        assert answer.status_code in {201, 400, 403, 409}, path
    assert client.patch("/api/v1/account", json={"name": text}, headers=headers).status_code < 500


def test_a_body_that_is_too_deep_is_refused(any_context: Context, client: TestClient) -> None:
    for body in ("[" * 60_000, '{"a":' * 12_000, f"{'[' * 900}{']' * 900}"):
        answer = client.post("/api/v1/sites", content=body, headers=bearer(any_context))
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    "change",
    [
        {"u": f"{SITE_URL}\0"},
        {"u": f"{SITE_URL}\n"},
        {"u": f"{SITE_URL}\x1b[2J"},
        {"u": f"{SITE_URL}?via=x&q={'ä' * 900}"},
        {"u": "https://lantern.example\uff03/?via=1"},
        {"i": "event000001\n"},
        {"i": "event0000\0"},
        {"v": "event000002\n"},
        {"s": "{key}\n"},
    ],
)
def test_a_ping_that_a_database_cannot_hold_never_reaches_a_batch(
    any_context: Context, client: TestClient, change: dict[str, str]
) -> None:
    _site, key = add_site(any_context, add_account(any_context))
    ping = {"s": key, "t": "view", "i": "event000001", "u": SITE_URL, **change}
    ping["s"] = ping["s"].replace("{key}", key)
    sent = {"origin": ORIGIN, "user-agent": BROWSER}
    with capture_logs() as logs:
        assert client.post("/collect", content=json.dumps(ping), headers=sent).status_code == 400
    assert not logs


@pytest.mark.parametrize("referrer", ["http://a\0b/", f"http://{'a' * 900}/", "http://[", "x"])
def test_a_referrer_that_is_none_is_left_out(
    any_context: Context, client: TestClient, referrer: str
) -> None:
    _site, key = add_site(any_context, add_account(any_context))
    ping = {"s": key, "t": "view", "i": "event000001", "u": SITE_URL, "r": referrer}
    sent = {"origin": ORIGIN, "user-agent": BROWSER}
    assert client.post("/collect", content=json.dumps(ping), headers=sent).status_code == 202
    with any_context.database.reading() as session:
        assert session.exec(select(EventRow.referrer_host)).all() == [None]


def test_errors_of_the_database_do_not_show_what_people_wrote(any_context: Context) -> None:
    account = add_account(any_context)
    with pytest.raises(IntegrityError) as caught, any_context.database.transaction() as session:
        session.add(AccountRow(tenant=TENANT, id=account, code="A-SECRET-CODE", created_at=1))
        session.flush()
    assert "A-SECRET-CODE" not in str(caught.value)


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
def test_no_cell_of_an_export_runs_as_a_formula(context: Context, begin: str) -> None:
    account = add_account(context)
    add_site(context, account, title=f"{begin}HYPERLINK(1)")
    archive = export_account(context, owner_of(TENANT, account))
    with ZipFile(io.BytesIO(archive)) as opened:
        rows = list(csv.DictReader(io.StringIO(opened.read("sites.csv").decode(), newline="")))
    assert rows[0]["title"] == f"'{begin}HYPERLINK(1)"
    assert rows[0]["kind"] == "project"
