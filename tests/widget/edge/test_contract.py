"""What holds at the service holds at the edge: the same pings, the same refusals."""

from __future__ import annotations

import httpx
import pytest

from tests.support.edge_visitors import Door
from tests.support.refused_pings import BODIES, LETTERS
from tests.support.service import SITE_URL

pytestmark = pytest.mark.node

KINDS: dict[str, dict[str, object]] = {
    "view": {"r": "https://news.example/"},
    "engage": {"d": 12, "p": 80},
    "share": {"n": "x"},
    "copy": {},
    "powered": {},
    "conversion": {},
}


def problem_of(answer: httpx.Response) -> dict[str, object]:
    """Return what pages, programs and people learn from a refusal."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    details: dict[str, object] = answer.json()
    assert details["status"] == answer.status_code
    return details


def test_every_type_of_ping_is_recorded_exactly_once(door: Door) -> None:
    pings = [door.view(t=kind, **letters) for kind, letters in KINDS.items()]
    answer = door.send(*pings)
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert len(set(door.world.wait([ping["i"] for ping in pings]))) == 1
    last = door.view()
    assert door.send(last).status_code == 202
    door.world.wait([last["i"]])
    assert len(door.world.rows([ping["i"] for ping in pings])) == len(KINDS)


def test_a_replayed_body_is_acknowledged_and_recorded_once(door: Door) -> None:
    ping, last = door.view(), door.view()
    for _ in range(5):
        assert door.send(ping).status_code == 202
    door.world.wait([ping["i"]])
    assert door.send(ping, last).status_code == 202
    door.world.wait([last["i"]])
    assert len(door.world.rows([ping["i"]])) == 1


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_not_pings_is_refused_alike(service: Door, edge: Door, name: str) -> None:
    wanted, found = (problem_of(door.post(BODIES[name])) for door in (service, edge))
    assert found["status"] == 400
    # Each parser has its own words for what is no JSON at all.
    assert {**found, "title": ""} == {**wanted, "title": ""}


@pytest.mark.parametrize("name", LETTERS)
def test_a_value_that_cannot_be_is_refused_in_the_same_words(
    service: Door, edge: Door, name: str
) -> None:
    pings = service.view(), service.view(**LETTERS[name])
    for body in (pings, pings[1:]):
        wanted, found = (problem_of(door.send(*body)) for door in (service, edge))
        assert found == wanted
        assert found["status"] == 400
    assert service.world.rows([ping.get("i") for ping in pings]) == []


WRITTEN = {
    "whole number with a point": '"t":"engage","d":1.0',
    "whole number with an exponent": '"t":"engage","d":1e2',
    "number that is none": '"t":"engage","d":true',
    "page with a space that is wide": '"t":"view","u":"https://lantern.example/\u3000"',
    "page with a next line": '"t":"view","u":"https://lantern.example/\x85"',
    "page that grows": '"t":"view","u":"https://lantern.example/?q=' + "é" * 400 + '#a"',
    "page with a bracket": '"t":"view","u":"https://[/#a"',
    "a letter twice, wrong the last time": '"t":"view","i":"event000001","i":"x"',
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_oddly_is_refused_in_the_same_words(
    service: Door, edge: Door, name: str
) -> None:
    rest = '"i":"event000001",' if '"i"' not in WRITTEN[name] else ""
    rest += f'"u":"{SITE_URL}",' if '"u"' not in WRITTEN[name] else ""
    body = f'{{"s":"{service.world.key}",{rest}{WRITTEN[name]}}}'.encode()
    wanted, found = (problem_of(door.post(body)) for door in (service, edge))
    assert found == wanted
    assert found["status"] == 400


def test_twenty_events_are_taken_and_21_refused(door: Door) -> None:
    pings = [door.view() for _ in range(21)]
    assert problem_of(door.send(*pings))["status"] == 400
    assert door.send(*pings[:20]).status_code == 202
    door.world.wait([ping["i"] for ping in pings[:20]])
    assert door.world.rows([pings[20]["i"]]) == []


@pytest.mark.parametrize("size", [8 * 1024 + 1, 1024 * 1024])
def test_a_body_over_8_kilobytes_is_refused(door: Door, size: int) -> None:
    details = problem_of(door.post(b" " * size))
    assert (details["status"], details["code"]) == (413, "refused")


def test_a_body_of_8_kilobytes_is_taken_as_it_is(door: Door) -> None:
    ping = door.view()
    answer = door.post(httpx.Request("POST", "http://x", json=ping).content.ljust(8 * 1024))
    assert answer.status_code == 202
    door.world.wait([ping["i"]])


def test_a_preflight_is_answered_alike(door: Door) -> None:
    headers = {"origin": "https://lantern.example", "access-control-request-method": "POST"}
    answer = door.ask("OPTIONS", "/collect", headers={**headers})
    assert (answer.status_code, answer.content) == (204, b"")
    kept = {name: value for name, value in answer.headers.items() if "access-control" in name}
    assert kept == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "86400",
    }


def test_other_methods_are_refused_alike(service: Door, edge: Door) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answers = [door.ask(method, "/collect") for door in (service, edge)]
        assert problem_of(answers[0]) == problem_of(answers[1])
        assert [answer.headers["allow"] for answer in answers] == ["POST, OPTIONS"] * 2


@pytest.mark.parametrize(
    "headers",
    [{"dnt": "1"}, {"sec_gpc": "1"}, {"user_agent": None},
     {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
     {"user_agent": "Mozilla/5.0 HeadlessChrome/141.0"},
     {"user_agent": "Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)"}],
)  # fmt: skip
def test_who_is_not_to_be_counted_gets_the_answer_of_everybody(
    door: Door, headers: dict[str, str | None]
) -> None:
    left_out, counted = door.view(), door.view()
    answer = door.send(left_out, **headers)
    assert (answer.status_code, answer.content) == (202, b"")
    assert door.send(counted).status_code == 202
    door.world.wait([counted["i"]])
    assert door.world.rows([left_out["i"]]) == []


@pytest.mark.parametrize("origin", [None, "null", "", "lantern.example", "file://"])
def test_what_is_no_origin_is_refused_alike(service: Door, edge: Door, origin: str | None) -> None:
    answers = [door.send(door.view(), origin=origin) for door in (service, edge)]
    assert problem_of(answers[0]) == problem_of(answers[1])
    assert answers[1].status_code == 403
