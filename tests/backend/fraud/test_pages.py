"""The queue in a browser: a case with its evidence, a decision, and rules that are tried out."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.accounts import change_role
from backend.actions.fraud_queue import Waiting, read_waiting
from backend.domain.actors import Role
from backend.domain.fraud_cases import Case
from backend.domain.fraud_rules import DEFAULT, numbers_of
from backend.domain.instants import SECOND
from backend.store import fraud
from backend.store.tables.base import TENANT
from backend.web.admin.fraud_words import say_counted, say_limits
from tests.support.facts import record_now
from tests.support.people import Person, World, open_world
from tests.support.sharing import a_share


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("world")
    made = open_world(folder, "ann", "ruth", "ada")
    change_role(made.context, made.people["ruth"].actor.account, Role.REVIEWER)
    change_role(made.context, made.people["ada"].actor.account, Role.ADMIN)
    yield made
    made.context.database.close()


@pytest.fixture(scope="module")
def held(world: World) -> Case:
    """A case about twenty shares of Ann's site from one network."""
    now = world.context.clock.now()
    site = world.people["ann"].of["site"]
    for number in range(20):
        at = now + number * SECOND
        record_now(world.context, [a_share(site, f"farm{number}", at, network="one")])
    with world.context.database.reading() as session:
        (found,) = fraud.list_of_account(session, TENANT, world.people["ann"].actor.account)
    return found


def ruth(world: World) -> tuple[TestClient, Person]:
    person = world.people["ruth"]
    return world.browser(person), person


def test_a_reviewer_sees_tries_out_and_decides(world: World, held: Case) -> None:
    case, number = held.id, held.held
    assert number > 10
    client, person = ruth(world)
    queue = client.get("/admin/fraud")
    assert "1 case to decide" in queue.text
    assert f"/admin/fraud/{case}" in queue.text
    page = client.get(f"/admin/fraud/{case}").text
    assert "Shares of a site in a day from few networks" in page
    assert "Most sharers never looked at a page before" in page
    assert "at least 10 shares, fewer than 3" in page
    assert f"{number} shares" in page
    assert "<svg" in page
    told = read_waiting(world.context, world.people["ann"].actor)
    assert told == Waiting(shares=number, referrals=0)

    same = {name: str(value) for name, value in numbers_of(DEFAULT).items()}
    sent = {**same, "few_networks.weight": "0", "unseen.weight": "0", "csrf_token": person.csrf}
    tried = client.post("/admin/fraud/rules", data={**sent, "do": "try"})
    assert f"0 more would wait and {number} would not" in tried.text
    refused = client.post("/admin/fraud/rules", data={**sent, "do": "change"})
    assert refused.status_code == 400
    assert "A reason has 1 to 1000 characters." in refused.text
    done = client.post(
        "/admin/fraud/rules",
        data={**sent, "do": "change", "reason": "A day of classes"},
        follow_redirects=False,
    )
    assert done.status_code == 303
    assert "Fraud rules, version 2" in client.get("/admin/fraud/rules").text

    form = {"csrf_token": person.csrf, "reason": ""}
    assert client.post(f"/admin/fraud/{case}/clear", data=form).status_code == 400
    form["reason"] = "A class with one address"
    cleared = client.post(f"/admin/fraud/{case}/clear", data=form, follow_redirects=False)
    assert cleared.status_code == 303
    assert "A class with one address" in client.get(f"/admin/fraud/{case}").text
    again = client.post(f"/admin/fraud/{case}/confirm", data=form)
    assert again.status_code == 409
    assert "Nothing waits for a review" in client.get("/admin/fraud").text


def test_only_an_administrator_reads_whose_case_it_is(world: World, held: Case) -> None:
    ann, (client, _person) = world.people["ann"], ruth(world)
    pages = ("/admin/fraud", f"/admin/fraud/{held.id}")
    for page in pages:
        text = client.get(page).text
        assert "a…@ann-mail.example" in text
        assert ann.email not in text and ann.name not in text
    assert f'href="/admin/people/{ann.actor.account}"' in client.get(pages[1]).text
    assert f'href="/admin/sites/{ann.of["site"]}"' in client.get(pages[1]).text
    ada = world.browser(world.people["ada"])
    assert all(ann.email in ada.get(page).text for page in pages)


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "99999999"])
def test_a_number_that_is_none_is_refused_on_the_page(world: World, text: str) -> None:
    client, person = ruth(world)
    rule = DEFAULT.rules["few_networks"]
    names = {
        "high": "The sum of weights from which something waits",
        "few_networks.weight": f"{rule.words}, weight",
        "few_networks.least_shares": f"{rule.words}, least shares",
    }
    for name, said in names.items():
        sent = {name: text, "csrf_token": person.csrf, "do": "try"}
        answer = client.post("/admin/fraud/rules", data=sent)
        assert answer.status_code == 400
        assert escape(f"{said}: {text} is no whole number below 10,000,000.") in answer.text


def test_evidence_and_limits_are_said_in_plain_words() -> None:
    counted = {"networks": 1, "sharers": 31, "shares": 1_031}
    assert say_counted(counted) == "1,031 shares, 31 sharers, from 1 network"
    gaps = {"deviation_percent": 0, "gaps": 10, "mean_seconds": 1}
    said = say_counted(gaps).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "10 gaps, of 1 second on average, differing by 0 %"
    assert say_counted({"new_thing": 2}) == "2 new thing"
    limits = {rule.name: say_limits(rule.limits) for rule in DEFAULT.rules.values()}
    plain = {name: words.replace("\N{NO-BREAK SPACE}", " ") for name, words in limits.items()}
    assert plain["few_networks"] == "at least 10 shares, fewer than 3"
    assert plain["regular_gaps"] == "at least 10 gaps, differing by less than 15 %"
    assert plain["hasty"] == "at least 8 sharers, above 50 %, within 3 seconds"
    assert plain["sign_ups_one_network"] == "at least 5 sign-ups, above 60 %"


def test_what_waits_is_said_in_plain_words() -> None:
    assert Waiting(shares=0, referrals=0).words == ""
    assert Waiting(shares=1, referrals=0).words == "1 share waits for a review"
    assert Waiting(shares=12, referrals=1).words == "12 shares and 1 referral wait for a review"
