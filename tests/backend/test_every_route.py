"""Every route as everybody who is not meant: nobody reads or changes what is not theirs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest
from sqlmodel import update
from starlette.testclient import TestClient

from backend.actions.accounts import suspend
from backend.actions.erasure import erase_account
from backend.domain.actors import Scope
from backend.store.tables.accounts import SessionRow
from tests.support.people import Person, Rows, World, open_world, save
from tests.support.route_lines import Door
from tests.support.routes import AGENT, LINES, routes_of
from tests.support.signing_in import token_of

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin",
    "content-security-policy": "default-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "",
    "x-request-id": "",
}
# A followed referral link leaves a touch. The click on a share waits for its batch, and needs the
# salt of the day, which the first one makes.
WRITES = {"GET /r/{code}": {"touch"}, "GET /s/{share}": {"day_salt"}}
FRAMED = {"GET /showcase/strip", "GET /embed/{key}/counter"}
# Our own pages show it in a frame.
FRAMED_BY_US = {"GET /dashboard/sites/{site}/preview"}
EVIL = "https://evil.example"
SAFE = [name for name in LINES if name.startswith("GET ")]
OWNED = [name for name, line in LINES.items() if line.door in {Door.PERSON, Door.SCOPE}]
UNSAFE = [name for name in LINES if name not in SAFE and LINES[name].door is not Door.OPEN]
SCOPED = [name for name, line in LINES.items() if line.door is Door.SCOPE]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ann and Bob; Sue, who is suspended; Eve, who is erased."""
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob", "sue", "eve") as world:
        suspend(world.context, world.people["sue"].actor.account)
        # As of a sign-in at the same moment: the suspension alone has to keep her out.
        with world.context.database.transaction() as session:
            session.connection().execute(update(SessionRow).values(revoked_at=None))
        erase_account(world.context, world.people["eve"].actor)
        save(world)
        yield world


@pytest.fixture
def world(built: World) -> World:
    built.restore()
    return built


def ask(
    world: World,
    name: str,
    *,
    about: Person,
    client: TestClient | None = None,
    headers: Mapping[str, str] | None = None,
    csrf: str | None = None,
    odd: Mapping[str, str] | None = None,
) -> httpx2.Response:
    """Ask for a route with what belongs to `about`; its answer has the security headers.

    `odd` is asked for in place of, or beside, what the query usually says.
    """
    line, method = LINES[name], name.partition(" ")[0]
    values = {**about.of, "email": about.email, "url": about.url, "origin": about.url.rstrip("/")}
    parts = json.dumps([line.query, line.form, line.json, line.headers])
    query, form, body, own_headers = json.loads(_fill(parts, values))
    form = {**form, "csrf_token": csrf} if csrf is not None else {**form, "any": "thing"}
    is_form = method == "POST" and line.door in {Door.FORM, Door.PERSON}
    sent = {**AGENT, **own_headers, **(headers or {})}
    if line.door is Door.SCOPE and csrf is not None:
        sent["x-csrf-token"] = csrf
    answer = _send(
        world,
        client or TestClient(world.app),
        method,
        _fill(line.path, values),
        {
            "params": query | dict(odd or {}),
            "headers": sent,
            **({"data": form} if is_form else {"json": body}),
        },
    )
    _check_headers(name, answer)
    return answer


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _send(
    world: World, client: TestClient, method: str, path: str, options: dict[str, Any]
) -> httpx2.Response:
    """Send a request. A stream is ended by the service as soon as it has begun."""
    if options.get("json", 0) is None:
        del options["json"]
    answers: list[httpx2.Response] = []

    def send() -> None:
        answers.append(client.request(method, path, follow_redirects=False, **options))

    thread = threading.Thread(target=send)
    thread.start()
    while thread.is_alive():
        world.live.stop()
        thread.join(0.02)
    return answers[0]


def _check_headers(name: str, answer: httpx2.Response) -> None:
    if name == "POST /collect":  # nothing of it is a page, and every byte counts there
        return
    for header, begin in HEADERS.items():
        assert header in answer.headers, (name, header)
        assert answer.headers[header].startswith(begin), (name, header)
    ancestors = "*" if name in FRAMED and answer.status_code != 400 else "'none'"
    if name in FRAMED_BY_US and answer.status_code == 200:
        ancestors = "'self'"
    assert f"frame-ancestors {ancestors}" in answer.headers["content-security-policy"]
    assert "access-control-allow-credentials" not in answer.headers
    assert ("access-control-allow-origin" in answer.headers) <= LINES[name].is_shared


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def said(answer: httpx2.Response) -> str:
    return answer.text + str(sorted(answer.headers.items()))


def check_tells_nothing(name: str, answer: httpx2.Response, about: Person) -> None:
    """What the asker named already is no news; anything else of `about` would be."""
    request = answer.request
    known = f"{request.url} {request.read().decode()} {request.url.params}"
    told = {mark for mark in about.marks if mark in said(answer) and mark not in known}
    assert LINES[name].tells or not told, (name, told)


def of(person: Person, rows: Rows) -> Rows:
    """Return the rows that are the person's or name anything of theirs."""
    marks = {person.actor.account, person.email, *person.of.values()}
    return frozenset(row for row in rows if marks & {one for one in row if isinstance(one, str)})


def test_every_route_has_a_line_and_every_line_a_route(world: World) -> None:
    assert routes_of(world.app) == set(LINES)
    assert {name for name, line in LINES.items() if line.door is Door.OPEN} - set(SAFE) == {
        "POST /collect",
        "POST /collect/edge",
        "POST /hooks/github/{key}",
        "POST /hooks/stripe",
        "POST /unsubscribe/{token}",  # whose signature is the permission
    }


@pytest.mark.parametrize("name", LINES)
def test_the_owner_gets_what_the_route_is_for(world: World, name: str) -> None:
    ann = world.people["ann"]
    client, csrf = way_in(world, name, ann)
    assert ask(world, name, about=ann, client=client, csrf=csrf).status_code == LINES[name].own


@pytest.mark.parametrize("name", LINES)
def test_a_stranger_reads_and_changes_nothing(world: World, name: str) -> None:
    line, ann, before = LINES[name], world.people["ann"], world.rows()
    answer = ask(world, name, about=ann)
    expected = {Door.FORM: 403}.get(line.door, line.stranger)
    if name == "POST /sign-out":
        expected = 303  # to the home page
    assert answer.status_code == expected
    check_tells_nothing(name, answer, ann)
    if not line.may_write and name != "POST /collect":
        assert world.rows() == before


@pytest.mark.parametrize("name", LINES)
def test_another_owner_reads_and_changes_nothing_of_the_first(world: World, name: str) -> None:
    line, ann, bob = LINES[name], world.people["ann"], world.people["bob"]
    if line.door is Door.FORM:
        return  # nobody is signed in there
    before = of(ann, world.rows())
    answers = [ask(world, name, about=ann, client=world.browser(bob), csrf=bob.csrf)]
    assert answers[0].status_code == line.other
    if line.door is Door.SCOPE:
        answers.append(ask(world, name, about=ann, headers=bearer(bob.token)))
        assert answers[1].status_code == (403 if line.needs_person else line.other)
    for answer in answers:
        check_tells_nothing(name, answer, ann)
    if not line.may_write and name != "POST /collect":
        assert of(ann, world.rows()) == before


@pytest.mark.parametrize("name", SCOPED)
def test_a_token_without_the_scope_is_refused(world: World, name: str) -> None:
    ann, before, scope = world.people["ann"], world.rows(), LINES[name].scope
    assert isinstance(scope, Scope)
    answer = ask(world, name, about=ann, headers=bearer(ann.lacking[scope]))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    check_tells_nothing(name, answer, ann)
    assert world.rows() == before


@pytest.mark.parametrize("name", OWNED)
def test_a_token_opens_no_page_for_people(world: World, name: str) -> None:
    ann, before = world.people["ann"], world.rows()
    if LINES[name].door is Door.SCOPE or name == "POST /sign-out":
        return
    answer = ask(world, name, about=ann, headers=bearer(ann.token))
    assert answer.status_code == (403 if LINES[name].roles is None else 404)
    check_tells_nothing(name, answer, ann)
    assert world.rows() == before


@pytest.mark.parametrize("who", ["sue", "eve"])
@pytest.mark.parametrize("name", OWNED)
def test_a_closed_account_gets_nothing_by_its_old_ways_in(
    world: World, name: str, who: str
) -> None:
    if name == "POST /sign-out":
        return  # whoever has a cookie may drop it
    closed, before = world.people[who], world.rows()
    expected = LINES[name].stranger
    for about in (closed, world.people["ann"]):
        answer = ask(world, name, about=about, client=world.browser(closed), csrf=closed.csrf)
        assert answer.status_code == expected
        check_tells_nothing(name, answer, about)
        if LINES[name].door is Door.SCOPE:
            answer = ask(world, name, about=about, headers=bearer(closed.token))
            assert answer.status_code == 401
    assert world.rows() == before


@pytest.mark.parametrize("name", UNSAFE)
def test_nothing_is_changed_for_a_page_of_another_site(world: World, name: str) -> None:
    ann, before = world.people["ann"], world.rows()
    client, csrf = way_in(world, name, ann)
    for token, headers in (
        (None, {}),
        ("0" * 64, {}),
        (world.people["bob"].csrf, {}),
        (csrf, {"origin": EVIL}),
        (csrf, {"origin": "null"}),
        (csrf, {"sec-fetch-site": "cross-site", "origin": "http://testserver"}),
        (csrf, {"sec-fetch-site": "same-site"}),
    ):
        answer = ask(world, name, about=ann, client=client, csrf=token, headers=headers)
        assert answer.status_code == 403, (token, headers)
    assert world.rows() == before


@pytest.mark.parametrize("name", SAFE)
def test_a_get_changes_nothing(world: World, name: str) -> None:
    line, ann = LINES[name], world.people["ann"]
    before = world.rows()
    ask(world, name, about=ann, client=world.browser(ann))
    if line.door is Door.SCOPE:
        ask(world, name, about=ann, headers=bearer(ann.token))
    added = world.rows() - before
    assert {row[0] for row in added} <= WRITES.get(name, set())
    assert world.rows() >= before


@pytest.mark.parametrize("name", OWNED)
def test_no_cache_keeps_what_is_somebodys(world: World, name: str) -> None:
    ann = world.people["ann"]
    answer = ask(world, name, about=ann, client=world.browser(ann), csrf=ann.csrf)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("what", ["shares/{share}"])
def test_an_own_site_does_not_lead_to_anothers_share(world: World, what: str) -> None:
    ann, bob = world.people["ann"], world.people["bob"]
    path = f"/api/v1/sites/{bob.of['site']}/{what.format(**ann.of)}"
    assert TestClient(world.app).get(path, headers=bearer(bob.token)).status_code == 404
    own = f"/api/v1/sites/{bob.of['site']}/{what.format(**bob.of)}"
    assert TestClient(world.app).get(own, headers=bearer(bob.token)).status_code == 200


def way_in(world: World, name: str, person: Person) -> tuple[TestClient, str]:
    """Return the browser that a route is for, and the token of its forms: the person's, or that
    of a stranger with one of the forms before sign-in.
    """
    if LINES[name].door is not Door.FORM:
        return world.browser(person), person.csrf
    client = TestClient(world.app)
    return client, token_of(client.get("/sign-in").text)
