"""The link is copied wherever a browser allows it, and can be copied by hand where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPage
from tests.support.share_page import (
    WIDGET,
    SharePage,
    open_panel,
    share_page,  # noqa: F401
    target,
)

pytestmark = pytest.mark.browser

REFUSE_CLIPBOARD = "navigator.clipboard.writeText = () => Promise.reject(new Error('no'))"
REFUSE_COMMAND = "document.execCommand = () => false"
PASTE = "navigator.clipboard.readText()"
IS_SELECTED = """() => {
  const field = document.querySelector('foursite-share').shadowRoot.activeElement;
  return field.value.slice(field.selectionStart, field.selectionEnd);
}"""


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(browser, permissions=["clipboard-read", "clipboard-write"])
    yield keeper
    keeper.close()


def test_link_is_copied_and_said_to_be(page: Page, share_page: SharePage) -> None:  # noqa: F811
    panel = open_panel(page, share_page.address)
    assert panel.get_by_label("Link to this page").input_value() == share_page.address
    button = target(panel, "copy_link")
    width = button.evaluate("button => button.offsetWidth")
    button.click()
    panel.get_by_role("button", name="Copied").wait_for()
    assert panel.get_by_role("status").inner_text() == "Copied"
    assert button.evaluate("button => button.offsetWidth") == width
    (event,) = share_page.told("share", 1)
    assert event["n"] == "copy_link"
    assert page.evaluate(PASTE) == f"{share_page.address}?via={event['i']}"
    panel.get_by_role("button", name="Copy link").wait_for()  # it says so for two seconds


def test_field_shows_the_link_that_was_copied(page: Page, share_page: SharePage) -> None:  # noqa: F811
    panel = open_panel(page, share_page.address)
    target(panel, "copy_link").click()
    panel.get_by_role("button", name="Copied").wait_for()
    assert panel.get_by_label("Link to this page").input_value() == page.evaluate(PASTE)


def test_older_way_of_copying_is_tried_when_the_clipboard_refuses(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    page.goto(share_page.address)
    page.evaluate(f"{REFUSE_CLIPBOARD}; 0")
    panel = open_panel(page)
    target(panel, "copy_link").click()
    panel.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate(PASTE) == f"{share_page.address}?via={share_page.told('share', 1)[0]['i']}"


@pytest.mark.parametrize("platform", ["copy_link", "slack"])
def test_link_is_selected_when_nothing_may_copy(
    page: Page,
    share_page: SharePage,  # noqa: F811
    platform: str,
) -> None:
    share_page.attributes = 'data-platforms="slack"'
    page.goto(share_page.address)
    page.evaluate(f"{REFUSE_CLIPBOARD}; {REFUSE_COMMAND}; 0")
    panel = open_panel(page)
    target(panel, platform).click()
    panel.get_by_text("The browser did not allow copying. The link is selected.").wait_for()
    assert panel.get_by_role("button", name="Copied").count() == 0
    shared = f"{share_page.address}?via={share_page.told('share', 1)[0]['i']}"
    assert page.evaluate(IS_SELECTED) == shared


def test_page_without_permission_copies_all_the_same(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.headers["Permissions-Policy"] = "clipboard-write=()"
    page.goto(share_page.address)
    refused = page.evaluate("navigator.clipboard.writeText('x').then(() => false, () => true)")
    assert refused
    target(open_panel(page), "copy_link").click()
    page.get_by_role("button", name="Copied").wait_for()


def test_page_from_disk_shares_its_bare_address(page: Page, tmp_path: Path) -> None:
    script = (WIDGET / "dist" / "widget.js").as_uri()
    file = tmp_path / "page.html"
    file.write_text(
        "<!doctype html><title>From disk</title>"
        '<link rel="canonical" href="https://lantern.example/start/">'
        f'<p>Text</p><script defer src="{script}" data-lang="de"></script>',
        encoding="utf-8",
    )
    page.goto(file.as_uri())
    page.get_by_role("button", name="Teilen").click()
    panel = page.get_by_role("dialog", name="Diese Seite teilen")
    panel.get_by_role("button", name="Link kopieren").click()
    panel.get_by_role("button", name="Kopiert").wait_for()
    field = panel.get_by_label("Link zu dieser Seite")
    assert field.input_value() == "https://lantern.example/start/"
