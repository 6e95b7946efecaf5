"""The strip for other sites' pages, and oEmbed that finds it."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from backend.actions.context import Context
from tests.support.listed_sites import add_listed_site, add_world


def ask(client: TestClient, url: str, **more: str) -> dict[str, object]:
    answer = client.get("/oembed", params={"url": url, **more})
    assert answer.status_code == 200, answer.text
    described: dict[str, object] = answer.json()
    return described


def test_the_strip_may_be_framed_and_neither_runs_nor_remembers_anything(
    client: TestClient, context: Context
) -> None:
    add_world(context, 6)
    answer = client.get("/showcase/strip?limit=3&theme=dark")
    page = HTMLParser(answer.text)
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert not page.css("script, form, iframe")
    assert len(page.css(".strip-card")) == 3
    assert page.css_first("html").attributes["data-theme"] == "dark"
    assert page.css_first("base").attributes["target"] == "_blank"


def test_other_pages_may_not_be_framed(client: TestClient, context: Context) -> None:
    _, key = add_listed_site(context)
    for path in ("/", "/showcase", f"/showcase/{key}"):
        policy = client.get(path).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_the_strip_follows_filters_and_forgets_odd_themes(
    client: TestClient, context: Context
) -> None:
    add_listed_site(context, "Parsec", kind="library")
    _, key = add_listed_site(context, "Kettle", kind="tool")
    page = HTMLParser(client.get("/showcase/strip?kind=tool&theme=%22onload").text)
    assert [node.text() for node in page.css(".strip-title")] == ["Kettle"]
    assert "data-theme" not in page.css_first("html").attributes
    single = HTMLParser(client.get(f"/showcase/strip?key={key}").text)
    assert [node.text() for node in single.css(".strip-title")] == ["Kettle"]
    empty = HTMLParser(client.get("/showcase/strip?kind=profile").text)
    assert "No site matches" in empty.body.text()


def test_the_showcase_page_shows_the_line_to_copy(client: TestClient, context: Context) -> None:
    add_listed_site(context, "Kettle", language="C++")
    page = HTMLParser(client.get("/showcase?kind=tool&language=C%2B%2B").text)
    line = page.css_first(".embed code").text()
    assert "\n" not in line
    assert "strip?kind=tool&amp;language=C%2B%2B" in line
    frame = HTMLParser(line).css_first("iframe")
    source = urlsplit(frame.attributes["src"] or "")
    assert client.get(f"{source.path}?{source.query}").status_code == 200
    assert dict(parse_qsl(source.query)) == {"kind": "tool", "language": "C++"}


def test_discovery_leads_from_a_page_to_its_frame(client: TestClient, context: Context) -> None:
    _, key = add_listed_site(context, "A <b>title</b>")
    for path in ("/showcase?kind=tool", f"/showcase/{key}"):
        page = HTMLParser(client.get(path).text)
        link = page.css_first('link[type="application/json+oembed"]').attributes["href"] or ""
        described = client.get(link.removeprefix(context.settings.base_url)).json()
        assert described["version"] == "1.0"
        assert described["type"] == "rich"
        frame = HTMLParser(described["html"]).css_first("iframe")
        source = (frame.attributes["src"] or "").removeprefix(context.settings.base_url)
        assert len(HTMLParser(client.get(source).text).css(".strip-card")) == 1
        assert frame.attributes["width"] == str(described["width"])
    assert described["title"] == "A <b>title</b>"
    assert "<b>" not in described["html"]


def test_sizes_are_never_larger_than_asked(client: TestClient, context: Context) -> None:
    url = f"{context.settings.base_url}/showcase"
    assert (ask(client, url)["width"], ask(client, url)["height"]) == (960, 300)
    small = ask(client, url, maxwidth="400", maxheight="200")
    assert (small["width"], small["height"]) == (400, 200)
    assert 'width="400" height="200"' in str(small["html"])
    assert ask(client, url, maxwidth="4000")["width"] == 960


def test_xml_says_the_same(client: TestClient, context: Context) -> None:
    url = f"{context.settings.base_url}/showcase"
    answer = client.get("/oembed", params={"url": url, "format": "xml"})
    assert answer.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.content)  # noqa: S314  our own answer
    assert root.tag == "oembed"
    assert {node.tag: node.text for node in root} == {
        name: str(value) for name, value in ask(client, url).items()
    }


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 400),
        ({"url": "https://elsewhere.example/showcase"}, 404),
        ({"url": "http://127.0.0.1:8000@elsewhere.example/showcase"}, 404),
        ({"url": "http://127.0.0.1:8000/dashboard"}, 404),
        ({"url": "http://127.0.0.1:8000/showcase/unknown"}, 404),
        ({"url": "http://[/showcase"}, 400),
        ({"url": "http://127.0.0.1:8000/showcase", "maxwidth": "wide"}, 400),
        ({"url": "http://127.0.0.1:8000/showcase", "maxwidth": "0"}, 400),
        ({"url": "http://127.0.0.1:8000/showcase", "format": "yaml"}, 501),
    ],
)
def test_only_our_own_pages_are_described(
    client: TestClient, params: dict[str, str], status: int
) -> None:
    assert client.get("/oembed", params=params).status_code == status


def test_a_frames_address_cannot_break_out_of_its_attribute(
    client: TestClient, context: Context
) -> None:
    page = quote(f'{context.settings.base_url}/showcase?kind="><script>alert(1)</script>')
    described = client.get(f"/oembed?url={page}").json()
    assert "<script>" not in described["html"]
    assert len(HTMLParser(described["html"]).css("iframe")) == 1
