"""What pages say about sharing: plain links, the widget's script tag, and the service."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

import cli

SERVICE = ("--service", "https://share.example/", "--site-key", "Xk3vT9bQ2m")
ADDRESS = ("--base-url", "https://example.org/lamp/")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a small tool with one page of docs."""
    folder = tmp_path / "lamp"
    (folder / "docs").mkdir(parents=True)
    (folder / "README.md").write_text("# Lamp\n\nA light for dark rooms.\n")
    (folder / "docs" / "start.md").write_text("# Start & stop\n\nBegin.\n")
    return folder


def _build(source: Path, *flags: str, configuration: str = "") -> Path:
    site = source.parent / "site"
    (source / "4site.toml").write_text(configuration)
    assert cli.main(["build", str(source), "-o", str(site), "-q", "--no-cache", *flags]) == 0
    return site


def _page(site: Path, path: str = "index.html") -> LexborHTMLParser:
    return LexborHTMLParser((site / path).read_text(encoding="utf-8"))


def _policy(page: LexborHTMLParser) -> dict[str, list[str]]:
    meta = page.css_first("meta[http-equiv='Content-Security-Policy']")
    assert meta is not None
    rules = (rule.split() for rule in (meta.attributes["content"] or "").split(";"))
    return {name: values for name, *values in rules}


def _widget(page: LexborHTMLParser) -> dict[str, str | None]:
    (script,) = page.css("script[src*='/widget.']")
    return script.attributes


def test_links_share_the_pages_own_address_and_title(source: Path) -> None:
    site = _build(source, *ADDRESS)
    links = [
        node.attributes["href"] or ""
        for node in _page(site, "docs/start/index.html").css("foursite-share a")
    ]
    asked = parse_qs(urlsplit(links[0]).query)
    assert links[0].startswith("https://x.com/")
    assert asked == {
        "url": ["https://example.org/lamp/docs/start/"],
        "text": ["Start & stop · Lamp"],
    }
    assert links[-1] == (
        "mailto:?subject=Start%20%26%20stop%20%C2%B7%20Lamp"
        "&body=https%3A%2F%2Fexample.org%2Flamp%2Fdocs%2Fstart%2F"
    )


def test_page_that_is_no_page_for_readers_shares_the_site(source: Path) -> None:
    (link, *_) = _page(_build(source, *ADDRESS), "404.html").css("foursite-share a")
    asked = parse_qs(urlsplit(link.attributes["href"] or "").query)
    assert asked == {"url": ["https://example.org/lamp/"], "text": ["Lamp"]}


def test_without_any_address_only_the_script_can_share(source: Path) -> None:
    page = _page(_build(source))
    assert page.css("foursite-share")
    assert not page.css("foursite-share a")
    assert page.css("section.share.needs-script")


def test_platforms_without_an_address_are_left_to_the_script(source: Path) -> None:
    configuration = (
        '[share]\nplatforms = ["twitter", "discord", "copy_link", "native", "telegram"]\n'
    )
    page = _page(_build(source, *ADDRESS, configuration=configuration))
    assert [node.text() for node in page.css("foursite-share a")] == ["X", "Telegram"]
    assert _widget(page)["data-platforms"] == "x,discord,copy_link,native,telegram"


def test_site_without_a_service_names_none(source: Path) -> None:
    site = _build(source, *ADDRESS)
    for path in site.rglob("*.html"):
        page = _page(site, str(path.relative_to(site)))
        assert _policy(page)["connect-src"] == ["'self'"]
        assert set(_widget(page)) == {"defer", "src", "data-panel"}
    assert not (site / "foursite-site.txt").exists()
    assert _page(site).css("p.foot-made a") == []


def test_service_may_be_asked_and_nothing_else_is_widened(source: Path) -> None:
    without = _policy(_page(_build(source, *ADDRESS)))
    site = _build(source, *ADDRESS, *SERVICE)
    for path in site.rglob("*.html"):
        policy = _policy(_page(site, str(path.relative_to(site))))
        assert policy == without | {"connect-src": ["'self'", "https://share.example"]}


def test_script_tag_carries_key_service_and_referral(source: Path) -> None:
    configuration = '[service]\nreferral = "ada"\n[share]\ncounts = true\n'
    script = _widget(_page(_build(source, *ADDRESS, *SERVICE, configuration=configuration)))
    assert script["data-site"] == "Xk3vT9bQ2m"
    assert script["data-service"] == "https://share.example"
    assert script["data-powered-by"] == "ada"
    assert "data-counts" in script
    assert "defer" in script
    # An integrity attribute would block the page when it is opened from disk.
    assert "integrity" not in script


def test_powered_by_line_leads_to_the_owners_code_or_else_the_key(source: Path) -> None:
    (link,) = _page(_build(source, *ADDRESS, *SERVICE)).css("p.foot-made a")
    assert link.attributes["href"] == "https://share.example/r/Xk3vT9bQ2m"
    assert link.attributes["rel"] == "nofollow noopener sponsored"
    configuration = '[service]\nreferral = "ada"\n'
    (link,) = _page(_build(source, *SERVICE, configuration=configuration)).css("p.foot-made a")
    assert link.attributes["href"] == "https://share.example/r/ada"


def test_powered_by_can_be_turned_off_in_both_places(source: Path) -> None:
    configuration = '[service]\nreferral = "ada"\n[share]\npowered_by = false\n'
    page = _page(_build(source, *SERVICE, configuration=configuration))
    assert page.css("p.foot-made") == []
    assert _widget(page)["data-powered-by"] == "off"


def test_home_page_and_a_file_prove_that_the_site_knows_its_key(source: Path) -> None:
    site = _build(source, *SERVICE)
    (meta,) = _page(site).css("meta[name='foursite-site']")
    assert meta.attributes["content"] == "Xk3vT9bQ2m"
    assert (site / "foursite-site.txt").read_text() == "Xk3vT9bQ2m\n"
    assert not _page(site, "docs/start/index.html").css("meta[name='foursite-site']")


def test_floating_button_leaves_plain_links_in_the_footer(source: Path) -> None:
    page = _page(_build(source, *ADDRESS, configuration='[share]\nposition = "bottom-left"\n'))
    assert page.css("foursite-share") == []
    assert len(page.css("section.share a")) == 8
    assert _widget(page)["data-position"] == "bottom-left"


def test_sharing_turned_off_leaves_no_widget_and_asks_no_service(source: Path) -> None:
    site = _build(source, *ADDRESS, *SERVICE, configuration="[share]\nenabled = false\n")
    page = _page(site)
    assert page.css("foursite-share, section.share, script[src*='widget']") == []
    assert _policy(page)["connect-src"] == ["'self'"]
    assert not list(site.glob("assets/widget*")) + list(site.glob("assets/panel*"))


def test_widget_is_the_built_one_under_its_hash_and_the_panel_lies_where_pages_say(
    source: Path,
) -> None:
    site = _build(source, *ADDRESS)
    dist = Path(__file__).parents[3] / "widget" / "dist"
    script = _widget(_page(site, "docs/start/index.html"))
    core = site / "docs/start" / (script["src"] or "")
    panel = site / "docs/start" / (script["data-panel"] or "")
    assert re.fullmatch(r"widget\.[0-9a-f]{8}\.js", core.name)
    assert core.read_bytes() == (dist / "widget.js").read_bytes()
    assert panel.read_bytes() == (dist / "panel.js").read_bytes()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", []), ("de", ["words.de.js"]), ("pt-BR", ["words.pt.js"]), ("tlh", []), ("../../x", [])],
)
def test_panel_brings_the_words_of_the_sites_language_and_no_other(
    source: Path, language: str, words: list[str]
) -> None:
    site = _build(source, *ADDRESS, configuration=f'[site]\nlanguage = "{language}"\n')
    assert [path.name for path in sorted(site.glob("assets/panel.*/words.*"))] == words
