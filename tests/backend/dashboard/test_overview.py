"""`/dashboard`: the first page answers how it goes, and survives accounts with nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from backend.actions.recording import record
from backend.actions.sources import count_open_days
from backend.domain.events import EventKind
from backend.domain.instants import DAY, Instant
from backend.domain.shares import Platform
from tests.support.facts import an_event
from tests.support.people import World, open_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob") as world:
        now = world.context.clock.now()
        site = world.people["ann"].of["site"]
        events = [
            *(an_event(world.context, site, EventKind.VIEW, at=now) for _ in range(30)),
            *(
                an_event(world.context, site, EventKind.VIEW, at=Instant(now - 40 * DAY))
                for _ in range(20)
            ),
            *(
                an_event(
                    world.context,
                    site,
                    EventKind.SHARE,
                    at=now,
                    platform=Platform.X,
                    visitor=f"v{n}",
                )
                for n in range(4)
            ),
        ]
        with world.context.database.transaction() as session:
            record(session, events, now)
        yield world


@pytest.fixture
def client(world: World) -> TestClient:
    return world.browser(world.people["ann"])


def page(client: TestClient, query: str = "") -> HTMLParser:
    answer = client.get(f"/dashboard{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return HTMLParser(answer.text)


def figures(found: HTMLParser) -> dict[str, tuple[str, str]]:
    boxes = found.css(".desk-body > .figures .figure-box")
    return {
        box.css_first("dt").text(): (
            box.css_first(".figure-value").text(),
            " ".join(box.css_first(".figure-more").text().split()),
        )
        for box in boxes
    }


def test_its_title_is_the_answer(client: TestClient) -> None:
    title = page(client).css_first("h1").text()
    assert title == "Your sites had 30 views, 50 % more than before"


def test_each_number_stands_beside_that_of_the_period_before(
    world: World, client: TestClient
) -> None:
    assert figures(page(client))["Visitors"] == ("–", "counted every ten minutes")
    beside = HTMLParser(client.get("/dashboard/audience").text)
    said = "Somebody came to your sites, and is counted within ten minutes"
    assert beside.css_first("h1").text() == said
    count_open_days(world.context)
    found = figures(page(client))
    # One looked at the pages, four shared; before there was one.
    assert found["Visitors"] == ("5", "▲ 400 % more than in the period before each day's, added up")
    assert found["Shares that count"] == ("5", "▲ new more than in the period before")
    assert found["Sign-ups through you"][0] == "1"


def test_the_next_featuring_and_level_are_named(client: TestClient) -> None:
    text = page(client).body.text()  # type: ignore[union-attr]
    assert "1 more counted share to silver" in text


def test_what_is_shown_can_be_taken_away(client: TestClient) -> None:
    table = client.get("/dashboard?period=7d&download=views.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    lines = table.text.splitlines()
    assert lines[0] == "day,views,before"
    assert len(lines) == 8
    assert lines[-1].endswith(",30,0")
    listed = client.get("/dashboard?period=7d&download=views.json").json()
    assert listed[-1]["views"] == 30
    drawn = client.get("/dashboard?download=views.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "attachment" in drawn.headers["content-disposition"]
    assert client.get("/dashboard?download=other.csv").status_code == 404


@pytest.mark.parametrize(
    "query", ["?period=2000d", "?period=2026-13", "?period=1970-01-01..2026-01-01", "?period=%00"]
)
def test_a_period_that_cannot_be_shown_gets_a_clear_page(client: TestClient, query: str) -> None:
    answer = client.get(f"/dashboard{query}", headers={"accept": "text/html"})
    assert answer.status_code in {400, 422}
    assert "That is no period that can be shown." in answer.text


def test_a_site_of_somebody_else_is_not_there(world: World, client: TestClient) -> None:
    other = world.people["bob"].of["site"]
    assert client.get(f"/dashboard?site={other}").status_code == 404


def test_an_empty_account_is_told_where_to_begin(world: World) -> None:
    bob = world.people["bob"]
    client = world.browser(bob)
    client.post("/dashboard/sites/remove", data={"csrf_token": bob.csrf, "site": bob.of["site"]})
    found = page(client)
    assert found.css_first("h1").text() == "Your first site goes here"
    assert found.css_first(".next-steps a").text() == "Add your first site"
    assert not found.css(".chart")
