"""Challenges, leaderboards and reviews by the REST interface, as their pages have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.actions.boards import count_boards
from backend.actions.context import Context
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.clock import FixedClock
from backend.domain.actors import Actor, Scope, owner_of
from backend.domain.fraud_cases import Case, CaseKind, CaseState
from backend.domain.instants import DAY, Instant, date_of, day_of
from backend.store import fraud
from backend.store.tables.base import TENANT
from backend.store.tables.events import SiteDayRow
from backend.store.tables.profiles import ProfileRow
from tests.support.service import NOON, add_account, add_site, make_context

API = "/api/v1"
FIRST = date_of(day_of(Instant(NOON + 2 * DAY))).isoformat()
DRAFT = {
    "title": "Autumn of sharing",
    "text": "Whoever shares most.",
    "metric": "shares",
    "goal": 10,
    "first_day": FIRST,
    "days": 7,
    "is_public": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An owner with a token that may do everything."""

    actor: Actor
    secret: str
    client: TestClient

    def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        headers = {"authorization": f"Bearer {self.secret}"}
        answer = self.client.request(method, API + path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = replace(make_context(tmp_path), clock=FixedClock(NOON))
    yield made
    made.database.close()


@pytest.fixture
def client(context: Context) -> TestClient:
    return TestClient(create_app(context))


def an_owner(context: Context, client: TestClient) -> Owner:
    actor = owner_of(TENANT, add_account(context))
    made = make_token(context, actor, name="program", scopes=list(Scope))
    return Owner(actor=actor, secret=made.secret, client=client)


def test_a_challenge_is_begun_joined_followed_left_and_cancelled(
    context: Context, client: TestClient
) -> None:
    ann, bob = an_owner(context, client), an_owner(context, client)
    made = ann.ask("POST", "/challenges", DRAFT, 201)
    path = f"/challenges/{made['id']}"
    assert (made["phase"], made["first_day"], made["goal"]) == ("upcoming", FIRST, 10)
    assert made["address"].endswith(path)
    founded = ann.ask("POST", f"{path}/teams", {"name": "Lanterns"}, 201)
    assert founded == {"is_owner": True, "is_follower": False, "team": 1, "value": 0}
    assert bob.ask("POST", f"{path}/membership", {"team": 1})["team"] == 1
    assert bob.ask("POST", f"{path}/membership", {"team": 1}, 409)["code"] == "conflict"
    (team,) = client.get(f"{API}{path}").json()["teams"]
    assert (team["n"], team["name"], team["members"], team["people"]) == (1, "Lanterns", 2, [])
    bob.ask("DELETE", f"{path}/membership", status=204)
    assert bob.ask("GET", "/challenges/own") == {"challenges": []}
    assert bob.ask("PUT", f"{path}/follow")["is_follower"]
    assert [one["id"] for one in bob.ask("GET", "/challenges/own")["challenges"]] == [made["id"]]
    bob.ask("DELETE", f"{path}/follow", status=204)
    assert not bob.ask("GET", f"{path}/part")["is_follower"]
    bob.ask("POST", f"{path}/cancellation", status=404)
    assert ann.ask("POST", f"{path}/cancellation")["phase"] == "cancelled"
    assert bob.ask("POST", f"{path}/membership", {"team": 1}, 409)["code"] == "conflict"


def test_public_challenges_are_listed_page_by_page_for_everybody(
    context: Context, client: TestClient
) -> None:
    for number in range(3):
        owner = an_owner(context, client)
        owner.ask("POST", "/challenges", {**DRAFT, "days": number + 1}, 201)
        owner.ask("POST", "/challenges", {**DRAFT, "is_public": False}, 201)
    first = client.get(f"{API}/challenges?limit=2").json()
    rest = client.get(f"{API}/challenges?limit=2&after={first['next']}").json()
    days = [one["last_day"] for one in [*first["items"], *rest["items"]]]
    assert (len(days), days) == (3, sorted(days, reverse=True))
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"first_day": date_of(day_of(NOON)).isoformat()}, 409),
        ({"first_day": "2000-01-01"}, 409),
        ({"first_day": "soon"}, 400),
        ({"days": 91}, 400),
        ({"goal": 0}, 400),
        ({"title": " a\u200b "}, 400),
        ({"metric": "likes"}, 400),
        ({"prize": "a cake"}, 400),
    ],
)
def test_a_challenge_that_cannot_be_is_refused(
    context: Context, client: TestClient, changed: dict[str, object], status: int
) -> None:
    owner = an_owner(context, client)
    owner.ask("POST", "/challenges", {**DRAFT, **changed}, status)
    assert owner.ask("GET", "/challenges/own") == {"challenges": []}


def test_a_board_names_only_who_wants_to_be_seen(context: Context, client: TestClient) -> None:
    ann, bob = an_owner(context, client), an_owner(context, client)
    with context.database.transaction() as session:
        session.add(
            ProfileRow(
                tenant=TENANT, account=bob.actor.account, handle="bob", name="Bob",
                is_public=True, changed_at=1,
            )
        )  # fmt: skip
    for owner, shares in ((ann, 9), (bob, 4)):
        site, _key = add_site(context, owner.actor.account)
        with context.database.transaction() as session:
            session.add(
                SiteDayRow(tenant=TENANT, site=site, day=day_of(NOON), counted_shares=shares)
            )
    assert bob.ask("GET", "/leaderboards/choice")["is_listed"] is False
    choice = {"is_listed": True, "shows_cards": False}
    assert bob.ask("PUT", "/leaderboards/choice", choice) == {**choice, "name": "Bob"}
    count_boards(context)
    board = client.get(f"{API}/leaderboards?metric=shares&period=week").json()
    assert (board["unit"], board["people"], board["next"]) == ("shares", 2, None)
    (place,) = board["items"]
    assert (place["place"], place["name"], place["value"]) == (2, "Bob", 4)
    assert place["profile"].endswith("/people/bob")
    own = {one["metric"]: one for one in ann.ask("GET", "/leaderboards/own/month")["places"]}
    assert (own["shares"]["place"], own["shares"]["missing"]) == (1, None)
    assert own["referrals"]["place"] is None
    behind = {one["metric"]: one for one in bob.ask("GET", "/leaderboards/own/month")["places"]}
    assert (behind["shares"]["place"], behind["shares"]["missing"]) == (2, 6)


def test_reviews_say_how_much_waits_and_nothing_of_why(
    context: Context, client: TestClient
) -> None:
    ann, bob = an_owner(context, client), an_owner(context, client)
    cases = [
        Case(
            tenant=TENANT, id=f"{number:032}", account=ann.actor.account, site=None, kind=kind,
            state=state, score=90, signals=(), held=held, opened_at=NOON, updated_at=NOON,
        )
        for number, (kind, state, held) in enumerate(
            [
                (CaseKind.SHARES, CaseState.OPEN, 12),
                (CaseKind.SHARES, CaseState.CLEARED, 40),
                (CaseKind.REFERRALS, CaseState.OPEN, 3),
            ]
        )
    ]  # fmt: skip
    with context.database.transaction() as session:
        fraud.save(session, cases)
    assert ann.ask("GET", "/reviews") == {"shares": 12, "referrals": 3, "commissions": []}
    assert bob.ask("GET", "/reviews") == {"shares": 0, "referrals": 0, "commissions": []}
