"""The owner's pages of their sites: the list, one site, its widget, what is served of it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from backend.actions.accounts import change_tier
from backend.actions.context import Context
from backend.actions.site_summaries import get_summary, list_summaries
from backend.actions.sites import get_site
from backend.app import create_app
from backend.domain.actors import owner_of
from backend.domain.instants import day_of
from backend.domain.periods import read_period
from backend.domain.showcase import ShowcaseWish
from backend.domain.tiers import Tier
from backend.store.tables.base import TENANT
from backend.store.tables.events import SiteDayRow
from tests.support.hosting import SITE, upload
from tests.support.people import Person, World, open_world
from tests.support.service import add_account, add_site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob") as made:
        yield made


@pytest.fixture
def world(built: World) -> World:
    built.restore()
    return built


@pytest.fixture
def ann(world: World) -> Person:
    return world.people["ann"]


@pytest.fixture
def page(world: World, ann: Person) -> TestClient:
    return world.browser(ann)


def place_of(ann: Person, part: str = "") -> str:
    return f"/dashboard/sites/{ann.of['site']}{part}"


def add_days(context: Context, site: str, views: dict[int, int]) -> None:
    today = day_of(context.clock.now())
    with context.database.transaction() as session:
        for ago, number in views.items():
            session.add(SiteDayRow(tenant=TENANT, site=site, day=today - ago, views=number))


def test_views_are_summed_for_each_site_and_the_period_before(any_context: Context) -> None:
    ann = owner_of(TENANT, add_account(any_context))
    one, _key = add_site(any_context, ann.account, url="https://one.example/")
    two, _key = add_site(any_context, ann.account, url="https://two.example/")
    foreign, _key = add_site(any_context, add_account(any_context))
    add_days(any_context, one, {0: 5, 6: 7, 7: 11, 13: 13, 14: 17})
    add_days(any_context, foreign, {0: 100})
    period = read_period("7d", day_of(any_context.clock.now()))
    page = list_summaries(any_context, ann, period, limit=1)
    assert [(each.site.id, each.views, each.views_before) for each in page.sites] == [(one, 12, 24)]
    rest = list_summaries(any_context, ann, period, after=page.after, limit=1)
    assert [(each.site.id, each.views, each.last_build) for each in rest.sites] == [(two, 0, None)]
    assert rest.after is None
    assert get_summary(any_context, ann, one, period).views == 12


def test_the_list_answers_how_all_sites_do(world: World, ann: Person, page: TestClient) -> None:
    add_days(world.context, ann.of["site"], {1: 1_200, 31: 1_000})
    shown = page.get("/dashboard/sites").text
    assert "Your sites had 1,200 views, 20 % more than before" in shown
    assert f'href="{place_of(ann)}"' in shown
    assert "Not shown to be yours" in shown
    assert ">queued</a>" in shown
    assert "1 of 3" in shown
    assert "bob secret site" not in shown
    row = json.loads(page.get("/dashboard/sites?download=sites.json").text)[0]
    assert (row["views"], row["views_before"], row["is_verified"]) == (1_200, 1_000, "no")


def test_an_owner_without_sites_is_told_the_next_step(
    world: World, ann: Person, page: TestClient
) -> None:
    page.post("/dashboard/sites/remove", data={"csrf_token": ann.csrf, "site": ann.of["site"]})
    shown = page.get("/dashboard/sites").text
    assert "You have no site yet" in shown
    assert "Run 4site link in a repository" in shown
    assert page.get("/dashboard/sites?after=nothing").status_code == 400


def test_calls_of_the_interface_are_among_the_limits(
    world: World, ann: Person, page: TestClient
) -> None:
    headers = {"authorization": f"Bearer {ann.token}"}
    for _ in range(3):
        assert TestClient(world.app).get("/api/v1/sites", headers=headers).status_code == 200
    for _ in range(2):  # looking counts nothing
        assert "3 of 1,000" in page.get("/dashboard/sites").text


def test_a_new_site_is_shown_with_what_to_paste(
    world: World, ann: Person, page: TestClient
) -> None:
    sent = {"csrf_token": ann.csrf, "url": "https://new.example/x/", "title": "New"}
    shown = page.post("/dashboard/sites", data=sent)
    site = shown.url.path.rpartition("/")[2]
    key = get_site(world.context, ann.actor, site).key
    assert f"&lt;meta name=&#34;foursite-site&#34; content=&#34;{key}&#34;&gt;" in shown.text
    assert "https://new.example/x/foursite-site.txt" in shown.text
    assert f"data-site=&#34;{key}&#34;" in shown.text
    again = page.post("/dashboard/sites", data=sent | {"url": 'x"><b>', "title": "Kept"})
    assert again.status_code == 400
    assert 'value="Kept"' in again.text
    assert "<b>" not in again.text


def test_checking_says_on_the_page_what_was_found(ann: Person, page: TestClient) -> None:
    sent = {"csrf_token": ann.csrf, "site": ann.of["site"]}
    answer = page.post("/dashboard/sites/verify", data=sent)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "foursite-site.txt beside it, publish, and try again." in answer.text


def test_facts_are_changed_and_refused_beside_their_field(
    world: World, ann: Person, page: TestClient
) -> None:
    sent = {
        "csrf_token": ann.csrf, "title": "Lantern", "description": "Reads logs.", "kind": "tool",
        "language": "Rust", "topics": "cli, logs", "showcase": "in",
        "origins": "https://www.lantern.example",
    }  # fmt: skip
    assert page.post(place_of(ann), data=sent, follow_redirects=False).status_code == 303
    site = get_site(world.context, ann.actor, ann.of["site"])
    assert (site.title, site.kind, site.language) == ("Lantern", "tool", "Rust")
    assert (site.topics, site.wish) == (("cli", "logs"), ShowcaseWish.IN)
    assert site.origins[1:] == ("https://www.lantern.example",)
    assert site.has_powered_by  # the free tier's form has no box for it
    wrong = page.post(place_of(ann), data=sent | {"topics": "C++", "title": "Kept"})
    assert wrong.status_code == 400
    assert 'id="Field-facts-topics" name="topics" type="text" value="C++"' in wrong.text
    assert 'value="Kept"' in wrong.text
    assert get_site(world.context, ann.actor, ann.of["site"]).title == "Lantern"


def test_the_powered_by_line_goes_where_the_tier_allows(
    world: World, ann: Person, page: TestClient
) -> None:
    assert 'name="powered_by"' not in page.get(place_of(ann)).text
    change_tier(world.context, ann.actor.account, Tier.PRO)
    assert 'name="powered_by" value="on" checked' in page.get(place_of(ann)).text
    sent = {"csrf_token": ann.csrf, "title": "T", "kind": "tool", "showcase": "in"}
    assert page.post(place_of(ann), data=sent, follow_redirects=False).status_code == 303
    assert not get_site(world.context, ann.actor, ann.of["site"]).has_powered_by


def test_the_page_of_a_site_counts_and_is_downloaded(
    world: World, ann: Person, page: TestClient
) -> None:
    add_days(world.context, ann.of["site"], {1: 3, 2: 4})
    path = f"{place_of(ann)}?period=7d"
    assert "ann secret site had 7 views" in page.get(path).text
    days = json.loads(page.get(f"{path}&download=views.json").text)
    assert [day["views"] for day in days][-3:] == [4, 3, 0]
    assert page.get(f"{place_of(ann)}?period=9999d").status_code == 400
    assert page.get(f"/dashboard/sites/{'0' * 32}").status_code == 404


def test_the_widgets_form_makes_the_lines_to_paste(
    world: World, ann: Person, page: TestClient
) -> None:
    path = place_of(ann, "/widget")
    usual = page.get(path).text
    base, key = world.context.settings.base_url, ann.of["key"]
    line = f"&lt;script defer src=&#34;{base}/widget.js&#34; data-site=&#34;{key}&#34;"
    assert line in usual
    assert "data-position" not in usual
    assert f'src="{place_of(ann, "/preview")}"' in usual
    chosen = "?chosen=1&position=inline&scheme=dark&platform=x&platform=slack&lang=de&counts=1"
    shown = page.get(f"{path}{chosen}&own=1&accent=%23AA0000&radius=99").text
    for part in (
        "data-position=&#34;inline&#34; data-theme=&#34;dark&#34;",
        "data-platforms=&#34;x,slack&#34; data-lang=&#34;de&#34; data-counts&gt;",
        "&lt;foursite-share&gt;&lt;/foursite-share&gt;",
        "foursite-share { --foursite-accent: #aa0000; --foursite-radius: 24px; }",
    ):
        assert part in shown, part
    assert "powered-by=&#34;off" not in shown  # the free tier keeps it
    change_tier(world.context, ann.actor.account, Tier.PRO)
    assert "data-powered-by=&#34;off&#34;" in page.get(path + chosen).text


def test_the_preview_has_its_own_policy_and_no_key_to_count_with(
    ann: Person, page: TestClient
) -> None:
    path = place_of(ann, "/preview")
    plain = page.get(path)
    policy = plain.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "connect-src" not in policy
    assert "unsafe" not in policy
    assert "data-site" not in plain.text
    assert "data-service" not in plain.text
    assert "<style>" not in plain.text
    styled = page.get(f"{path}?chosen=1&own=1&accent=%23aa0000")
    css = "foursite-share { --foursite-accent: #aa0000; }"
    assert f"<style>{css}</style>" in styled.text
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in styled.headers["content-security-policy"]
    for hostile in ("red;}body{", "%23aa0000%7D", '"><script>'):
        answer = page.get(f"{path}?chosen=1&own=1&accent={hostile}&position={hostile}")
        assert "<style>" not in answer.text
        assert "<script>" not in answer.text
    framing = page.get(place_of(ann, "/widget")).headers["content-security-policy"]
    assert "frame-src 'self'" in framing
    assert "frame-ancestors 'none'" in framing


def test_releases_and_domains_are_handled_on_the_page(
    world: World, ann: Person, page: TestClient
) -> None:
    change_tier(world.context, ann.actor.account, Tier.PRO)
    first = upload(world.context, ann.actor, ann.of["site"], SITE)
    second = upload(world.context, ann.actor, ann.of["site"], {**SITE, "new.html": b"new"})
    path = place_of(ann, "/publishing")
    shown = page.get(path).text
    assert "is served here" in shown
    assert shown.count("Go back to it") == 1
    sent = {"csrf_token": ann.csrf, "release": first.id}
    back = page.post(f"{path}/live", data=sent)
    assert back.status_code == 200
    assert f'value="{second.id}"' in back.text
    assert ann.of["domain"] in back.text
    wrong = page.post(f"{path}/domains", data={"csrf_token": ann.csrf, "domain": "a b"})
    assert (wrong.status_code, 'value="a b"' in wrong.text) == (400, True)
    assert 'class="field-error"' in wrong.text
    sent = {"csrf_token": ann.csrf, "domain": ann.of["domain"]}
    gone = page.post(f"{path}/domains/remove", data=sent)
    assert f'<a href="http://{ann.of["domain"]}' not in gone.text
    assert page.post(f"{path}/domains/remove", data=sent).status_code == 404


def test_a_service_without_hosting_says_how_to_publish(world: World, ann: Person) -> None:
    settings = replace(world.context.settings, sites_host=None)
    app = create_app(replace(world.context, settings=settings))
    page = TestClient(app, cookies={"foursite_session": ann.cookie})
    shown = page.get(place_of(ann, "/publishing")).text
    assert "This service hosts no sites" in shown
    assert "Go back to it" not in shown
