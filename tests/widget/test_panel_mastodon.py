"""Mastodon has many servers: the panel asks for the visitor's own, and believes host names only."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPage
from tests.support.share_page import SharePage, open_panel, share_page, stay_inside, target  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(browser, prepare=stay_inside)
    yield keeper
    keeper.close()


@pytest.fixture
def panel(page: Page, share_page: SharePage) -> Locator:  # noqa: F811
    panel = open_panel(page, share_page.address)
    target(panel, "mastodon").click()
    return panel


def test_server_is_asked_for_and_opened_with_title_and_link(
    page: Page,
    panel: Locator,
    share_page: SharePage,  # noqa: F811
) -> None:
    field = panel.get_by_label("Your Mastodon server")
    assert field.evaluate("field => field.getRootNode().activeElement === field")
    assert share_page.told("share") == []  # asking is no share
    field.fill("fosstodon.org")
    with page.expect_popup() as popup:
        panel.get_by_role("link", name="Share").click()
    popup.value.wait_for_load_state()
    (event,) = share_page.told("share", 1)
    assert event["n"] == "mastodon"
    assert popup.value.url.startswith("https://fosstodon.org/share?text=")
    text = dict(parse_qsl(urlsplit(popup.value.url).query))["text"]
    assert text == f"A page\r\n{share_page.address}?via={event['i']}"


def test_enter_in_the_field_shares(page: Page, panel: Locator, share_page: SharePage) -> None:  # noqa: F811
    panel.get_by_label("Your Mastodon server").fill("mastodon.social")
    with page.expect_popup() as popup:
        page.keyboard.press("Enter")
    popup.value.wait_for_load_state()
    assert popup.value.url.startswith("https://mastodon.social/share?text=")
    assert len(share_page.told("share", 1)) == 1


def test_only_the_host_name_of_what_is_typed_is_used(panel: Locator) -> None:
    for typed, server in (
        ("  Mastodon.Social ", "mastodon.social"),
        ("https://fosstodon.org/@ada", "fosstodon.org"),
        ("@ada@hachyderm.io", "hachyderm.io"),
        ("ada@hachyderm.io", "hachyderm.io"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("social.xn--p1ai", "social.xn--p1ai"),
        ("a.example/../?x#y", "a.example"),
    ):
        panel.get_by_label("Your Mastodon server").fill(typed)
        href = panel.get_by_role("link", name="Share").get_attribute("href") or ""
        assert urlsplit(href)[:3] == ("https", server, "/share"), typed


NO_SERVERS = (
    "localhost", "127.0.0.1", "[::1]", "0x7f000001", "a.example:8443", "javascript:alert(1)",
    "a b.example", "-a.example", "a..example", f"{'a' * 64}.example", "",
)  # fmt: skip


def test_what_is_no_server_is_not_gone_to(
    page: Page,
    panel: Locator,
    share_page: SharePage,  # noqa: F811
) -> None:
    field = panel.get_by_label("Your Mastodon server")
    link = panel.get_by_role("link", name="Share")
    for typed in NO_SERVERS:
        field.fill("a.example")  # which takes the complaint away
        assert field.get_attribute("aria-invalid") != "true", typed
        field.fill(typed)
        assert link.get_attribute("href") is None, typed
        link.press("Enter")
        assert panel.get_by_role("status").inner_text() == (
            "Enter a server name, such as mastodon.social"
        )
        assert field.get_attribute("aria-invalid") == "true", typed
        assert field.evaluate("field => field.getRootNode().activeElement === field")
    assert share_page.told("share") == []
    assert len(page.context.pages) == 1


def test_server_is_forgotten_with_the_panel(page: Page, panel: Locator) -> None:
    panel.get_by_label("Your Mastodon server").fill("fosstodon.org")
    page.keyboard.press("Escape")
    again = open_panel(page)
    target(again, "mastodon").click()
    assert again.get_by_label("Your Mastodon server").input_value() == ""
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0, 0, "",
    ]  # fmt: skip


def test_back_returns_to_the_targets_and_to_the_one_that_was_pressed(panel: Locator) -> None:
    panel.get_by_role("button", name="Back").click()
    chosen = target(panel, "mastodon")
    assert chosen.evaluate("chosen => chosen.getRootNode().activeElement === chosen")
    assert panel.get_by_role("button", name="Back").count() == 0
