"""The showcase over HTTP: order, pages, filters, hostile texts, what caches may do."""

from __future__ import annotations

import json
import random
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.domain.instants import DAY
from tests.support.listed_sites import add_listed_site, add_world, set_views
from tests.support.service import BROWSER, SITE_URL, add_account, add_site

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


def titles(client: TestClient, query: str = "") -> list[str]:
    page = HTMLParser(client.get(f"/showcase{query}").text)
    return [node.text(strip=True) for node in page.css(".card-title")]


def send(client: TestClient, *pings: dict[str, str], agent: str = BROWSER) -> None:
    headers = {"origin": SITE_URL.rstrip("/"), "user-agent": agent}
    assert client.post("/collect", content=json.dumps(pings), headers=headers).status_code == 202


def test_sites_stand_in_the_order_of_their_score(client: TestClient, context: Context) -> None:
    for views in (30, 10, 20):
        add_listed_site(context, f"Site {views}", views=views)
    assert titles(client) == ["Site 30", "Site 20", "Site 10"]


def test_a_ping_moves_a_site_at_once_and_caches_ask_again_within_two_seconds(
    client: TestClient, context: Context
) -> None:
    add_listed_site(context, "Leader", views=50)
    _, key = add_site(context, add_account(context, tier="pro"), wish="in", title="Follower")
    visit = {"s": key, "t": "view", "u": SITE_URL}
    send(client, visit | {"i": "first000000"})
    before = client.get("/showcase")
    assert titles(client) == ["Leader", "Follower"]
    assert before.headers["cache-control"] == "public, max-age=2"
    unchanged = client.get("/showcase", headers={"if-none-match": before.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["cache-control"] == "public, max-age=2"
    for visitor in range(3):
        share = {"s": key, "t": "share", "n": "x", "u": SITE_URL, "i": f"share00000{visitor}"}
        send(client, share, agent=f"{BROWSER} Visitor/{visitor}")
    after = client.get("/showcase", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert titles(client) == ["Follower", "Leader"]


def test_pages_follow_each_other_without_a_gap_or_a_repeat_while_scores_change(
    client: TestClient, context: Context
) -> None:
    rng = random.Random(4)  # noqa: S311  repeatable on purpose
    sites = {f"Site {number}": number for number in range(30)}
    ids = {name: add_listed_site(context, name, views=100 + views) for name, views in sites.items()}
    restless = set(rng.sample(sorted(sites), 8))
    seen: list[str] = []
    address = "/showcase?limit=4"
    for _ in range(12):
        page = HTMLParser(client.get(address).text)
        seen += [node.text(strip=True) for node in page.css(".card-title")]
        for name in restless:
            set_views(context, ids[name][0], 100 + rng.randrange(60))
        following = page.css_first('a[rel="next"]')
        if following is None:
            break
        address = following.attributes["href"] or ""
    still = [name for name in seen if name not in restless]
    assert sorted(still) == sorted(set(sites) - restless)
    assert still == sorted(still, key=lambda name: -sites[name])


def test_filters_narrow_and_can_be_shared_as_addresses(
    client: TestClient, context: Context
) -> None:
    add_listed_site(context, "Parsec", kind="library", language="Haskell", topics=("parsing",))
    add_listed_site(context, "Kettle", kind="tool", language="C++", topics=("build", "c"))
    add_listed_site(context, "Moth", kind="tool", language="Go")
    assert titles(client, "?kind=library") == ["Parsec"]
    assert titles(client, f"?language={quote('C++', safe='')}") == ["Kettle"]
    assert titles(client, "?topic=c") == ["Kettle"]
    assert titles(client, "?topic=") == titles(client)
    assert titles(client, "?kind=tool&language=Go") == ["Moth"]
    page = HTMLParser(client.get("/showcase?kind=tool&language=Go").text)
    assert page.css_first("h1").text() == "Tools in Go"
    current = [node.text() for node in page.css('.filter [aria-current="true"]')]
    assert current == ["Tools", "Go sites", "All"]
    offered = {node.text(): node.attributes["href"] for node in page.css(".filter a")}
    assert offered["Libraries"] == "/showcase?kind=library&language=Go"
    assert offered["C++ sites"] == "/showcase?kind=tool&language=C%2B%2B"


def test_a_filter_chosen_on_a_later_page_begins_at_the_first(
    client: TestClient, context: Context
) -> None:
    add_world(context, 6)
    cursor = client.get("/showcase?limit=2&format=json").json()["cursor"]
    page = HTMLParser(client.get(f"/showcase?limit=2&after={cursor}").text)
    addresses = [node.attributes["href"] or "" for node in page.css(".filter a")]
    assert "/showcase?kind=tool&limit=2" in addresses
    assert not [address for address in addresses if "after" in address]


def test_every_offered_filter_leads_to_sites_or_says_what_to_do(
    client: TestClient, context: Context
) -> None:
    add_world(context, 20)
    page = HTMLParser(client.get("/showcase").text)
    for link in page.css(".filter a"):
        found = HTMLParser(client.get(link.attributes["href"] or "").text)
        assert found.css(".card") or found.css_first(".empty a[href='/showcase']")


def test_an_empty_showcase_says_how_to_be_the_first(client: TestClient) -> None:
    page = HTMLParser(client.get("/showcase").text)
    assert "4site link" in page.css_first(".empty").text()
    assert not page.css(".filters")
    assert client.get("/showcase?format=json").json() == {
        "sites": [], "next": None, "cursor": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "query", ["?after=nonsense", "?after=1.2.3", f"?topic={'x' * 51}", "?limit=-1", "?kind=%00"]
)
def test_what_cannot_be_asked_is_refused_with_a_page(client: TestClient, query: str) -> None:
    answer = client.get(f"/showcase{query}", headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert HTMLParser(answer.text).css_first("h1")


def test_a_page_holds_at_most_forty_eight_cards(client: TestClient, context: Context) -> None:
    add_world(context, 50)
    assert len(titles(client, "?limit=999")) == 48
    assert len(titles(client)) == 24


def test_a_featured_site_says_until_when(client: TestClient, context: Context) -> None:
    now = context.clock.now()
    add_listed_site(context, "Now", featured_until=now + DAY)
    add_listed_site(context, "Over", featured_until=now - DAY)
    page = HTMLParser(client.get("/showcase").text)
    featured = {
        card.css_first(".card-title").text(strip=True): card.css_first("time")
        for card in page.css(".card")
    }
    assert featured["Now"].attributes["datetime"] == "2026-09-05T12:00:00+00:00"
    assert featured["Over"] is None


def test_an_owners_texts_stay_texts_and_odd_addresses_never_become_links(
    client: TestClient, context: Context
) -> None:
    _, key = add_listed_site(
        context, HOSTILE, url="javascript:alert(3)//", description=HOSTILE, kind="project"
    )
    for path in ("/", "/showcase", f"/showcase/{key}", "/showcase/strip"):
        text = client.get(path).text
        page = HTMLParser(text)
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert not page.css("[onerror]")
        links = [node.attributes.get("href") or "" for node in page.css("a, link")]
        assert not [link for link in links if link.lower().startswith("javascript")], path
        assert HOSTILE in page.body.text()


def test_a_sites_own_page_shows_its_numbers(client: TestClient, context: Context) -> None:
    _, key = add_listed_site(
        context,
        "Parsec",
        url="https://parsec.example/",
        views=1_000,
        language="Haskell",
        topics=("parsing",),
    )
    answer = client.get(f"/showcase/{key}")
    page = HTMLParser(answer.text)
    facts = {node.css_first("dt").text(): node.css_first("dd").text() for node in page.css(".fact")}
    assert facts["Score"] == "156.00"  # 0.1 × 1 000 views, × 1.2 for its age, × 1.3 for pro
    assert facts["Language"] == "Haskell"
    visit = page.css_first(".hero-actions .button")
    assert visit.attributes["href"] == "https://parsec.example/"
    assert visit.text() == "Visit parsec.example"
    twin = client.get(f"/showcase/{key}", headers={"accept": "application/json"})
    assert twin.json()["score"] == "156.00"
    assert twin.headers["vary"] == "Accept, Accept-Encoding"


def test_a_site_that_is_not_listed_has_no_page(client: TestClient, context: Context) -> None:
    _, key = add_site(context, add_account(context))
    assert client.get(f"/showcase/{key}").status_code == 404
    assert client.get("/showcase/unknown").status_code == 404


def test_the_json_twin_says_what_the_page_shows(client: TestClient, context: Context) -> None:
    add_world(context, 5)
    value = client.get("/showcase?limit=2&format=json").json()
    assert [site["title"] for site in value["sites"]] == titles(client, "?limit=2")
    assert value["next"].endswith(f"/showcase?limit=2&after={value['cursor']}")
    seen = [site["key"] for site in value["sites"]]
    while value["next"]:
        value = client.get(f"{value['next']}&format=json").json()
        seen += [site["key"] for site in value["sites"]]
    assert len(seen) == len(set(seen)) == 5


def test_robots_and_the_sitemap_name_what_may_be_found(
    client: TestClient, context: Context
) -> None:
    _, key = add_listed_site(context)
    base = context.settings.base_url
    assert f"Sitemap: {base}/sitemap.xml" in client.get("/robots.txt").text
    listed = client.get("/sitemap.xml")
    assert listed.headers["content-type"].startswith("application/xml")
    for address in ("/", "/showcase", f"/showcase/{key}"):
        assert f"<loc>{base}{address}</loc>" in listed.text


def test_a_public_page_is_compressed_for_those_who_take_it(
    client: TestClient, context: Context
) -> None:
    add_world(context, 24)
    packed = client.get("/showcase", headers={"accept-encoding": "gzip, br"})
    plain = client.get("/showcase", headers={"accept-encoding": "br;q=0"})
    assert packed.headers["content-encoding"] == "br"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.headers["etag"] == plain.headers["etag"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 5
