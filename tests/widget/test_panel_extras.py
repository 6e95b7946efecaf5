"""The panel's smaller parts: the heart, the counts, the line about 4site, the system's sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPage
from tests.support.share_page import (
    SITE_KEY,
    SharePage,
    open_panel,
    share_page,  # noqa: F401
    stay_inside,
    target,
)

pytestmark = pytest.mark.browser

NATIVE = """
  shared = []; answer = () => Promise.resolve();
  navigator.canShare = ({url}) => !!url;
  navigator.share = (what) => { shared.push(what); return answer() };
"""


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(browser, prepare=stay_inside)
    yield keeper
    keeper.close()


@pytest.fixture
def phone(browser: Browser, share_page: SharePage) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    stay_inside(context)
    page = context.new_page()
    page.add_init_script(NATIVE)
    yield page
    context.close()


def test_like_is_sent_once_and_stays_shown(page: Page, share_page: SharePage) -> None:  # noqa: F811
    panel = open_panel(page, share_page.address)
    panel.get_by_role("button", name="Like", exact=True, pressed=False).click()
    panel.get_by_role("button", name="Liked", pressed=True).click()
    page.keyboard.press("Escape")
    open_panel(page).get_by_role("button", name="Liked", pressed=True).click()
    assert len(share_page.told("like", 1)) == 1


@pytest.mark.parametrize("wish", ["globalPrivacyControl: true", "doNotTrack: '1'"])
def test_visitor_who_is_not_counted_is_not_asked_to_like(
    page: Page,
    share_page: SharePage,  # noqa: F811
    wish: str,
) -> None:
    name, value = wish.split(": ")
    page.add_init_script(f"Object.defineProperty(navigator, '{name}', {{ value: {value} }})")
    panel = open_panel(page, share_page.address)
    assert panel.get_by_role("button", name="Like").count() == 0
    assert panel.get_by_role("link", name="Made with 4site").is_visible()


def test_another_page_of_an_app_can_be_liked_too(page: Page, share_page: SharePage) -> None:  # noqa: F811
    open_panel(page, share_page.address).get_by_role("button", name="Like", exact=True).click()
    page.keyboard.press("Escape")
    page.evaluate("history.pushState(null, '', '/page?two')")
    open_panel(page).get_by_role("button", name="Like", exact=True).click()
    assert [event["u"] for event in share_page.told("like", 2)] == [
        share_page.address, f"{share_page.address}?two",
    ]  # fmt: skip


def test_counts_are_shown_where_the_page_asks_for_them(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.counts = {"shares": 1284, "likes": 37}
    assert open_panel(page, share_page.address).get_by_text("Shares").count() == 0
    share_page.attributes = "data-counts"
    with page.expect_response("**/counts/**"):
        page.goto(share_page.address)
    page.get_by_text("1,284").wait_for()
    panel = open_panel(page)
    assert panel.get_by_text("Shares: 1.3K").is_visible()
    panel.get_by_role("button", name="Like 37").click()
    panel.get_by_role("button", name="Liked 38").wait_for()


@pytest.mark.parametrize(
    ("attributes", "code"), [("", SITE_KEY), ('data-powered-by="Ada7"', "Ada7")]
)
def test_powered_by_leads_to_the_service_with_the_owners_code(
    page: Page,
    share_page: SharePage,  # noqa: F811
    attributes: str,
    code: str,
) -> None:
    share_page.attributes = attributes
    panel = open_panel(page, share_page.address)
    link = panel.get_by_role("link", name="Made with 4site")
    assert link.get_attribute("href") == f"{share_page.origin}/r/{code}"
    assert link.get_attribute("rel") == "nofollow noopener sponsored"
    with page.expect_popup():
        link.click()
    assert len(share_page.told("powered", 1)) == 1


def test_powered_by_can_be_turned_off(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.attributes = 'data-powered-by="off"'
    assert open_panel(page, share_page.address).get_by_text("4site").count() == 0


def test_code_cannot_lead_elsewhere(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.attributes = 'data-powered-by="../../x?y=//evil.example"'
    link = open_panel(page, share_page.address).get_by_role("link", name="Made with 4site")
    assert link.get_attribute("href") == (
        f"{share_page.origin}/r/..%2F..%2Fx%3Fy%3D%2F%2Fevil.example"
    )


def test_phone_offers_the_systems_own_sheet_first(
    phone: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    panel = open_panel(phone, share_page.address)
    button = panel.get_by_role("button", name="Share with an app")
    assert button.evaluate("button => button.getRootNode().activeElement === button")
    button.click()
    phone.wait_for_function("!document.querySelector('foursite-share').shadowRoot.children[2]")
    (event,) = share_page.told("share", 1)
    assert event["n"] == "native"
    assert phone.evaluate("shared") == [
        {"title": "A page", "url": f"{share_page.address}?via={event['i']}"}
    ]


def test_visitor_who_leaves_the_systems_sheet_is_back_in_the_panel(
    phone: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    phone.goto(share_page.address)
    phone.evaluate("answer = () => Promise.reject(new DOMException('', 'AbortError')); 0")
    panel = open_panel(phone)
    panel.get_by_role("button", name="Share with an app").click()
    phone.wait_for_function("shared.length === 1")
    assert panel.is_visible()


def test_desk_offers_the_systems_sheet_only_when_asked(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    page.add_init_script(NATIVE)
    panel = open_panel(page, share_page.address)
    assert target(panel, "native").count() == 0
    share_page.attributes = 'data-platforms="native,x"'
    assert target(open_panel(page, share_page.address), "native").is_visible()


def test_browser_without_such_a_sheet_offers_none(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.attributes = 'data-platforms="native,x"'
    assert target(open_panel(page, share_page.address), "native").count() == 0


def test_site_without_a_service_has_no_heart_and_no_link(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.is_without_service = True
    panel = open_panel(page, share_page.address)
    assert panel.get_by_role("button", name="Like").count() == 0
    assert panel.get_by_text("Made with 4site").is_visible()
    assert panel.get_by_role("link", name="Made with 4site").count() == 0
    with page.expect_popup() as popup:
        target(panel, "linkedin").click()
    popup.value.wait_for_load_state()
    assert "via" not in popup.value.url
    assert share_page.events == []
