"""The panel is a dialog: it opens where its button is, takes the focus, and gives it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPage
from tests.support.share_page import SharePage, open_panel, share_page, stay_inside, target  # noqa: F401

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1024, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
INLINE = "<h1>A page</h1><p><foursite-share></foursite-share></p><p><a href='#here'>A link</a></p>"
FOCUSED = """() => {
  const deep = (root) => root.activeElement?.shadowRoot?.activeElement ?? root.activeElement;
  const one = deep(document);
  return one.dataset.platform || one.getAttribute('aria-label') || one.innerText.trim();
}"""


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(browser, prepare=stay_inside, viewport=DESK)
    yield keeper
    keeper.close()


@pytest.fixture(scope="module")
def kept_phone(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(browser, prepare=stay_inside, viewport=PHONE, has_touch=True, is_mobile=True)
    yield keeper
    keeper.close()


@pytest.fixture
def page(kept: KeptPage, share_page: SharePage) -> Iterator[Page]:  # noqa: F811
    with kept.lend() as page:
        page.goto(share_page.address)
        yield page


@pytest.fixture
def phone(kept_phone: KeptPage, share_page: SharePage) -> Iterator[Page]:  # noqa: F811
    with kept_phone.lend() as phone:
        phone.goto(share_page.address)
        yield phone


def is_open(page: Page) -> bool:
    button = page.locator("foursite-share").get_by_role(
        "button", expanded=True, include_hidden=True
    )
    dialogs = page.locator("foursite-share dialog").count()
    assert button.count() == dialogs, "the button says something else than what is shown"
    return dialogs > 0


def test_dialog_has_a_name_and_opens_on_the_first_target(page: Page) -> None:
    open_panel(page)
    page.get_by_role("dialog", name="Share this page").wait_for()
    assert page.evaluate(FOCUSED) == "x"


def test_everything_works_by_keyboard_in_the_order_it_is_read(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    page.locator("foursite-share").get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    order = [page.evaluate(FOCUSED)]
    for _ in range(12):
        page.keyboard.press("Tab")
        order.append(page.evaluate(FOCUSED))
    assert order == [
        "x", "linkedin", "reddit", "hackernews", "mastodon", "bluesky", "facebook", "email",
        "Link to this page", "copy_link", "QR code", "Like", "Made with 4site",
    ]  # fmt: skip
    for _ in range(13):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == "Close"
    page.keyboard.press("Space")
    assert not is_open(page)
    assert page.evaluate(FOCUSED) == "Share"


def test_escape_closes_and_the_page_does_not_hear_it(page: Page) -> None:
    page.evaluate("heard = []; document.onkeydown = ({key}) => { heard.push(key) }; 0")
    open_panel(page)
    page.keyboard.press("Escape")
    assert not is_open(page)
    assert page.evaluate(FOCUSED) == "Share"
    assert page.evaluate("heard") == []
    page.keyboard.press("Escape")
    assert page.evaluate("heard") == ["Escape"]  # closed, it keeps nothing from the page


def test_click_outside_closes_and_a_click_inside_does_not(page: Page) -> None:
    panel = open_panel(page)
    panel.get_by_role("heading").click()
    assert is_open(page)
    page.mouse.click(20, 400)
    assert not is_open(page)


def test_button_closes_what_it_has_opened(page: Page) -> None:
    for _ in range(2):
        open_panel(page)
        page.get_by_role("button", name="Share", exact=True, expanded=True).click()
        assert not is_open(page)
    assert page.evaluate(FOCUSED) == "Share"


def test_focus_that_moves_on_to_the_page_is_followed_and_not_pulled_back(page: Page) -> None:
    open_panel(page)
    page.get_by_role("link", name="A link").focus()
    assert not is_open(page)
    assert page.evaluate(FOCUSED) == "A link"


def test_views_follow_each_other_and_the_focus_with_them(page: Page) -> None:
    panel = open_panel(page)
    panel.get_by_role("button", name="QR code").click()
    page.get_by_role("dialog", name="QR code").wait_for()
    assert page.evaluate(FOCUSED) == "Back"
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Share this page").wait_for()
    assert page.evaluate(FOCUSED) == "QR code"


def box(locator: Locator) -> FloatRect:
    # The panel glides in: a box is true when the animation has ended.
    locator.evaluate("async one => Promise.all(one.getAnimations().map(({finished}) => finished))")
    found = locator.bounding_box()
    assert found
    return found


@pytest.mark.parametrize("corner", ["bottom-right", "bottom-left"])
def test_floating_button_opens_upward_inside_the_window(
    page: Page,
    share_page: SharePage,  # noqa: F811
    corner: str,
) -> None:
    share_page.attributes = f'data-position="{corner}"'
    panel = box(open_panel(page, share_page.address))
    button = box(page.get_by_role("button", name="Share", exact=True, expanded=True))
    assert panel["y"] >= 0
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= DESK["width"]
    assert panel["y"] + panel["height"] <= button["y"]  # it never covers its button


def test_inline_button_opens_below_and_the_panel_stays_with_it(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.body = INLINE + "<p style='height: 3000px'></p>"
    panel = open_panel(page, share_page.address)
    button = page.get_by_role("button", name="Share", exact=True, expanded=True)
    assert box(panel)["y"] - box(button)["y"] - box(button)["height"] == pytest.approx(8, abs=1)
    page.mouse.wheel(0, 60)
    page.wait_for_function("scrollY === 60")
    assert box(panel)["y"] - box(button)["y"] - box(button)["height"] == pytest.approx(8, abs=1)
    page.set_viewport_size({"width": 600, "height": 500})
    shown = box(panel)
    assert shown["x"] + shown["width"] <= 600
    assert shown["y"] + shown["height"] <= 500


def test_inline_button_at_the_foot_opens_upward(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.body = "<p style='height: 3000px'></p>" + INLINE
    page.goto(share_page.address)
    page.evaluate("scrollTo(0, 9999)")
    panel = box(open_panel(page))
    button = box(page.get_by_role("button", name="Share", exact=True, expanded=True))
    assert panel["y"] + panel["height"] <= button["y"]


def test_phone_gets_a_sheet_at_the_bottom_that_keeps_the_focus(phone: Page) -> None:
    shown = box(open_panel(phone))
    assert (shown["x"], shown["width"]) == (0, PHONE["width"])
    assert shown["y"] + shown["height"] == PHONE["height"]
    dialog = phone.locator("foursite-share dialog")
    assert dialog.evaluate("dialog => dialog.matches(':modal')")
    visited = set()
    for _ in range(20):
        phone.keyboard.press("Tab")
        visited.add(phone.evaluate("document.activeElement.localName"))
    assert visited <= {"foursite-share", "body"}  # the browser's own bar comes between two rounds


def test_sheet_dims_the_page_and_the_panel_of_a_desk_does_not(phone: Page, page: Page) -> None:
    veil = "panel => getComputedStyle(panel, '::backdrop').backgroundColor"
    assert open_panel(phone).evaluate(veil) == "rgba(0, 0, 0, 0.4)"
    assert open_panel(page).evaluate(veil) == "rgba(0, 0, 0, 0)"


def test_tap_beside_the_sheet_closes_it_and_reaches_nothing_below(
    phone: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    phone.evaluate("heard = 0; document.querySelector('a').onclick = () => { heard++ }; 0")
    spot = phone.get_by_role("link", name="A link").bounding_box()
    assert spot
    open_panel(phone)
    phone.touchscreen.tap(spot["x"] + 5, spot["y"] + 5)
    phone.wait_for_function("!document.querySelector('foursite-share').shadowRoot.children[2]")
    assert not is_open(phone)
    assert phone.evaluate("heard") == 0


def test_frame_of_a_buttons_size_shows_the_panel_as_a_sheet(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    page.set_viewport_size({"width": 700, "height": 220})
    shown = box(open_panel(page))
    assert shown["y"] >= 0
    assert shown["y"] + shown["height"] == 220
    copy = target(page.locator("foursite-share"), "copy_link")
    copy.scroll_into_view_if_needed()
    copy.click()
    page.get_by_role("button", name="Copied").wait_for()


def test_panel_is_fetched_when_the_button_is_pressed_and_once(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.requests.clear()
    page.goto(share_page.address)
    page.wait_for_load_state("networkidle")
    assert "/dist/panel.js" not in share_page.requests
    for _ in range(2):
        open_panel(page)
        page.keyboard.press("Escape")
    assert share_page.requests.count("/dist/panel.js") == 1


def test_two_buttons_of_a_page_open_a_panel_each(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.body = INLINE + "<p style='height: 500px'></p>" + INLINE
    page.goto(share_page.address)
    for element in page.locator("foursite-share").all():
        element.get_by_role("button", name="Share", exact=True).click()
        element.get_by_role("dialog").wait_for()
        assert page.get_by_role("dialog").count() == 1  # the other one has gone
