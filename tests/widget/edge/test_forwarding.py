"""What the edge took reaches the service once, whatever happens on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.support.edge import EDGE_SECRET, run_edge
from tests.support.edge_visitors import ENVIRONMENT, Door, World, opened, running_world
from tests.support.faulty_proxy import Fault, FaultyProxy, faulty_proxy, never
from tests.support.running import run_server

pytestmark = pytest.mark.node

EDGE_PATIENCE_SECONDS = 8
"""How long the edge waits for an answer of the service."""


@pytest.fixture(autouse=True)
def mended(way: FaultyProxy) -> Iterator[None]:
    """Let what a test broke be whole for the next one."""
    yield
    way.fault = never
    way.lets_go.set()


def sent(way: FaultyProxy) -> int:
    return sum(request.path == "/collect/edge" for request in way.requests)


def send(edge: Door, *pings: object) -> None:
    """Send as a visitor, who must not notice how the service is."""
    assert edge.send(*pings).status_code == 202


def send_before_it_answers(edge: Door, way: FaultyProxy, pings: Sequence[object]) -> None:
    """Send while the service hangs; visitors who waited for it would take ten times the limit."""
    way.lets_go.clear()
    way.fault = lambda _request: Fault.HELD
    began = time.monotonic()
    for ping in pings:
        send(edge, ping)
    assert time.monotonic() - began < len(pings) * EDGE_PATIENCE_SECONDS / 10


def test_a_visitor_does_not_wait_for_a_service_that_hangs(edge: Door, way: FaultyProxy) -> None:
    pings = [edge.view() for _ in range(20)]
    first = len(way.requests) + 1
    send_before_it_answers(edge, way, pings)
    wait_for_requests(way, first)
    way.fault = never
    way.lets_go.set()
    visitors = edge.world.wait([ping["i"] for ping in pings])
    assert len(visitors) == len(set(visitors)) == 20


def test_a_burst_of_1000_visitors_takes_far_fewer_requests_and_counts_each_once(
    edge: Door, way: FaultyProxy
) -> None:
    before = sent(way)
    pings = [edge.view() for _ in range(1000)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(edge.send, pings))
    assert {answer.status_code for answer in answers} == {202}
    visitors = edge.world.wait([ping["i"] for ping in pings])
    assert len(visitors) == len(set(visitors)) == 1000
    # A batch ends with its time, so a slow machine sends more of them: 10 to 20 are usual, 50 seen.
    assert sent(way) - before <= 250


@pytest.mark.parametrize(
    "fault",
    [Fault.CUT, Fault.CUT_AFTER, Fault.status(500), Fault.status(503), Fault.status(429),
     Fault.status(403), Fault.status(404), Fault.status(302, {"location": "/"}), Fault.SPOILT],
    ids=["cut", "cut after", "500", "503", "429", "403", "404", "302", "spoilt"],
)  # fmt: skip
def test_pings_arrive_once_although_the_first_requests_fail(
    edge: Door, way: FaultyProxy, fault: Fault
) -> None:
    first = len(way.requests) + 1
    way.fault = lambda request: fault if request.number < first + 2 else None
    pings = [edge.view(), edge.view(t="share", n="x"), edge.view(t="copy")]
    for ping in pings:
        send(edge, ping)
    edge.world.wait([ping["i"] for ping in pings])
    last = edge.view()
    send(edge, last)
    edge.world.wait([last["i"]])
    wait_for_requests(way, first + 2)
    assert len(edge.world.rows([ping["i"] for ping in pings])) == 3


def wait_for_requests(way: FaultyProxy, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(way.requests) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_pings_arrive_once_the_service_is_back(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with running_world(tmp_path) as world:
            edge = stack.enter_context(run_edge(world.url))
            door = stack.enter_context(opened(edge.url, world))
            before = door.view()
            send(door, before)
            world.wait([before["i"]])
        missed = [door.view() for _ in range(30)]
        for ping in missed:
            send(door, ping)
        time.sleep(2)
        port = world.url.rpartition(":")[2]
        with run_server(tmp_path, "--port", port, environment=ENVIRONMENT):
            # Should the service have taken long, this request carries what an earlier one left.
            later = door.view()
            send(door, later)
            world.wait([ping["i"] for ping in [*missed, later]])


def test_the_first_pings_of_an_unknown_site_are_taken_and_later_ones_refused(
    service: Door, edge: Door, way: FaultyProxy
) -> None:
    ping = edge.view(s="Nobody0Has0This0Key")
    wanted = service.send(ping)
    assert wanted.status_code == 404
    send(edge, ping)
    before = sent(way)
    assert refusal_of(edge, ping).json() == wanted.json()
    assert sent(way) == before + 1
    # The site of others is none the worse.
    known = edge.view()
    send(edge, known)
    edge.world.wait([known["i"]])


def test_an_origin_that_the_site_does_not_have_is_learned_too(service: Door, edge: Door) -> None:
    origin = "https://tidepool.example"
    ping = edge.view()
    wanted = service.send(ping, origin=origin)
    assert wanted.status_code == 403
    assert edge.send(ping, origin=origin).status_code == 202
    assert refusal_of(edge, ping, origin=origin).json() == wanted.json()
    send(edge, ping)
    edge.world.wait([ping["i"]])


def refusal_of(edge: Door, ping: dict[str, object], **headers: str) -> httpx.Response:
    """Return the edge's answer as soon as it is no longer 202."""
    deadline = time.monotonic() + 60
    while (answer := edge.send(ping, **headers)).status_code == 202:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer


def test_an_edge_without_room_says_so(world: World) -> None:
    with (
        faulty_proxy(world.url, lambda _request: Fault.status(503)) as way,
        run_edge(way.url) as running,
        opened(running.url, world) as door,
    ):
        long = [door.view(r="https://news.example/" + "a" * 1900) for _ in range(3)]
        answers = [door.send(*long) for _ in range(800)]
        assert answers[0].status_code == 202
        refused = [answer for answer in answers if answer.status_code != 202]
        assert refused
        assert {answer.status_code for answer in refused} == {503}
        assert refused[0].headers["retry-after"] == "5"


def test_an_edge_with_another_secret_gets_nothing_in(world: World) -> None:
    with (
        faulty_proxy(world.url) as way,
        run_edge(way.url, secret=EDGE_SECRET[::-1]) as running,
        opened(running.url, world) as door,
    ):
        ping = door.view()
        send(door, ping)
        time.sleep(2)
        assert sent(way) >= 1
        assert world.rows([ping["i"]]) == []


def test_an_edge_without_its_settings_takes_nothing(world: World) -> None:
    with run_edge(world.url, secret="") as running, opened(running.url, world) as door:
        assert door.send(door.view()).status_code == 503


def test_with_a_queue_pings_wait_there_and_arrive_once(world: World) -> None:
    with (
        faulty_proxy(world.url) as way,
        run_edge(way.url, has_queue=True) as running,
        opened(running.url, world) as door,
    ):
        pings = [door.view() for _ in range(300)]
        send_before_it_answers(door, way, pings)
        first = len(way.requests) + 1
        way.fault = lambda request: Fault.CUT_AFTER if request.number < first + 2 else None
        way.lets_go.set()
        visitors = world.wait([ping["i"] for ping in pings])
        assert len(visitors) == len(set(visitors)) == 300
        assert sent(way) <= 60
