"""What `/collect/edge` takes from a worker at the edge: the same as `/collect`, visit by visit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from backend.actions.context import Context
from backend.domain.instants import DAY, HOUR, MINUTE, SECOND
from backend.store.tables.events import EventRow
from tests.support.edge import EDGE_SECRET, a_visit, seal
from tests.support.facts import clock_of
from tests.support.pings import Visit, a_view, visiting
from tests.support.service import BROWSER, make_context


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    context = make_context(tmp_path, environment={"FOURSITE_EDGE_SECRET": EDGE_SECRET})
    with visiting(context) as started:
        yield started
    context.database.close()


def now(visit: Visit) -> int:
    return visit.context.clock.now()


def post(visit: Visit, body: bytes, signature: str) -> httpx.Response:
    headers = {"foursite-signature": signature, "content-type": "application/json"}
    return visit.client.post("/collect/edge", content=body, headers=headers)


def send(visit: Visit, *visits: object) -> list[dict[str, Any]]:
    answer = post(visit, *seal(visits, at=now(visit)))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def times(visit: Visit) -> list[int]:
    with visit.context.database.reading() as session:
        return list(session.exec(select(EventRow.at)).all())


def countries(visit: Visit) -> set[str | None]:
    with visit.context.database.reading() as session:
        return set(session.exec(select(EventRow.country)).all())


def test_the_visits_of_many_visitors_are_recorded_each_as_its_own(visit: Visit) -> None:
    visits = [
        a_visit(a_view(visit.key), at=now(visit), address=f"198.51.100.{number}", country="de")
        for number in range(200)
    ]
    assert send(visit, *visits) == [{"status": 202}] * 200
    assert visit.views == 200
    assert visit.visitors == 200
    assert countries(visit) == {"DE"}


def test_a_visitor_is_the_same_one_as_at_collect(visit: Visit) -> None:
    assert visit.send(a_view(visit.key)).status_code == 202
    send(visit, a_visit(a_view(visit.key), at=now(visit), address="127.0.0.1"))
    assert visit.events == 2
    assert visit.visitors == 1


def test_a_refused_visit_takes_no_other_with_it(visit: Visit) -> None:
    at = now(visit)
    results = send(
        visit,
        a_visit(a_view(visit.key), at=at),
        a_visit(a_view(visit.key, d=1), at=at),
        a_visit(a_view("Nobody0Has0This"), at=at),
        a_visit(a_view(visit.key), at=at, origin="https://tidepool.example"),
        a_visit(a_view(visit.key), at=at, address="somewhere"),
        a_visit([], at=at),
        a_visit(*[a_view(visit.key) for _ in range(21)], at=at),
        a_visit(a_view(visit.key), at=at),
    )
    assert [result["status"] for result in results] == [202, 400, 404, 403, 400, 400, 400, 202]
    assert results[1]["title"] == "'d' does not belong to 'view'."
    assert results[2]["code"] == "not_found"
    assert visit.views == 2


def test_the_same_request_again_changes_nothing(visit: Visit) -> None:
    pings = [a_view(visit.key), a_view(visit.key, t="share", n="x")]
    first = a_visit(*pings, at=now(visit))
    for _ in range(3):
        assert send(visit, first) == [{"status": 202}]
        clock_of(visit.context).move(SECOND)
    assert visit.events == 2


def test_a_repeat_after_midnight_is_still_the_same_event(visit: Visit) -> None:
    clock_of(visit.context).move(12 * HOUR - SECOND)
    late = a_visit(a_view(visit.key), a_view(visit.key, t="like"), at=now(visit))
    send(visit, late)
    clock_of(visit.context).move(2 * HOUR)
    send(visit, late)
    assert visit.events == 2


def test_a_visit_counts_when_it_happened_and_at_most_a_day_later(visit: Visit) -> None:
    at = now(visit)
    clock_of(visit.context).move(HOUR)
    assert send(visit, a_visit(a_view(visit.key), at=at)) == [{"status": 202}]
    assert times(visit) == [at]
    clock_of(visit.context).move(DAY - HOUR + SECOND)
    (result,) = send(visit, a_visit(a_view(visit.key), at=at))
    assert result["status"] == 400
    assert visit.events == 1


def test_a_visit_of_the_future_happened_now(visit: Visit) -> None:
    send(visit, a_visit(a_view(visit.key), at=now(visit) + DAY))
    assert times(visit) == [now(visit)]


def test_robots_are_left_out(visit: Visit) -> None:
    at = now(visit)
    robots = [a_visit(a_view(visit.key), at=at, user_agent=agent)
              for agent in ("", "Mozilla/5.0 HeadlessChrome/141.0", "Googlebot/2.1")]  # fmt: skip
    assert send(visit, *robots) == [{"status": 202}] * 3
    assert visit.events == 0


def test_a_visitor_has_20_events_a_second_whichever_way_they_come(visit: Visit) -> None:
    assert visit.send(*[a_view(visit.key) for _ in range(15)]).status_code == 202
    pings = [a_view(visit.key) for _ in range(6)]
    results = send(visit, a_visit(*pings, at=now(visit), address="127.0.0.1"))
    assert [result["status"] for result in results] == [429]


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha256=é", "none"])
def test_without_its_signature_nothing_is_read(visit: Visit, signature: str) -> None:
    body, _ = seal([a_visit(a_view(visit.key), at=now(visit))], at=now(visit))
    headers = {"foursite-signature": signature.encode()}
    answer = visit.client.post("/collect/edge", content=body, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert visit.events == 0


def test_a_changed_body_and_another_secret_are_refused(visit: Visit) -> None:
    visits = [a_visit(a_view(visit.key), at=now(visit))]
    body, signature = seal(visits, at=now(visit))
    assert post(visit, body + b" ", signature).status_code == 403
    assert post(visit, *seal(visits, at=now(visit), secret="x" * 40)).status_code == 403
    assert post(visit, body, signature).status_code == 200


@pytest.mark.parametrize("off", [5 * MINUTE + SECOND, -5 * MINUTE - SECOND])
def test_a_request_is_good_for_five_minutes(visit: Visit, off: int) -> None:
    visits = [a_visit(a_view(visit.key), at=now(visit))]
    assert post(visit, *seal(visits, at=now(visit) + off)).status_code == 403
    assert visit.events == 0
    within = off - SECOND if off > 0 else off + SECOND
    assert post(visit, *seal(visits, at=now(visit) + within)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"address": None}, {"at": "now"}, {"user_agent": "a" * 2049}]
)
def test_a_signed_body_that_no_edge_sends_is_refused(
    visit: Visit, change: dict[str, object]
) -> None:
    visits = [a_visit(a_view(visit.key), at=now(visit)) | change]
    assert post(visit, *seal(visits, at=now(visit))).status_code == 400
    assert visit.events == 0


def test_201_visits_and_more_than_512_kilobytes_are_refused(visit: Visit) -> None:
    visits = [a_visit(a_view(visit.key), at=now(visit)) for _ in range(201)]
    assert post(visit, *seal(visits, at=now(visit))).status_code == 400
    long = json.dumps("a" * 512 * 1024).encode()
    assert post(visit, long, "sha256=").status_code == 413
    assert visit.events == 0


def test_a_request_larger_than_other_bodies_is_taken(visit: Visit) -> None:
    at = now(visit)
    visits = [
        a_visit(
            a_view(visit.key, r="https://news.example/" + "a" * 1900),
            at=at,
            user_agent=f"{BROWSER} {number}",
        )
        for number in range(100)
    ]
    body, signature = seal(visits, at=at)
    assert len(body) > 200_000
    assert post(visit, body, signature).status_code == 200
    assert visit.events == 100


def test_without_a_secret_there_is_nothing_at_the_address(context: Context) -> None:
    with visiting(context) as visit:
        answer = post(visit, *seal([a_visit(a_view(visit.key), at=now(visit))], at=now(visit)))
        assert answer.status_code == 404
        assert visit.events == 0
