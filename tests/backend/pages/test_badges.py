"""Badges for READMEs, their JSON for shields, and the counter for frames."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlmodel import update
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.clock import FixedClock
from backend.domain.badges import COLORS, read_color, read_label
from backend.domain.instants import DAY
from backend.errors import Invalid
from backend.store.tables.base import TENANT
from backend.store.tables.sites import ScoreRow
from generator.render.badges import draw_badge, measure, text_on
from tests.support.listed_sites import add_listed_site
from tests.support.service import add_account, add_site

KINDS = ("score", "shares", "featured", "views")


def add_shown(context: Context, *, status: str = "active", wish: str = "unsaid") -> str:
    """Store a site with figures and return its key."""
    account = add_account(context)
    site, key = add_site(
        context, account, status=status, wish=wish, url=f"https://{account[-8:]}.example/"
    )
    with context.database.transaction() as session:
        session.connection().execute(
            update(ScoreRow)
            .where(ScoreRow.tenant == TENANT, ScoreRow.site == site)
            .values(
                score=123_456,
                shares=7,
                views=12_345,
                featured_until=context.clock.now() + DAY,
            )
        )
    return key


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("score", "4site score: 1,234.56"),
        ("shares", "shares: 7"),
        ("views", "views: 12,345"),
        ("featured", "4site: featured"),
    ],
)
def test_a_badge_says_its_words_to_everybody(
    client: TestClient, context: Context, kind: str, words: str
) -> None:
    answer = client.get(f"/badge/{add_shown(context)}/{kind}.svg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    root = ElementTree.fromstring(answer.text)  # noqa: S314  our own
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", words)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == words
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_featured_ends_by_the_clock(client: TestClient, context: Context) -> None:
    key = add_shown(context)
    assert client.get(f"/badge/{key}/featured.json").json()["message"] == "featured"
    assert isinstance(context.clock, FixedClock)
    context.clock.move(DAY)
    said = client.get(f"/badge/{key}/featured.json").json()
    assert (said["message"], said["color"]) == ("not featured now", "lightgrey")


def test_caches_keep_a_badge_five_minutes_and_ask_again_by_its_etag(
    client: TestClient, context: Context
) -> None:
    address = f"/badge/{add_shown(context)}/shares.svg"
    first = client.get(address)
    assert first.headers["cache-control"] == "public, max-age=300"
    again = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{address}?label=Shared", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_the_json_is_what_shields_reads(client: TestClient, context: Context) -> None:
    answer = client.get(f"/badge/{add_shown(context)}/score.json")
    assert answer.json() == {
        "schemaVersion": 1,
        "label": "4site score",
        "message": "1,234.56",
        "color": "blue",
    }
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_and_hidden_sites_have_a_badge_that_says_so(
    client: TestClient, context: Context, kind: str
) -> None:
    hidden = [
        add_shown(context, status="suspended"),
        add_shown(context, status="draft"),
        add_shown(context, wish="out"),
        "nothing0000",
        "no%20key",
    ]
    answers = [client.get(f"/badge/{key}/{kind}.svg") for key in hidden]
    assert {answer.status_code for answer in answers} == {404}
    assert {re.sub(r"\s", "", answer.text) for answer in answers} == {
        re.sub(r"\s", "", answers[0].text)
    }
    assert "not found" in answers[0].text
    twin = client.get(f"/badge/{hidden[0]}/{kind}.json")
    assert (twin.status_code, twin.json()["isError"]) == (404, True)


def test_an_unknown_kind_is_not_found(client: TestClient, context: Context) -> None:
    assert client.get(f"/badge/{add_shown(context)}/money.svg").status_code == 404


def test_label_and_colour_can_be_chosen(client: TestClient, context: Context) -> None:
    key = add_shown(context)
    chosen = client.get(f"/badge/{key}/shares.svg", params={"label": "Gäste & <b>", "color": "0af"})
    assert "Gäste &amp; &lt;b&gt;: 7" in chosen.text
    assert 'fill="#00aaff"' in chosen.text
    named = client.get(f"/badge/{key}/shares.json?color=brightgreen").json()
    assert named["color"] == "brightgreen"


@pytest.mark.parametrize(
    "query",
    [
        {"label": "x" * 41},
        {"label": "a\u202eb"},
        {"label": "a\x00b"},
        {"color": "nice"},
        {"color": "12345"},
        {"color": 'red" onload="alert(1)'},
    ],
)
def test_what_cannot_be_drawn_is_refused_as_a_badge(
    client: TestClient, context: Context, query: dict[str, str]
) -> None:
    answer = client.get(f"/badge/{add_shown(context)}/shares.svg", params=query)
    assert answer.status_code == 400
    assert f"no such {next(iter(query))}" in answer.text
    assert "onload" not in answer.text


def test_40_characters_are_the_longest_label() -> None:
    assert read_label(" " + "x" * 40) == "x" * 40
    with pytest.raises(Invalid):
        read_label("x" * 41)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_label_is_drawn_well_formed_or_refused(text: str, color: str) -> None:
    try:
        label, fill = read_label(text), read_color(color)
    except Invalid:
        label, fill = "x", "#2f5bd8"
    root = ElementTree.fromstring(draw_badge(label, "7", COLORS.get(fill, fill)))  # noqa: S314  ours
    assert int(root.attrib["width"]) < 1_000


@pytest.mark.parametrize(
    ("fill", "letters"),
    [
        ("#ffffff", "#1b1f27"),
        ("#ffd400", "#1b1f27"),
        ("#000000", "#ffffff"),
        ("#2f5bd8", "#ffffff"),
    ],
)
def test_letters_stand_out_from_their_ground(fill: str, letters: str) -> None:
    assert text_on(fill) == letters


def test_texts_have_the_room_that_their_letters_need() -> None:
    assert measure("iiii") < measure("mmmm")
    root = ElementTree.fromstring(draw_badge("shares", "7", "#2f5bd8"))  # noqa: S314  ours
    assert int(root.attrib["width"]) == measure("shares") + measure("7") + 28


def test_a_counter_may_be_framed_and_remembers_nothing(
    client: TestClient, context: Context
) -> None:
    key = add_shown(context)
    answer = client.get(f"/embed/{key}/counter?kind=views&theme=dark&label=readers")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in answer.headers
    page = HTMLParser(answer.text)
    assert page.css_first("h1").text() == "12,345 readers"
    assert page.css_first("html").attributes["data-theme"] == "dark"
    place = page.css_first("[data-counter]").attributes["data-counter"] or ""
    assert client.get(place).json()["number"] == "12,345"
    assert 'http-equiv="refresh"' in answer.text


@pytest.mark.parametrize("query", ["", "?kind=featured", "?kind=money"])
def test_a_counter_of_nothing_says_so_in_the_frame(
    client: TestClient, context: Context, query: str
) -> None:
    key = add_shown(context) if query else "nothing0000"
    answer = client.get(f"/embed/{key}/counter{query}")
    assert answer.status_code == 404
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert HTMLParser(answer.text).css_first("h1").text() == "– no such counter"
    twin = client.get(f"/embed/{key}/counter{query}", headers={"accept": "application/json"})
    assert (twin.status_code, twin.json()["number"]) == (404, "–")


def test_the_page_of_a_site_shows_the_lines_to_paste(client: TestClient, context: Context) -> None:
    _site, key = add_listed_site(context)
    page = HTMLParser(client.get(f"/showcase/{key}").text)
    lines = "\n".join(node.text() for node in page.css(".badge-lines code"))
    base = context.settings.base_url
    for kind in KINDS:
        assert f"{base}/badge/{key}/{kind}.svg" in lines
    frame = HTMLParser(page.css(".badge-lines code")[-1].text()).css_first("iframe")
    source = (frame.attributes["src"] or "").removeprefix(base)
    assert client.get(source).status_code == 200
    for picture in page.css(".badges img"):
        assert client.get(picture.attributes["src"] or "").status_code == 200
