"""A public profile as everybody sees it, and as its owner sets it by form and by interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import col, update
from starlette.testclient import TestClient

from backend.actions.accounts import change_tier
from backend.actions.profiles import get_profile, get_public_profile
from backend.actions.sites import update_site
from backend.domain.showcase import ShowcaseWish
from backend.domain.sites import SiteEdit
from backend.domain.tiers import Tier
from backend.store.tables.sites import SiteRow
from tests.support.people import Person, World, open_world


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


def save(world: World, person: Person, **fields: object) -> int:
    sent = {"csrf_token": person.csrf, "handle": "ann-l", "is_public": "on", **fields}
    page = world.browser(person)
    return page.post("/dashboard/public-profile", data=sent, follow_redirects=False).status_code


def list_site(world: World, person: Person) -> None:
    """Let the person's site be in the showcase."""
    change_tier(world.context, person.actor.account, Tier.PRO)
    now = world.context.clock.now()
    with world.context.database.transaction() as session:
        session.execute(
            update(SiteRow)
            .where(col(SiteRow.id) == person.of["site"])
            .values(status="active", published_at=now, verified_at=now)
        )
    edit = SiteEdit(title="Lantern", wish=ShowcaseWish.IN)
    update_site(world.context, person.actor, person.of["site"], edit)


def test_the_page_shows_the_owner_and_nothing_that_is_private(world: World, ann: Person) -> None:
    list_site(world, ann)
    links = "https://ann.example/me\nhttps://code.example/"
    assert save(world, ann, name="Ann <b>L</b>", text="Makes lanterns.", links=links) == 303
    answer = TestClient(world.app).get("/people/Ann-L")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=60"
    page = answer.text
    assert '<h1 dir="auto">Ann &lt;b&gt;L&lt;/b&gt;</h1>' in page
    assert '<link rel="canonical" href="http://127.0.0.1:8000/people/ann-l">' in page
    assert '<meta property="og:title" content="Ann &lt;b&gt;L&lt;/b&gt;">' in page
    assert '<a href="https://ann.example/me" rel="nofollow ugc noopener">ann.example/me</a>' in page
    assert ">Lantern</a>" in page
    for private in (ann.name, ann.email, ann.actor.account, "noindex"):
        assert private not in page


def test_programs_get_the_same_as_json(world: World, ann: Person) -> None:
    list_site(world, ann)
    save(world, ann, links="https://ann.example/")
    found = TestClient(world.app).get("/people/ann-l?format=json").json()
    assert found["name"] == "ann-l"
    assert found["page"] == "http://127.0.0.1:8000/people/ann-l"
    assert found["links"] == ["https://ann.example/"]
    assert found["member_since"] == "2026-09-04T12:00:00Z"
    assert [site["title"] for site in found["sites"]] == ["Lantern"]
    assert found["achievements"] == []
    assert set(found) == {
        "handle", "name", "text", "links", "page", "member_since", "shares", "sites",
        "achievements",
    }  # fmt: skip


def test_the_sitemap_names_public_profiles_alone(world: World, ann: Person) -> None:
    save(world, ann)
    save(world, world.people["bob"], handle="bob-l", is_public="")
    sitemap = TestClient(world.app).get("/sitemap.xml").text
    assert "<loc>http://127.0.0.1:8000/people/ann-l</loc>" in sitemap
    assert "bob-l" not in sitemap


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(world: World, ann: Person) -> None:
    save(world, world.people["bob"], handle="taken")
    page = world.browser(ann)
    for fields, status, said in (
        ({"handle": "admin"}, 400, "admin could be taken for this service."),
        ({"handle": "taken"}, 409, "The handle taken is taken."),
        ({"handle": "ann", "links": "javascript:alert(1)"}, 400, "not an http or https address"),
        ({"handle": "ann", "text": "x" * 301}, 400, "longer than 300 characters"),
    ):
        sent = {"csrf_token": ann.csrf, "name": "Kept <i>", **fields}
        answer = page.post("/dashboard/public-profile", data=sent)
        assert (answer.status_code, said in answer.text) == (status, True), fields
        assert 'value="Kept &lt;i&gt;"' in answer.text
    assert get_profile(world.context, ann.actor).profile is None


def test_sites_are_left_out_by_a_tick_and_come_back_without(world: World, ann: Person) -> None:
    list_site(world, ann)
    assert save(world, ann, hidden=ann.of["site"]) == 303
    assert get_public_profile(world.context, "ann-l").cards == ()
    assert f'value="{ann.of["site"]}" checked' in world.browser(ann).get("/dashboard/settings").text
    assert save(world, ann) == 303
    assert len(get_public_profile(world.context, "ann-l").cards) == 1


def test_the_interface_sets_and_reads_the_profile(world: World, ann: Person) -> None:
    client = TestClient(world.app, headers={"authorization": f"Bearer {ann.token}"})
    path = "/api/v1/account/profile"
    assert client.get(path).json()["handle"] is None
    body = {"handle": "Ann-L", "is_public": True, "hidden_sites": [ann.of["site"]]}
    saved = client.put(path, json=body)
    assert saved.status_code == 200
    assert saved.json() == client.get(path).json()
    assert saved.json()["page"] == "http://127.0.0.1:8000/people/ann-l"
    assert saved.json()["hidden_sites"] == [ann.of["site"]]
    assert client.put(path, json={"handle": "no"}).status_code == 400
    off = client.put(path, json={"handle": "ann-l"}).json()
    assert (off["is_public"], off["page"]) == (False, None)
    assert TestClient(world.app).get("/people/ann-l").status_code == 404
