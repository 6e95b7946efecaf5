"""The network: numbers that stay, levels that add up, parts by number, and a page that names no
one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.network import read_network
from backend.actions.payments import apply_event
from backend.actions.plans import acknowledge_plan, use_plan
from backend.clock import FixedClock
from backend.domain.actors import Role, owner_of
from backend.domain.instants import DAY, Instant
from backend.domain.network import grow, sum_levels, trail_of
from backend.domain.referrals import Basis, Referral, ReferralState
from backend.errors import NotFound
from backend.store.tables.base import TENANT
from tests.support.money import add_chain, add_referral, adjusted, paid
from tests.support.people import World, open_world
from tests.support.service import NOON, add_account

ALWAYS = Instant(NOON)


def brought(referrer: str, referred: str, day: int, **steps: int) -> Referral:
    """Return a referral that was made on a day before now, with its steps as days before now."""
    return Referral(
        tenant=TENANT,
        referred=referred,
        referrer=referrer,
        code="ABCDEFGH",
        basis=Basis.CLICK,
        touched_at=None,
        signed_up_at=Instant(NOON - day * DAY),
        **{f"{name}_at": Instant(NOON - at * DAY) for name, at in steps.items()},  # type: ignore[arg-type]
    )


def test_people_are_numbers_in_the_order_of_sign_up() -> None:
    members = grow(
        [
            brought("ann", "cid", 5),
            brought("ann", "ben", 9),
            brought("cid", "eve", 3),
            brought("cid", "dan", 4),
        ],
        "ann",
        ALWAYS,
    )
    assert [(one.id, one.number, one.people) for one in members] == [
        ("ben", "1", 0),
        ("cid", "2", 2),
    ]
    assert [(one.id, one.number) for one in members[1].below] == [("dan", "2.1"), ("eve", "2.2")]


def test_who_expired_without_doing_anything_is_left_out_and_the_others_keep_their_numbers() -> None:
    facts = [
        brought("ann", "gone", 90),
        brought("gone", "below", 20, activated=1),
        brought("ann", "slow", 89),
        brought("ann", "done", 88, activated=80),
    ]
    assert [one.number for one in grow(facts, "ann", ALWAYS)] == ["2", "3"]
    # Ten days before, nobody had expired, and the one below was there too.
    earlier = grow(facts, "ann", Instant(NOON - 10 * DAY))
    assert [(one.number, one.people) for one in earlier] == [("1", 1), ("2", 0), ("3", 0)]


def test_a_network_is_seven_levels_deep() -> None:
    chain = [brought(f"p{n}", f"p{n + 1}", 50 - n) for n in range(9)]
    members = grow(chain, "p0", ALWAYS)
    assert (members[0].people, len(sum_levels(members, {}))) == (6, 7)
    trail = trail_of(members, "1.1.1.1.1.1.1")
    assert trail is not None
    assert (trail[-1].id, trail[-1].below) == ("p7", ())


@given(st.lists(st.integers(min_value=0, max_value=30), max_size=30))
def test_levels_add_up_to_everybody(parents: list[int]) -> None:
    facts = [
        brought(f"p{min(parent, child)}", f"p{child + 1}", 80 - child, activated=1)
        for child, parent in enumerate(parents)
    ]
    members = grow(facts, "p0", ALWAYS)
    levels = sum_levels(members, {})
    assert sum(one.people for one in levels) == sum(one.people + 1 for one in members)
    assert [one.level for one in levels] == list(range(1, len(levels) + 1))


@pytest.mark.parametrize("number", ["", "0", "2", "1.", ".1", "1.2", "01", "1.1.1", "a", "1" * 90])
def test_a_number_that_nobody_has_leads_nowhere(number: str) -> None:
    members = grow([brought("a", "b", 1), brought("b", "c", 1)], "a", ALWAYS)
    assert trail_of(members, number) is None
    assert [one.id for one in trail_of(members, "1.1") or ()] == ["b", "c"]


def test_revenue_and_earnings_stand_at_the_level_of_who_paid(any_context: Context) -> None:
    operator = owner_of(TENANT, add_account(any_context), role=Role.ADMIN)
    acknowledge_plan(any_context, operator, "seven-level")
    use_plan(any_context, operator, "seven-level")
    ann, bob, cid = add_chain(any_context, 3)
    dan = add_account(any_context)
    add_referral(any_context, ann, dan)
    assert isinstance(any_context.clock, FixedClock)
    any_context.clock.move(DAY)  # the plan holds for payments from now on
    now = any_context.clock.now()
    apply_event(any_context, paid(bob, 2_900, ref="in_1", at=now))
    apply_event(any_context, paid(cid, 3_451, tax=551, ref="in_2", at=now))
    apply_event(any_context, adjusted(1_000, charge="ch_1", at=now))
    apply_event(any_context, paid(dan, 2_900, ref="in_3", at=now, currency="EUR"))
    network = read_network(any_context, owner_of(TENANT, ann))
    levels = network.levels
    assert [(one.level, one.people) for one in levels] == [(1, 2), (2, 1)]
    # 20 % of 29 dollars less the 10 that went back, and of 29 euros; 15 % of 29 dollars below.
    assert (levels[0].revenue, levels[0].earned) == (
        {"USD": 1_900, "EUR": 2_900},
        {"USD": 380, "EUR": 580},
    )
    assert (levels[1].revenue, levels[1].earned) == ({"USD": 2_900}, {"USD": 435})
    bobs = next(one.number for one in network.members if one.id == bob)
    part = read_network(any_context, owner_of(TENANT, ann), bobs)
    assert [(one.level, one.earned) for one in part.levels] == [(2, {"USD": 435})]


def test_what_earned_the_owner_nothing_is_no_news_to_them(any_context: Context) -> None:
    ann, bob, cid = add_chain(any_context, 3)
    apply_event(any_context, paid(cid))
    levels = read_network(any_context, owner_of(TENANT, ann)).levels
    assert [one.revenue for one in levels] == [{}, {}]  # one level earns by the usual plan
    assert read_network(any_context, owner_of(TENANT, bob)).levels[0].revenue == {"USD": 2_900}


def test_nobody_sees_beside_or_above_themselves(any_context: Context) -> None:
    ann, bob, cid = add_chain(any_context, 3)
    other = add_account(any_context)
    add_referral(any_context, ann, other)
    seen = read_network(any_context, owner_of(TENANT, bob))
    assert [one.id for one in seen.members] == [cid]
    assert read_network(any_context, owner_of(TENANT, other)).members == ()
    with pytest.raises(NotFound):
        read_network(any_context, owner_of(TENANT, bob), "2")


def test_the_network_is_compared_with_itself_30_days_ago(context: Context) -> None:
    ann, _bob = add_chain(context, 2)
    assert isinstance(context.clock, FixedClock)
    context.clock.move(30 * DAY)
    add_referral(context, ann, add_account(context))
    network = read_network(context, owner_of(TENANT, ann))
    assert [
        (now.people, then.people) for now, then in zip(network.levels, network.before, strict=True)
    ] == [(2, 1)]
    assert {one.state for one in network.members} == {ReferralState.ACTIVATED}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ann, with a friend and forty people behind that friend, and Bob."""
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob") as made:
        friend = made.people["ann"].of["friend"]
        chain = [friend, *(add_account(made.context) for _ in range(3))]
        for referrer, referred in itertools.pairwise(chain):
            add_referral(made.context, referrer, referred)
        for _ in range(40):
            add_referral(made.context, friend, add_account(made.context))
        yield made


def ask(world: World, path: str) -> HTMLParser:
    answer = world.browser(world.people["ann"]).get(path)
    assert answer.status_code == 200, answer.text
    return HTMLParser(answer.text)


def test_the_page_leads_down_and_back_up_without_scripts(world: World) -> None:
    page = ask(world, "/dashboard/network")
    assert page.css_first("h1").text() == "44 people in your network, 4 levels deep"
    links = [node.attributes["href"] for node in page.css("svg.network a")]
    assert links[0] == "/dashboard/network?root=1"
    below = ask(world, links[0] or "")
    assert below.css_first("h1").text() == "43 people below person 1, 3 levels deep"
    crumbs = [node.attributes["href"] for node in below.css(".crumbs a")]
    assert crumbs[-2:] == ["/dashboard/network", "/dashboard/network?root=1"]


def test_small_ones_are_gathered_and_everybody_can_be_reached(world: World) -> None:
    seen: set[str] = set()
    path: str | None = "/dashboard/network?root=1"
    for _ in range(5):
        page = ask(world, path or "")
        titles = [node.text() for node in page.css("svg.network title")]
        seen |= {title.split(" ")[1] for title in titles if title.startswith("Person 1.")}
        behind = [
            node.attributes["href"]
            for node in page.css("svg.network a")
            if "more" in node.css_first("title").text()
        ]
        if not behind:
            break
        path = behind[0]
        assert "skip=" in (path or "")
    direct = {number for number in seen if number.count(".") == 1}
    assert direct == {f"1.{number}" for number in range(1, 42)}


def test_the_depth_of_the_picture_stands_in_its_link(world: World) -> None:
    page = ask(world, "/dashboard/network?level=2")
    assert [node.text() for node in page.css(".net-head")] == ["Level 1", "Level 2"]
    assert page.css_first(".net-depths [aria-current]").text() == "2"
    # The table is of all levels whatever is drawn.
    assert len(page.css("#Panel-levels ~ *, tbody tr")) >= 4


def test_the_picture_names_nobody(world: World) -> None:
    text = world.browser(world.people["ann"]).get("/dashboard/network").text
    assert world.people["ann"].of["friend"] not in text
    assert "friend" not in text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("root=2", 404),
        ("root=1.99", 404),
        ("root=../1", 404),
        ("level=8", 400),
        ("level=x", 400),
        ("skip=-1", 400),
        ("skip=99999", 400),
        ("download=network.png", 404),
    ],
)
def test_what_is_not_there_is_not_shown(world: World, query: str, status: int) -> None:
    client: TestClient = world.browser(world.people["ann"])
    assert client.get(f"/dashboard/network?{query}").status_code == status


def test_a_foreign_id_is_no_number(world: World) -> None:
    client = world.browser(world.people["bob"])
    stranger = world.people["ann"].actor.account
    assert client.get(f"/dashboard/network?root={stranger}").status_code == 404


def test_picture_and_levels_can_be_downloaded(world: World) -> None:
    client = world.browser(world.people["ann"])
    picture = client.get("/dashboard/network?download=network.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg xmlns=")
    assert "<a " not in picture.text
    levels = client.get("/dashboard/network?download=levels.json").json()
    assert [(one["level"], one["people"]) for one in levels] == [(1, 1), (2, 41), (3, 1), (4, 1)]


def test_an_empty_network_says_what_to_do(world: World) -> None:
    page = ask(world, "/dashboard/network?root=1.2")
    assert page.css_first("h1").text() == "Nobody is below person 1.2 yet"
    assert page.css_first(".empty a") is not None
