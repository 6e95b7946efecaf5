"""Files of the widget, links that count and counts are the service's, at the edge."""

from __future__ import annotations

import hashlib
import time

import pytest

from tests.support.collector import DIST
from tests.support.edge_visitors import Door
from tests.support.faulty_proxy import Fault, FaultyProxy, never

pytestmark = pytest.mark.node

KEPT = (
    "access-control-allow-origin",
    "cache-control",
    "cross-origin-resource-policy",
    "x-content-type-options",
)


def paths(service: Door) -> list[str]:
    core: str = service.ask("GET", "/widget/integrity.json").json()["url"]
    version = core.removeprefix("/widget/").removesuffix(".js")
    words = [path.name for path in DIST.glob("words.*.js")]
    hashed = [f"/widget/{name.removesuffix('.js')}.{version}.js" for name in ("panel.js", *words)]
    return [
        core, "/widget.js", "/panel.js", *hashed,
        *(f"/{name}" for name in words), *(f"/widget/{name}" for name in words),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_the_widget_is_the_services_byte_for_byte_with_its_headers(
    service: Door, edge: Door, way: FaultyProxy, encoding: str
) -> None:
    before = len(way.requests)
    found = paths(service)
    assert len(found) > 40
    for path in found:
        headers: dict[str, str | None] = {"accept-encoding": encoding}
        wanted, answer = (door.ask("GET", path, headers=headers) for door in (service, edge))
        assert answer.status_code == wanted.status_code == 200, path
        assert hashlib.sha256(answer.content).digest() == hashlib.sha256(wanted.content).digest()
        for name in KEPT:
            assert answer.headers.get(name) == wanted.headers.get(name), (path, name)
        assert answer.headers["content-type"].partition(";")[0] == "text/javascript"
        assert answer.headers.get("content-encoding", "identity") in {encoding, "identity"}
    core = edge.ask("GET", "/widget.js", headers={"accept-encoding": encoding})
    assert core.headers.get("content-encoding", "identity") == encoding
    assert len(way.requests) == before


def test_integrity_is_told_alike_and_files_are_not_sent_twice(service: Door, edge: Door) -> None:
    wanted, found = (door.ask("GET", "/widget/integrity.json") for door in (service, edge))
    assert found.json() == wanted.json()
    kept = [answer.headers["cache-control"] for answer in (wanted, found)]
    assert [sorted(one.split(", ")) for one in kept] == [["max-age=300", "public"]] * 2
    tag = edge.ask("GET", "/widget.js").headers["etag"]
    assert edge.ask("GET", "/widget.js", headers={"if-none-match": tag}).status_code == 304


def test_what_the_edge_does_not_have_is_asked_of_the_service(service: Door, edge: Door) -> None:
    for path in ("/widget/0123456789abcdef.js", "/s/nothing", "/widget/counts/Nobody000.json"):
        wanted, found = (door.ask("GET", path) for door in (service, edge))
        assert (found.status_code, found.content) == (wanted.status_code, wanted.content)
    assert edge.ask("GET", "/dashboard").status_code == 404
    assert edge.ask("POST", "/s/nothing").status_code == 404


def test_a_share_link_leads_on_and_counts_the_visitor(service: Door, edge: Door) -> None:
    share = edge.view(t="share", n="x")
    assert service.send(share).status_code == 202
    service.world.wait([share["i"]])
    answer = edge.ask("GET", f"/s/{share['i']}")
    assert (answer.status_code, answer.headers["location"]) == (302, share["u"])
    assert answer.headers["cache-control"] == "no-store"
    deadline = time.monotonic() + 10
    while not edge.world.clicks(str(share["i"])):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert edge.world.clicks(str(share["i"])) == 1


def test_a_referral_link_leads_to_the_service_whose_cookie_it_needs(
    service: Door, edge: Door, way: FaultyProxy
) -> None:
    answer = edge.ask("GET", f"/r/{edge.world.key}?utm=a")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{way.url}/r/{edge.world.key}?utm=a"
    # On the service's own host the edge stands before it, and passes the cookie on.
    host = way.url.removeprefix("http://")
    own = edge.ask("GET", f"/r/{edge.world.key}", headers={"host": host})
    assert (own.status_code, own.headers["location"]) == (302, "/")
    assert "set-cookie" in own.headers


def test_counts_are_asked_for_once_a_minute(service: Door, edge: Door, way: FaultyProxy) -> None:
    path = f"/widget/counts/{edge.world.key}.json"
    answers = [edge.ask("GET", f"{path}?{number}") for number in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"*"}
    assert {answer.headers["cache-control"] for answer in answers} == {"public, max-age=60"}
    assert set(answers[0].json()) == {"shares", "likes"}
    assert sum(request.path.startswith(path) for request in way.requests) == 1


def test_a_link_says_to_try_again_when_the_service_is_away(edge: Door, way: FaultyProxy) -> None:
    way.fault = lambda _request: Fault.CUT
    try:
        answer = edge.ask("GET", "/s/nothing")
    finally:
        way.fault = never
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
