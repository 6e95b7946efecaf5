"""`/dashboard/audience`: its title is the answer, and every number has its neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from backend.actions.recording import record
from backend.actions.retention import close_days
from backend.actions.sites import remove_site
from backend.actions.sources import count_open_days
from backend.domain.events import EventKind
from backend.domain.instants import DAY, Instant
from backend.domain.shares import Platform
from tests.support.facts import an_event
from tests.support.people import World, open_world

HOSTILE = "<script>x.example"
LONG = "https://lantern.example/" + "long/" * 60


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ann had 4 visitors in the last thirty days and 2 in those before; Bob had none."""
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob") as world:
        context, site = world.context, world.people["ann"].of["site"]
        now = context.clock.now()
        before = Instant(now - 40 * DAY)
        share = an_event(
            context, site, EventKind.SHARE, platform=Platform.HACKERNEWS, visitor="a", at=now
        )
        view = an_event(context, site, visitor="a", at=now)
        events = [
            *(an_event(context, site, visitor=name, at=before) for name in "xy"),
            share,
            replace(view, referrer_host=HOSTILE, country="SE", device="phone"),
            an_event(context, site, visitor="b", page=LONG, at=now),
            an_event(context, site, visitor="c", via=share.id, at=Instant(now + 1)),
        ]
        with context.database.transaction() as session:
            record(session, events, Instant(now + 2))
        close_days(context)
        count_open_days(context)
        yield world


@pytest.fixture
def client(world: World) -> TestClient:
    return world.browser(world.people["ann"])


def page(client: TestClient, query: str = "") -> HTMLParser:
    answer = client.get(f"/dashboard/audience{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return HTMLParser(answer.text)


def title(found: HTMLParser) -> str:
    heading = found.css_first("h1")
    assert heading
    return heading.text()


def rows(found: HTMLParser, name: str) -> list[list[str]]:
    panel = next(
        panel for panel in found.css(".panel")
        if panel.attributes["aria-labelledby"] == f"Panel-{name}"
    )  # fmt: skip
    return [[cell.text() for cell in row.css("td")] for row in panel.css("tbody tr")]


def test_its_title_is_the_answer(client: TestClient, world: World) -> None:
    # The world's own share of Ann is by a fourth visitor.
    assert title(page(client)) == "4 visitors came to your sites, 100 % more than before"
    site = world.people["ann"].of["site"]
    assert "visitors came to" in title(page(client, f"?site={site}"))
    assert title(page(client, "?period=2020-01")) == "Nobody came to your sites in these days"


def test_names_are_in_words_and_stand_beside_those_before(client: TestClient) -> None:
    found = page(client)
    assert ["Sweden", "1", "0", "new"] in rows(found, "countries")
    assert ["Not known", "2", "2", "±0\N{NO-BREAK SPACE}%"] in rows(found, "countries")
    assert [HOSTILE, "1", "0", "new"] in rows(found, "referrers")
    assert ["Phone", "1", "0", "new"] in rows(found, "devices")
    shown = [row[0] for row in rows(found, "pages")]
    assert any(name.startswith("/long/") and len(name) == 60 for name in shown)


def test_what_visitors_send_is_text(client: TestClient) -> None:
    answer = client.get("/dashboard/audience", headers={"accept": "text/html"})
    assert HOSTILE not in answer.text
    assert "&lt;script&gt;x.example" in answer.text
    assert "style=" not in answer.text


def test_shares_and_the_way_to_a_customer(client: TestClient) -> None:
    found = page(client)
    # Shares, before, counted, visits, visits before, visits a share, a share before, proved.
    assert ["Hacker News", "1", "0", "1", "1", "0", "1.00", "–", "1"] in rows(found, "platforms")
    funnel = {row[0]: row[1:3] for row in rows(found, "funnel")}
    assert funnel["Views"] == ["3", "2"]
    assert funnel["Sign-ups"] == ["1", "0"]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("visitors", "day,visitors,before"),
        ("referrers", "name,views,before,change"),
        ("pages", "name,views,before,change"),
        ("countries", "name,views,before,change"),
        ("devices", "name,views,before,change"),
        ("scores", "day,score,before"),
        ("funnel", "stage,count,before,change"),
        ("revenue", "source,payments,revenue,before,change"),
    ],
)
def test_every_table_can_be_taken_away(client: TestClient, name: str, head: str) -> None:
    answer = client.get(f"/dashboard/audience?download={name}.csv")
    assert answer.text.splitlines()[0] == head
    assert client.get(f"/dashboard/audience?download={name}.json").status_code == 200


def test_whole_addresses_are_in_the_file(client: TestClient) -> None:
    listed = client.get("/dashboard/audience?download=pages.json").json()
    assert LONG[:300] in [row["name"] for row in listed]


@pytest.mark.parametrize("name", ["visitors", "scores", "platforms"])
def test_every_chart_can_be_taken_away(client: TestClient, name: str) -> None:
    answer = client.get(f"/dashboard/audience?download={name}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")


def test_long_periods_are_drawn_by_weeks(client: TestClient) -> None:
    listed = client.get("/dashboard/audience?period=365d&download=visitors.json").json()
    assert len(listed) == 53
    assert sum(row["visitors"] or 0 for row in listed) == 6


def test_it_says_when_today_was_counted(client: TestClient) -> None:
    note = page(client).css_first(".audience-when")
    assert note
    assert note.text().startswith("Today's visitors and names as of 12:00 UTC")
    assert page(client, "?period=2020-01").css_first(".audience-when") is None


def test_wrong_addresses_are_refused(world: World) -> None:
    bob = world.browser(world.people["bob"])
    assert bob.get("/dashboard/audience?period=9999d").status_code == 400
    assert bob.get(f"/dashboard/audience?site={world.people['ann'].of['site']}").status_code == 404
    assert bob.get("/dashboard/audience?download=passwords.csv").status_code == 404


def test_an_account_without_a_site_is_told_the_next_step(world: World) -> None:
    bob = world.people["bob"]
    remove_site(world.context, bob.actor, bob.of["site"])
    found = page(world.browser(bob), "?period=7d")
    assert title(found) == "Nobody came to your sites in these days"
    step = found.css_first(".empty a")
    assert step
    assert step.attributes["href"] == "/dashboard/sites"
    assert found.css(".panel") == []
