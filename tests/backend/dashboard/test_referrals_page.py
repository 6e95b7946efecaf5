"""The page of referrals: states, days, people by number, links, codes and the QR code."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import resvg_py
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlmodel import select
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.actions.referred import count_states, list_people, sum_period
from backend.clock import FixedClock
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import DAY, day_of
from backend.domain.periods import read_period
from backend.domain.referrals import ReferralState, state_of
from backend.store.referrals import to_referral
from backend.store.tables.base import TENANT
from backend.store.tables.referrals import ReferralRow
from backend.web.dashboard.referrals import title_of
from tests.support.money import add_chain, paid
from tests.support.people import World, open_world
from tests.support.service import NOON, add_account


@dataclass(frozen=True)
class Fact:
    """Somebody's sign-up and steps, in days before now; None did not happen."""

    signed_up: int
    activated: int | None = None
    converted: int | None = None
    churned: int | None = None


# One of each state, and the edges of the 90 days.
EACH = (
    Fact(89),
    Fact(90),
    Fact(120, activated=31),
    Fact(120, activated=30),
    Fact(50, activated=40),
    Fact(50, converted=20),
    Fact(300, activated=290, converted=280, churned=100),
    Fact(300, converted=100),
)


def add_people(context: Context, *facts: Fact) -> Actor:
    """Store an account with referrals of these facts, and return who sees them."""
    owner, now = add_account(context), context.clock.now()

    def at(days: int | None) -> int | None:
        return None if days is None else now - days * DAY

    for fact in facts:
        referred = add_account(context)
        with context.database.transaction() as session:
            session.add(
                ReferralRow(
                    tenant=TENANT,
                    referred=referred,
                    referrer=owner,
                    code="ABCDEFGH",
                    basis="click",
                    signed_up_at=now - fact.signed_up * DAY,
                    activated_at=at(fact.activated),
                    converted_at=at(fact.converted),
                    churned_at=at(fact.churned),
                )
            )
    return owner_of(TENANT, owner)


def test_states_are_counted_as_they_are_reckoned_one_by_one(any_context: Context) -> None:
    actor = add_people(any_context, *EACH)
    add_people(any_context, Fact(1))  # somebody else's
    counted = count_states(any_context, actor)
    assert counted == {
        ReferralState.PENDING: 1,
        ReferralState.ACTIVATED: 2,
        ReferralState.CONVERTED: 1,
        ReferralState.CHURNED: 1,
        ReferralState.EXPIRED: 3,
    }
    for state in ReferralState:
        page = list_people(any_context, actor, state=state)
        assert len(page.referrals) == counted[state]
        assert {one.state for one in page.referrals} <= {state}


days = st.one_of(st.none(), st.integers(min_value=-3, max_value=200))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.builds(Fact, signed_up=st.integers(0, 200), activated=days, converted=days, churned=days))
def test_the_databases_state_is_that_of_the_domain(context: Context, fact: Fact) -> None:
    actor = add_people(context, fact)
    now = context.clock.now()
    with context.database.reading() as session:
        row = session.exec(select(ReferralRow).where(ReferralRow.referrer == actor.account)).one()
        expected = state_of(to_referral(row), now)
    assert [state for state, number in count_states(context, actor).items() if number] == [expected]


def test_people_keep_their_numbers_on_every_page_and_under_every_filter(
    any_context: Context,
) -> None:
    actor = add_people(any_context, *(Fact(day, converted=day) for day in (70, 60, 50, 40, 30)))
    add_people(any_context, Fact(65), Fact(55))
    first = list_people(any_context, actor, limit=2)
    assert [one.number for one in first.referrals] == [5, 4]
    second = list_people(any_context, actor, after=first.after, limit=2)
    assert [one.number for one in second.referrals] == [3, 2]
    last = list_people(any_context, actor, after=second.after, limit=2)
    assert ([one.number for one in last.referrals], last.after) == ([1], None)
    paying = list_people(any_context, actor, state=ReferralState.CONVERTED, limit=3)
    assert [one.number for one in paying.referrals] == [5, 4, 3]


def test_a_pending_one_ends_after_90_days(context: Context) -> None:
    actor = add_people(context, Fact(10), Fact(20, activated=1))
    pending, activated = list_people(context, actor).referrals
    assert pending.expires_at == NOON + 80 * DAY
    assert activated.expires_at is None


def test_earnings_are_those_of_own_referrals_in_the_period(any_context: Context) -> None:
    top, middle, payer = add_chain(any_context, 3)
    for ref, ago in (("in_1", 40), ("in_2", 5)):
        apply_event(any_context, paid(payer, ref=ref, at=NOON - ago * DAY))
    period = read_period("30d", day_of(any_context.clock.now()))
    sums = sum_period(any_context, owner_of(TENANT, middle), period)
    # 20 % of 29 dollars, once within the 30 days and twice in all.
    assert sums.earned == {"USD": 580}
    people = list_people(any_context, owner_of(TENANT, middle)).referrals
    assert [one.earned for one in people] == [{"USD": 1_160}]
    assert sum_period(any_context, owner_of(TENANT, top), period).earned == {}


def test_days_outside_the_period_are_not_counted(any_context: Context) -> None:
    actor = add_people(
        any_context, Fact(0), Fact(29, converted=3), Fact(30), Fact(31, converted=31)
    )
    period = read_period("30d", day_of(any_context.clock.now()))
    sums = sum_period(any_context, actor, period)
    assert sums.sign_ups == {period.last: 1, period.first: 1}
    assert sums.conversions == {period.last - 3: 1}


@pytest.mark.parametrize(
    ("people", "paying", "title"),
    [
        (0, 0, "Nobody has signed up through you yet"),
        (1, 0, "1 person signed up through you and does not pay yet"),
        (1, 1, "1 person signed up through you and pays"),
        (9, 0, "9 people signed up through you, none of them pays yet"),
        (9, 1, "9 people signed up through you, 1 of them pays"),
        (9, 5, "9 people signed up through you, 5 of them pay"),
        (1200, 1200, "1,200 people signed up through you, all of them pay"),
    ],
)
def test_the_title_is_the_answer(people: int, paying: int, title: str) -> None:
    assert title_of(people, paying) == title


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob") as world:
        yield world


@pytest.fixture
def world(built: World) -> World:
    built.restore()
    return built


def ann(world: World) -> TestClient:
    client = world.browser(world.people["ann"])
    client.follow_redirects = False
    return client


def test_the_page_names_nobody(world: World) -> None:
    answer = ann(world).get("/dashboard/referrals")
    assert answer.status_code == 200
    person = world.people["ann"]
    assert "friend" not in answer.text
    assert person.of["friend"] not in answer.text
    page = HTMLParser(answer.text)
    assert page.css_first("h1").text() == "1 person signed up through you and does not pay yet"
    assert person.of["code"] in page.css_first(".reach-links pre").text()
    assert [node.text() for node in page.css(".states [aria-current] .states-name")] == [
        "Everybody"
    ]


def test_a_state_is_a_link_and_an_unknown_one_is_refused(world: World) -> None:
    client = ann(world)
    page = HTMLParser(client.get("/dashboard/referrals?state=converted&period=90d").text)
    assert page.css_first(".states [aria-current] .states-name").text() == "Converted"
    assert "Nobody is in this state" in page.body.text()
    everybody = page.css_first(".states a").attributes["href"]
    assert everybody == "/dashboard/referrals?period=90d#Panel-people"
    assert client.get("/dashboard/referrals?state=gone").status_code == 400
    assert client.get("/dashboard/referrals?after=odd").status_code == 400


def test_what_is_shown_can_be_downloaded(world: World) -> None:
    client = ann(world)
    people = client.get("/dashboard/referrals?download=people.json").json()
    assert [(one["person"], one["state"]) for one in people] == [(1, "pending")]
    days = client.get("/dashboard/referrals?period=7d&download=sign-ups.csv").text.splitlines()
    assert days[0] == "day,sign_ups,before"
    assert len(days) == 8
    assert client.get("/dashboard/referrals?download=sign-ups.svg").text.startswith("<svg")


def test_the_qr_code_leads_where_the_link_leads(world: World) -> None:
    answer = ann(world).get("/dashboard/referrals/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "no-store"
    drawn = resvg_py.svg_to_bytes(svg_string=answer.text, skip_system_fonts=True)
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(bytes(drawn))))
    base = world.context.settings.base_url
    assert [one.text for one in found] == [f"{base}/r/{world.people['ann'].of['code']}"]


def test_an_own_code_is_claimed_and_comes_back_to_the_page(world: World) -> None:
    client, person = ann(world), world.people["ann"]
    given = {"csrf_token": person.csrf, "code": "ann-makes"}
    answer = client.post("/dashboard/codes", data=given)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/dashboard/referrals#Panel-links",
    )
    page = HTMLParser(client.get("/dashboard/referrals").text)
    assert "/r/ANN-MAKES" in page.css_first(".reach-links pre").text()
    assert person.of["code"] in page.css_first(".reach-links").text()


def test_what_is_wrong_with_a_code_is_said_beside_it(world: World) -> None:
    client, person = ann(world), world.people["ann"]
    for code, status in (("ab", 400), (world.people["bob"].of["code"], 409), ("DASHBOARD", 400)):
        answer = client.post("/dashboard/codes", data={"csrf_token": person.csrf, "code": code})
        assert answer.status_code == status
        page = HTMLParser(answer.text)
        assert page.css_first(".reach-links .field-error, .reach-links [role=alert]") is not None


def test_a_sign_up_is_on_the_page_of_its_day(context: Context) -> None:
    assert isinstance(context.clock, FixedClock)
    actor = add_people(context, Fact(0))
    period = read_period("", day_of(context.clock.now()))
    assert sum_period(context, actor, period).sign_ups == {period.last: 1}
    context.clock.move(DAY)
    later = read_period("7d", day_of(context.clock.now()))
    assert sum_period(context, actor, later).sign_ups == {later.last - 1: 1}
