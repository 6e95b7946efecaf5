"""The pages of rewards, leaderboards and challenges, and their forms, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from backend.actions.boards import count_boards
from backend.actions.challenge_standings import count_challenges
from backend.actions.challenges import create_challenge, found_team, join_team, read_challenge
from backend.actions.context import Context
from backend.actions.rewards import grant_rewards
from backend.clock import FixedClock
from backend.domain.actors import owner_of
from backend.domain.boards import Metric
from backend.domain.challenges import ChallengeDraft
from backend.domain.instants import DAY, Day, Instant, day_of, start_of
from backend.store.tables.base import TENANT
from backend.store.tables.events import SiteDayRow
from tests.support.people import Person, World, open_world
from tests.support.rewards import add_customers
from tests.support.service import NOON, add_account, add_site

DASHBOARD = ("/dashboard/rewards", "/dashboard/leaderboards", "/dashboard/challenges")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob") as made:
        yield made


@pytest.fixture
def world(built: World) -> World:
    assert isinstance(built.context.clock, FixedClock)
    built.context.clock.set(NOON)
    built.restore()
    return built


def title_of(text: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    assert found
    return found[1].strip()


def add_shares(context: Context, account: str, count: int, *, day: int = 0) -> None:
    site, _key = add_site(context, account, url=f"https://{account[-8:]}.example/")
    today = day_of(context.clock.now())
    with context.database.transaction() as session:
        row = SiteDayRow(tenant=TENANT, site=site, day=today + day, counted_shares=count)
        session.add(row)


def post(world: World, person: Person, path: str, **fields: str) -> str:
    """Send a form and return the page that it leads to, whatever its status."""
    answer = world.browser(person).post(path, data={"csrf_token": person.csrf, **fields})
    assert answer.status_code in {200, 400, 403, 409}, (path, answer.status_code)
    return answer.text


def bring_customers(world: World, person: Person, count: int) -> None:
    """Let people pay 31 days ago who were brought by somebody."""
    clock = world.context.clock
    assert isinstance(clock, FixedClock)
    now = clock.now()
    clock.set(Instant(now - 31 * DAY))
    add_customers(world.context, person.actor.account, count)
    clock.set(now)


def a_challenge(context: Context, account: str, *, title: str = "Autumn") -> str:
    draft = ChallengeDraft(
        title=title,
        text=HOSTILE,
        metric=Metric.SHARES,
        goal=5,
        first_day=Day(day_of(context.clock.now()) + 1),
        days=3,
        is_public=True,
    )
    return create_challenge(context, owner_of(TENANT, account), draft).id


def test_an_owner_without_anything_is_told_what_to_do_next(world: World) -> None:
    ann = world.people["ann"]
    pages = {path: world.browser(ann).get(path).text for path in DASHBOARD}
    assert title_of(pages[DASHBOARD[0]]).startswith("No reward yet; the next is ")
    assert "Get your link" in pages[DASHBOARD[0]]
    assert title_of(pages[DASHBOARD[1]]) == "You have no place by referrals this month yet"
    assert "counted each quarter of an hour" in pages[DASHBOARD[1]]
    assert "Begin a challenge" in pages[DASHBOARD[2]]


def test_progress_says_how_far_it_is_and_what_is_held(world: World) -> None:
    ann, context = world.people["ann"], world.context
    add_customers(context, ann.actor.account, 3)
    grant_rewards(context, ann.actor.account)
    page = world.browser(ann).get("/dashboard/rewards").text
    assert title_of(page).startswith("You have 1 of 9 rewards; the next is ")
    assert "0 of 10 conversions; 10 to go" in page
    assert page.count("3 conversions have not stood for 30 days yet.") == 1
    assert "3 of 50 conversions; 47 to go" in page
    assert "$87 of $10,000; $9,913 to go" in page
    assert "100 credits, which can be used from" in page


def test_conversions_that_stood_count_for_milestones(world: World) -> None:
    ann = world.people["ann"]
    bring_customers(world, ann, 3)
    grant_rewards(world.context, ann.actor.account)
    page = world.browser(ann).get("/dashboard/rewards").text
    assert title_of(page).startswith("You have 2 of 9 rewards; the next is ")
    assert "3 of 10 conversions; 7 to go" in page
    assert "1 conversion that stood for 30 days" in page
    assert "have not stood" not in page


def test_a_goal_that_is_reached_waits_and_says_for_what(world: World) -> None:
    ann, context = world.people["ann"], world.context
    poor = replace(context, settings=replace(context.settings, rewards_budget=0))
    bring_customers(world, ann, 1)
    grant_rewards(poor, ann.actor.account)
    page = world.browser(ann).get("/dashboard/rewards").text
    assert "Reached. It is given within the hour, or with the next month’s budget" in page


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_rewards_and_places_can_be_taken_away(world: World, kind: str) -> None:
    ann, context = world.people["ann"], world.context
    add_shares(context, ann.actor.account, 4)
    count_boards(context)
    client = world.browser(ann)
    rewards = client.get(f"/dashboard/rewards?download=rewards.{kind}")
    assert rewards.text.count("Viral Sensation") == 1
    post(world, ann, "/dashboard/rewards/choice", listed="yes")
    count_boards(context)
    places = client.get(f"/dashboard/leaderboards?metric=shares&download=places.{kind}")
    assert "Without a public name" in places.text
    assert client.get("/dashboard/rewards?download=else.csv").status_code == 404


def test_ones_own_place_is_marked_and_shown_to_nobody_else_until_it_is_wanted(
    world: World,
) -> None:
    ann, bob, context = world.people["ann"], world.people["bob"], world.context
    add_shares(context, ann.actor.account, 4)
    add_shares(context, add_account(context), 9)
    count_boards(context)
    path = "/dashboard/leaderboards?metric=shares"
    page = world.browser(ann).get(path).text
    assert title_of(page) == "You are 2nd of 2 by shares this month, 6 shares from the next place"
    assert 'class="board-own"' in page
    assert "Your own place is shown to you alone" in page
    public = TestClient(world.app).get("/leaderboards?metric=shares")
    assert "Nobody who has a place here wants to be listed" in public.text
    post(world, ann, "/dashboard/rewards/choice", listed="yes")
    public = TestClient(world.app).get("/leaderboards?metric=shares")
    assert "Without a public name" in public.text
    assert public.headers["cache-control"] == "public, max-age=60"
    assert 'class="board-own"' not in world.browser(bob).get(path).text


def test_the_boards_twin_is_json_with_values_in_whole_units(world: World) -> None:
    ann, context = world.people["ann"], world.context
    add_customers(context, ann.actor.account, 2)
    post(world, ann, "/dashboard/rewards/choice", listed="yes")
    count_boards(context)
    client = TestClient(world.app)
    found = client.get("/leaderboards?metric=revenue&period=week&format=json").json()
    assert found["period"] == {
        "name": "week",
        "key": "2026-W36",
        "first": "2026-08-31",
        "last": "2026-09-06",
    }
    assert found["places"] == [{"place": 1, "name": None, "profile": None, "value": 5_800}]
    assert (found["unit"], found["people"], found["next"]) == ("cents of USD", 1, None)
    for query in ("metric=x", "period=2026-W36", "after=-1", "after=" + "9" * 10):
        assert client.get(f"/leaderboards?{query}").status_code == 400


def test_a_challenge_is_begun_joined_followed_and_cancelled_by_forms(world: World) -> None:
    ann, bob = world.people["ann"], world.people["bob"]
    page = post(
        world,
        ann,
        "/dashboard/challenges",
        title="Autumn <b>",
        metric="revenue",
        goal="250.50",
        first_day="2026-09-06",
        days="10",
        is_public="yes",
    )
    assert title_of(page) == "Autumn &lt;b&gt; begins on 6 Sep 2026"
    assert "$250.50" in page
    found = re.search(r'href="/challenges/([0-9A-Za-z]{16})"', page)
    assert found
    path = f"/dashboard/challenges/{found[1]}"
    assert "your team" in post(world, ann, f"{path}/teams", name=HOSTILE)
    page = world.browser(bob).get(path).text
    assert HOSTILE not in page
    assert "2 members" in post(world, bob, f"{path}/join", team="1")
    again = post(world, bob, f"{path}/join", team="1")
    assert "You are in a team of this challenge." in again
    assert "Follow no more" in post(world, bob, f"{path}/follow", wanted="yes")
    assert "Autumn &lt;b&gt;" in world.browser(bob).get("/dashboard/challenges").text
    assert "1 member;" in post(world, bob, f"{path}/leave")
    assert "Cancel this challenge" not in world.browser(bob).get(path).text
    assert title_of(post(world, ann, f"{path}/cancel")) == "Autumn &lt;b&gt; was cancelled"
    assert found[1] not in TestClient(world.app).get("/challenges").text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("goal", "many", "A goal is a whole number."),
        ("first_day", "tomorrow", "That is no day."),
        ("first_day", "2026-09-04", "A challenge begins tomorrow"),
        ("days", "91", "A challenge lasts 1 to 90 days."),
        ("title", "t" * 81, "The title is longer than 80 characters."),
    ],
)
def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(
    world: World, field: str, value: str, said: str
) -> None:
    fields = {
        "title": "Autumn",
        "text": HOSTILE,
        "metric": "shares",
        "goal": "9",
        "first_day": "2026-09-06",
        "days": "7",
    }
    page = post(world, world.people["ann"], "/dashboard/challenges", **fields | {field: value})
    assert said in page
    assert page.count('aria-invalid="true"') == 1
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_fourth_challenge_is_refused_in_words(world: World) -> None:
    ann = world.people["ann"]  # who has one already
    for _ in range(2):
        a_challenge(world.context, ann.actor.account)
    fields = {"metric": "shares", "goal": "9", "first_day": "2026-09-06", "days": "7"}
    page = post(world, ann, "/dashboard/challenges", title="Autumn", **fields)
    assert "You have 3 challenges that are not over." in page


def test_the_public_page_tells_who_leads_and_who_has_won(world: World) -> None:
    context, client = world.context, TestClient(world.app)
    accounts = [add_account(context) for _ in range(4)]
    challenge = a_challenge(context, accounts[0])
    for number, (first, second) in enumerate((accounts[:2], accounts[2:]), 1):
        found_team(context, owner_of(TENANT, first), challenge, f"Team {number}")
        join_team(context, owner_of(TENANT, second), challenge, number)
    path = f"/challenges/{challenge}"
    page = client.get(path).text
    assert title_of(page) == "Autumn begins on 5 Sep 2026"
    assert HOSTILE not in page
    add_shares(context, accounts[2], 6, day=1)
    add_shares(context, accounts[0], 2, day=2)
    assert isinstance(context.clock, FixedClock)
    today = day_of(context.clock.now())
    context.clock.set(start_of(Day(today + 3)))
    count_challenges(context)
    assert title_of(client.get(path).text) == "Team 2 leads Autumn"
    context.clock.set(start_of(Day(today + 5)))
    count_challenges(context)
    assert title_of(client.get(path).text) == "Team 2 won Autumn"
    twin = client.get(f"{path}?format=json").json()
    assert twin["phase"] == "ended"
    assert [team["is_winner"] for team in twin["teams"]] == [True, False]
    assert read_challenge(context, challenge).teams[0].value == 6
    listed = client.get("/challenges?format=json").json()["challenges"]
    assert [one["phase"] for one in listed] == ["ended"]


def test_a_challenge_by_link_is_on_no_list_and_in_no_search(world: World) -> None:
    ann = world.people["ann"]
    client = TestClient(world.app)
    assert ann.of["challenge"] not in client.get("/challenges").text
    page = client.get(f"/challenges/{ann.of['challenge']}").text
    assert '<meta name="robots" content="noindex">' in page
    assert client.get("/challenges/0123456789abcdef").status_code == 404
