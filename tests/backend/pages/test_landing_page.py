"""The landing page over HTTP: what it says is what the rules say."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.domain.landing import terms_of_service
from backend.domain.plans import LIFETIME
from backend.web.pages.rendering import POLICY
from tests.support.listed_sites import add_listed_site, add_world


def rows(page: HTMLParser, section: str) -> dict[str, list[str]]:
    """Return the rows of a section's tables: the first cell, and the others."""
    found = page.css(f"section[aria-labelledby='{section}'] tbody tr")
    return {
        " ".join(row.css_first("th").text().split()): [cell.text() for cell in row.css("td")]
        for row in found
    }


@pytest.fixture
def page(client: TestClient) -> HTMLParser:
    return HTMLParser(client.get("/").text)


def test_it_says_in_one_block_how_to_begin(page: HTMLParser) -> None:
    assert len(page.css("h1")) == 1
    assert "4site build owner/name" in page.css_first(".hero .install").text()


def test_points_are_those_of_the_rules(page: HTMLParser) -> None:
    points = rows(page, "Service-score")
    quoted = {
        "Up to 7 days": "× 1.2",
        "Up to 30 days": "× 1.0",
        "Up to 90 days": "× 0.8",
        "Older": "× 0.6",
        "A share on Hacker News": "20.0",
        "A share on Reddit": "12.0",
        "A share on X": "7.5",
        "A share on email": "5.6",
        "A share on LinkedIn": "5.2",
        "A share on Facebook": "3.6",
        "A share anywhere else": "2.0",
        "A like": "2.0",
        "A conversion": "2.0",
        "A visit through a shared link": "1.0",
        "A page that was read": "0.5",
        "A page view": "0.1",
    }
    assert list(points.items()) == [(label, [value]) for label, value in quoted.items()]


def test_prices_and_limits_are_those_of_the_rules(page: HTMLParser) -> None:
    prices = [node.text() for node in page.css(".price-amount")]
    assert prices == ["$0", "$29", "$99", "$299"]
    table = rows(page, "Service-prices")
    assert table["Sites"] == ["3", "25", "100", "no limit"]
    assert table["Page views a month"] == ["10,000", "100,000", "1,000,000", "no limit"]
    assert table["API calls a day"] == ["1,000", "10,000", "100,000", "no limit"]
    assert table["Storage"] == ["100 MB", "1 GB", "10 GB", "100 GB"]
    assert table["Own domains"] == ["0", "3", "25", "no limit"]
    assert table["Score"] == ["× 1.0", "× 1.3", "× 1.5", "× 1.8"]
    assert table["One featuring lasts"] == ["7 days", "14 days", "21 days", "30 days"]
    assert [price.terms.featuring // 3_600_000_000 for price in terms_of_service().prices] == [
        168, 336, 504, 720,
    ]  # fmt: skip


def test_referral_rates_are_those_of_the_lifetime_plan(page: HTMLParser) -> None:
    assert rows(page, "Service-referrals") == {
        "0–12 new": ["20 %"],
        "13–48 established": ["25 %"],
        "from 49 legacy": ["40 %"],
    }
    # The steps follow each other without a gap.
    ends = [step.until_month for step in LIFETIME]
    assert [step.from_month for step in LIFETIME] == [0, 13, 49]
    assert ends == [12, 48, None]


def test_the_first_sites_of_the_showcase_are_shown(client: TestClient, context: Context) -> None:
    add_world(context, 10)
    found = HTMLParser(client.get("/").text)
    ahead = HTMLParser(client.get("/showcase").text)
    titles = [node.text(strip=True) for node in found.css(".card-title")]
    assert titles == [node.text(strip=True) for node in ahead.css(".card-title")][:6]


def test_without_sites_it_says_how_to_be_the_first(page: HTMLParser) -> None:
    assert "4site link" in page.css_first(".empty").text()
    assert not page.css(".card")


@pytest.mark.parametrize(
    ("address", "accept", "is_json"),
    [
        ("/", "application/json", True),
        ("/?format=json", "text/html", True),
        ("/", "text/html,application/json;q=0.5", False),
        ("/", "*/*", False),
        ("/?format=html", "application/json", False),
    ],
)
def test_programs_get_json_when_they_ask(
    client: TestClient, context: Context, address: str, accept: str, is_json: bool
) -> None:
    add_listed_site(context, "Lantern")
    answer = client.get(address, headers={"accept": accept})
    assert answer.headers["content-type"].startswith("application/json") is is_json
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    if is_json:
        assert [site["title"] for site in answer.json()["showcase"]] == ["Lantern"]
        assert answer.headers["access-control-allow-origin"] == "*"


def test_every_page_has_the_strict_policy_and_no_inline_code(
    client: TestClient, context: Context
) -> None:
    _, key = add_listed_site(context)
    for path in ("/", "/showcase", f"/showcase/{key}", "/nowhere"):
        answer = client.get(path, headers={"accept": "text/html"})
        assert answer.headers["content-security-policy"] == POLICY
        page = HTMLParser(answer.text)
        assert not [node for node in page.css("script") if "src" not in node.attributes]
        assert not page.css("style, [style]")


def test_public_pages_are_the_same_for_everybody(client: TestClient) -> None:
    for path in ("/", "/showcase"):
        plain = client.get(path)
        known = client.get(path, headers={"cookie": "session=somebody"})
        assert plain.text == known.text
        assert "set-cookie" not in plain.headers


def test_a_wrong_address_is_told_kindly(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"accept": "text/html"})
    page = HTMLParser(answer.text)
    assert answer.status_code == 404
    assert page.css_first("h1").text() == "There is nothing at this address."
    assert page.css_first('a[href="/showcase"]')
    assert answer.headers["cache-control"] == "no-store"
