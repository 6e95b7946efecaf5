"""What an owner sees of builds: the button, the history, the log; by page, API and stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from backend.actions.build_log import BuildLog
from backend.actions.building import begin_next
from backend.actions.builds import read_log
from backend.actions.hooks import secret_of
from backend.actions.tokens import make_token
from backend.domain.actors import Scope
from backend.domain.builds import LOG_BYTES, LOG_LINES, Build, BuildState
from backend.store import builds
from backend.store.tables.sites import SiteRow
from tests.support.builds import Forge, add_built_site, make_build_context, serve_forge
from tests.support.people import Person, World, open_world
from tests.support.running import run_server


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, "ann") as made:
        yield made


@pytest.fixture
def ann(world: World) -> Person:
    return world.people["ann"]


@pytest.fixture
def page(world: World, ann: Person) -> TestClient:
    return world.browser(ann)


def place_of(ann: Person) -> str:
    return f"/dashboard/sites/{ann.of['site']}/builds"


def running(world: World) -> Build:
    build = begin_next(world.context, "w")
    assert build is not None
    return build


def end(world: World, build: Build, state: BuildState, reason: str = "") -> None:
    now = world.context.clock.now()
    with world.context.database.transaction() as session:
        assert builds.end(session, build, state, now=now, reason=reason)


def test_the_page_has_the_button_the_history_and_the_webhook(
    world: World, ann: Person, page: TestClient
) -> None:
    assert f'href="{place_of(ann)}"' in page.get("/dashboard/sites").text
    shown = page.get(place_of(ann)).text
    assert ">Rebuild</button>" in shown
    assert f"/hooks/github/{ann.of['key']}" in shown
    assert secret_of(world.context, ann.of["site"]) in shown
    assert "queued" in shown
    build = running(world)
    end(world, build, BuildState.FAILED, "It took <too> long.")
    shown = page.get(place_of(ann)).text
    assert "failed" in shown
    assert "0.0 s" in shown
    assert "It took &lt;too&gt; long." in shown


def test_where_nothing_can_be_built_the_reason_stands_instead_of_the_button(
    world: World, ann: Person, page: TestClient
) -> None:
    with world.context.database.transaction() as session:
        session.execute(update(SiteRow).values(repository=None))
    shown = page.get(place_of(ann)).text
    assert "The site names no repository to build." in shown
    assert ">Rebuild</button>" not in shown


def test_pressing_the_button_leads_to_the_build(
    world: World, ann: Person, page: TestClient
) -> None:
    end(world, running(world), BuildState.SUCCEEDED)
    pressed = page.post(place_of(ann), data={"csrf_token": ann.csrf}, follow_redirects=False)
    assert pressed.status_code == 303
    place = pressed.headers["location"]
    assert place.startswith(f"{place_of(ann)}/")
    assert "by the button" in page.get(place).text
    cancelled = page.post(f"{place}/cancel", data={"csrf_token": ann.csrf})
    assert "You cancelled it." in cancelled.text
    again = page.post(f"{place}/cancel", data={"csrf_token": ann.csrf})
    assert (again.status_code, "cannot become cancelled" in again.text) == (409, True)
    retried = page.post(f"{place}/retry", data={"csrf_token": ann.csrf})
    assert "by a retry" in retried.text


def test_the_log_is_shown_without_javascript_and_is_no_markup(
    world: World, ann: Person, page: TestClient
) -> None:
    build = running(world)
    log = BuildLog(world.context, build)
    log.add("one <script>alert(1)</script>")
    log.flush()
    place = f"{place_of(ann)}/{build.id}"
    shown = page.get(place).text
    assert "one &lt;script&gt;alert(1)&lt;/script&gt;\n" in shown
    assert f"{build.id}/log?after=1" in shown
    end(world, build, BuildState.SUCCEEDED)
    shown = page.get(place).text
    assert "data-lines" not in shown
    assert ">Build again</button>" in shown


def test_a_log_is_bounded_in_lines_and_bytes(world: World, ann: Person) -> None:
    assert (LOG_LINES, LOG_BYTES) == (10_000, 1_000_000)
    build = running(world)
    log = BuildLog(world.context, build)
    for number in range(1_100):
        log.add(f"{number} {'x' * 2_000}")
    log.flush()
    lines: list[str] = []
    while more := read_log(world.context, ann.actor, build.site, build.id, after=len(lines)).lines:
        lines += [line.text for line in more]
    assert sum(map(len, lines)) <= LOG_BYTES
    assert {len(line) for line in lines[:-1]} == {1_000}
    assert lines[-1] == "The log is full; what follows is not kept."
    again = BuildLog(world.context, build)
    again.add("a second try has no room either")
    again.flush()
    assert (
        len(read_log(world.context, ann.actor, build.site, build.id, after=len(lines)).lines) == 0
    )


def test_a_repeated_request_with_one_key_is_one_build(world: World, ann: Person) -> None:
    end(world, running(world), BuildState.SUCCEEDED)
    client = TestClient(world.app)
    headers = {"authorization": f"Bearer {ann.token}", "idempotency-key": "once"}
    path = f"/api/v1/sites/{ann.of['site']}/builds"
    first = client.post(path, headers=headers)
    end(world, running(world), BuildState.SUCCEEDED)
    assert first.status_code == 202
    assert client.post(path, headers=headers).json() == first.json()
    assert len(client.get(path, headers=headers).json()["items"]) == 2


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    with serve_forge(tmp_path) as served:
        yield served


def listen(url: str, headers: dict[str, str]) -> list[tuple[str, str, dict[str, str]]]:
    """Read a log's stream to its end: name, id and data of each event."""
    events, name, number = [], "", ""
    with httpx.stream("GET", url, headers=headers, timeout=60) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                number = value
            elif field == "data" and name != "hello":
                events.append((name, number, json.loads(value)))
    return events


def test_the_log_is_heard_live_to_its_end_and_goes_on_where_it_was_left(
    tmp_path: Path, forge: Forge
) -> None:
    context = make_build_context(tmp_path / "data", forge)
    owner, site, _key = add_built_site(context, forge.address)
    token = make_token(context, owner, name="t", scopes=[Scope.SITES_READ, Scope.SITES_WRITE])
    headers = {"authorization": f"Bearer {token.secret}"}
    with run_server(context.settings.data_dir, environment=forge.environment) as server:
        path = f"{server.url}/api/v1/sites/{site}/builds"
        build = httpx.post(path, headers=headers).json()["id"]
        events = listen(f"{path}/{build}/log", headers)
        later = listen(f"{path}/{build}/log", headers | {"last-event-id": events[2][1]})
        assert httpx.get(f"{path}/{build}", headers=headers).json()["state"] == "succeeded"
        assert server.stop() == 0
    context.database.close()
    assert [number for name, number, _data in events if name == "line"] == [
        str(number) for number in range(1, len(events))
    ]
    assert events[-1][0] == "end"
    assert events[-1][2] == {"state": "succeeded", "reason": ""}
    assert [data.get("text") for _name, _number, data in events][-3:-1] == [
        "Publishing.",
        "Succeeded.",
    ]
    assert later == events[3:]
