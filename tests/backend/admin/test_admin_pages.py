"""What operators read on their pages, and what the forms do."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator

import httpx2
import pytest

from backend.actions import accounts, checks, people
from backend.domain.actors import Role
from backend.domain.audit import command_actor
from backend.store.tables.base import TENANT
from tests.support.people import Person, World, open_world, save
from tests.support.routes import AGENT

ADMIN = command_actor(TENANT)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), "ann", "sam", "ada") as world:
        for name, role in (("sam", Role.SUPPORT), ("ada", Role.ADMIN)):
            accounts.change_role(world.context, world.people[name].actor.account, role)
        save(world)
        yield world


@pytest.fixture
def world(built: World) -> World:
    built.restore()
    return built


def read(world: World, who: str, path: str) -> str:
    headers = AGENT | {"accept": "text/html"}
    answer = world.browser(world.people[who]).get(path, headers=headers, follow_redirects=False)
    assert answer.status_code == 200, answer.text
    return answer.text


def press(world: World, who: str, path: str, **fields: str) -> httpx2.Response:
    person = world.people[who]
    return world.browser(person).post(
        path, data={**fields, "csrf_token": person.csrf}, headers=AGENT, follow_redirects=False
    )


def words_of(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def place_of(person: Person) -> str:
    return f"/admin/people/{person.actor.account}"


def test_the_home_says_what_needs_the_role_and_nothing_of_others(world: World) -> None:
    page = words_of(read(world, "ada", "/admin"))
    assert "3 Batches to approve" in page
    assert "3 Undecided disputes" in page
    support = words_of(read(world, "sam", "/admin"))
    assert "Nothing needs you" in support
    assert "Batches" not in support
    assert "Payouts" not in support


def test_a_page_says_no_address_to_support_until_it_is_asked_for(world: World) -> None:
    ann = world.people["ann"]
    for path in ("/admin/people", place_of(ann), f"/admin/sites/{ann.of['site']}"):
        page = read(world, "sam", path)
        assert ann.email not in page, path
        assert ann.name not in page, path
    assert press(world, "sam", f"{place_of(ann)}/show", reason="").status_code == 400
    shown = press(world, "sam", f"{place_of(ann)}/show", reason="She wrote to us")
    assert shown.status_code == 200
    assert ann.email in shown.text
    assert ann.name in shown.text
    assert ann.email not in read(world, "sam", place_of(ann))
    assert "She wrote to us" in read(world, "ada", "/admin/audit?action=account.show")


def test_money_is_not_shown_to_support(world: World) -> None:
    path = place_of(world.people["ann"])
    assert "Hold commissions" in read(world, "ada", path)
    page = read(world, "sam", path)
    assert "Hold commissions" not in page
    assert "Panel-money" not in page


def test_what_cannot_be_done_is_said_on_the_page(world: World) -> None:
    ada = world.people["ada"]
    answer = press(world, "ada", f"{place_of(ada)}/role", role="support")
    assert answer.status_code == 409
    assert "Nobody takes the administrator&#39;s role from themselves." in answer.text
    assert press(world, "ada", f"{place_of(ada)}/role", role="emperor").status_code == 400
    assert press(world, "sam", f"{place_of(ada)}/suspend", reason="mine now").status_code == 403
    assert people.read_person(world.context, ADMIN, ada.actor.account).account.is_open


def test_who_is_suspended_is_out_at_once_and_may_come_back(world: World) -> None:
    ann = world.people["ann"]
    browser = world.browser(ann)
    assert browser.get("/dashboard/settings", headers=AGENT).status_code == 200
    answer = press(world, "sam", f"{place_of(ann)}/suspend", reason="Spam")
    assert (answer.status_code, answer.headers["location"]) == (303, place_of(ann))
    gone = browser.get("/dashboard/settings", headers=AGENT, follow_redirects=False)
    assert gone.status_code == 303
    assert "suspended" in words_of(read(world, "sam", "/admin/people?only=suspended"))
    press(world, "sam", f"{place_of(ann)}/reopen", reason="No spam")
    assert people.read_person(world.context, ADMIN, ann.actor.account).account.is_open


def test_texts_of_owners_are_shown_as_they_are_written(world: World) -> None:
    press(world, "sam", f"{place_of(world.people['ann'])}/suspend", reason="<script>x</script>")
    page = read(world, "ada", "/admin/audit")
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_the_audit_log_is_handed_out_as_it_is_chosen(world: World) -> None:
    account = world.people["ann"].actor.account
    press(world, "ada", f"{place_of(world.people['ann'])}/tier", tier="pro")
    file = read(world, "ada", f"/admin/audit?subject={account}&download=audit.csv")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [(row["actor"], row["action"], row["subject"]) for row in rows] == [
        (world.people["ada"].actor.account, "account.tier", account)
    ]


@pytest.mark.parametrize("query", ["period=99999d", "after=x", "period=2026-13"])
def test_what_the_audit_log_cannot_be_asked_is_a_clear_page(world: World, query: str) -> None:
    browser = world.browser(world.people["ada"])
    answer = browser.get(f"/admin/audit?{query}", headers=AGENT | {"accept": "text/html"})
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_a_check_is_queued_and_its_differences_are_shown(world: World) -> None:
    before = len(world.tasks.queued)
    assert press(world, "ada", "/admin/checks").status_code == 303
    asked = world.tasks.queued[before:]
    assert asked == [(checks.CHECK_TASK, {"by": world.people["ada"].actor.account})]
    found = checks.run_check(world.context, by="clock")
    page = words_of(read(world, "ada", "/admin/checks"))
    assert found  # of payouts that this world made up
    assert f"{len(found)} values differ from the facts" in page
    assert found[0].where in page


def test_a_flag_is_added_changed_and_removed(world: World) -> None:
    press(world, "ada", "/admin/flags", name="new_editor", percent="25", description="The editor")
    assert "25 % of everybody" in words_of(read(world, "ada", "/admin/flags"))
    press(world, "ada", "/admin/flags", name="new_editor", tier="pro", is_on="")
    assert "For tier pro" in words_of(read(world, "ada", "/admin/flags"))
    wrong = press(world, "ada", "/admin/flags", name="New Editor")
    assert wrong.status_code == 400
    assert "lower-case" in wrong.text
    press(world, "ada", "/admin/flags/new_editor/remove")
    assert "No feature is behind a flag" in words_of(read(world, "ada", "/admin/flags"))


def test_a_picture_is_taken_again_by_a_job(world: World) -> None:
    site = world.people["ann"].of["site"]
    assert press(world, "sam", f"/admin/sites/{site}/picture").status_code == 303
    assert world.tasks.queued[-1] == ("take_thumbnail", {"site": site})


def test_sites_are_found_by_their_key(world: World) -> None:
    ann = world.people["ann"]
    page = words_of(read(world, "sam", f"/admin/sites?q={ann.of['key']}"))
    assert page.count("secret site") == 1
    assert "1 site" in page
    assert "No site was found" in words_of(read(world, "sam", "/admin/sites?q=nothing"))
