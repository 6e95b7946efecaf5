"""The panel's QR code: read from the screen, as a phone's camera would."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPages
from tests.support.share_page import SharePage, open_panel, share_page  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[KeptPages]:  # noqa: F811
    keepers = KeptPages(browser)
    yield keepers
    keepers.close()


@pytest.fixture(params=["light", "dark", "phone", "forced-colors"])
def page(request: pytest.FixtureRequest, pages: KeptPages) -> Iterator[Page]:
    with pages.lend(
        viewport={"width": 390 if request.param == "phone" else 1024, "height": 800},
        color_scheme="dark" if request.param == "dark" else "light",
        forced_colors="active" if request.param == "forced-colors" else "none",
        reduced_motion="reduce",
    ) as page:
        yield page


def read_screen(page: Page) -> list[str]:
    picture = Image.open(io.BytesIO(page.screenshot()))
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=formats)]


@pytest.mark.parametrize("query", ["", "?q=" + "long-query-" * 18])
def test_screen_shows_a_code_of_the_shares_own_link(
    page: Page,
    share_page: SharePage,  # noqa: F811
    query: str,
) -> None:
    share_page.head = '<meta name="color-scheme" content="light dark">'
    panel = open_panel(page, share_page.address + query)
    panel.get_by_role("button", name="QR code").click()
    panel.get_by_role("img", name="QR code").wait_for()
    (event,) = share_page.told("share", 1)
    shared = f"{share_page.address}{query}{'&' if query else '?'}via={event['i']}"
    assert read_screen(page) == [shared]
    assert panel.get_by_text(shared).is_visible()  # for who cannot scan
    assert event["n"] == "copy_link"


def test_coming_back_to_the_code_is_not_another_share(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    panel = open_panel(page, share_page.address)
    for _ in range(2):
        panel.get_by_role("button", name="QR code").click()
        panel.get_by_role("button", name="Back").click()
    assert len(share_page.told("share", 1)) == 1


def test_address_too_long_for_a_code_offers_none(page: Page, share_page: SharePage) -> None:  # noqa: F811
    panel = open_panel(page, f"{share_page.address}?q={'x' * 900}")
    assert panel.get_by_role("button", name="QR code").count() == 0
    assert panel.get_by_role("button", name="Copy link").is_visible()
