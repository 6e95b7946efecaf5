"""Pages that are strict, odd or hostile: the panel works, and no page sees an error of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPage
from tests.support.share_page import SharePage, open_panel, share_page, stay_inside, target  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(
        browser, prepare=stay_inside, permissions=["clipboard-read", "clipboard-write"]
    )
    yield keeper
    keeper.close()


@pytest.fixture
def page(kept: KeptPage, share_page: SharePage) -> Iterator[Page]:  # noqa: F811
    """Yield a page whose scripts raise nothing and whose console stays free of complaints."""
    faults: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type == "error" and "favicon.ico" not in str(message.location):
            faults.append(message.text)

    with kept.lend() as page:
        page.on("console", keep)
        yield page
    assert faults == []


def use_everything(page: Page, share_page: SharePage) -> None:  # noqa: F811
    """Open the panel, walk through all it has, and close it."""
    panel = open_panel(page)
    with page.expect_popup() as popup:
        target(panel, "x").click()
    popup.value.close()
    target(panel, "copy_link").click()
    panel.get_by_role("button", name="Copied").wait_for()
    panel.get_by_role("button", name="QR code").click()
    panel.get_by_role("img", name="QR code").wait_for()
    panel.get_by_role("button", name="Back").click()
    target(panel, "mastodon").click()
    panel.get_by_label("Your Mastodon server").fill("a.example")
    panel.get_by_role("button", name="Back").click()
    panel.get_by_role("button", name="Like", exact=True).click()
    panel.get_by_role("button", name="Liked").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert [event["n"] for event in share_page.told("share", 3)] == ["x", "copy_link", "copy_link"]


def test_strict_policy_is_met(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'"
    )
    share_page.lang = "en"
    page.goto(share_page.address)
    use_everything(page, share_page)


def test_nonce_that_lets_the_widget_in_lets_its_words_in(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'nonce-c2hhcmU'; connect-src 'self'"
    )
    share_page.attributes = 'nonce="c2hhcmU" data-lang="fr"'
    open_panel(page, share_page.address)
    page.get_by_role("dialog", name="Partager cette page").wait_for()


def test_page_that_demands_trusted_types_gets_english(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    # Such a page brings the panel's script itself: ours may set no script's address there.
    share_page.headers["Content-Security-Policy"] = (
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    share_page.body = '<h1>A page</h1><script defer src="/dist/panel.js"></script>'
    page.goto(share_page.address)
    use_everything(page, share_page)


def test_words_stay_english_where_trusted_types_keep_them_out(
    browser: Browser,  # noqa: F811
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.headers["Content-Security-Policy"] = "require-trusted-types-for 'script'"
    share_page.body = '<h1>A page</h1><script defer src="/dist/panel.js"></script>'
    share_page.attributes = 'data-lang="de"'
    page = browser.new_page()
    open_panel(page, share_page.address)
    page.get_by_role("dialog", name="Share this page").wait_for()
    page.close()


RESET = """<style>
  * { all: unset !important; display: block !important }
  body * { font-size: 40px !important }
  :root { color: red !important; letter-spacing: 1em !important; text-transform: uppercase;
          text-align: right !important; line-height: 5 !important; cursor: wait !important;
          visibility: visible; word-spacing: 9px; text-indent: 50px; white-space: pre !important }
  button, input, dialog, a, svg { display: none !important }
</style>"""


def test_pages_resets_stay_outside(page: Page, share_page: SharePage) -> None:  # noqa: F811
    page.goto(share_page.address)
    read = """() => [...document.querySelector('foursite-share').shadowRoot
      .querySelectorAll('dialog *')].map((one) => {
        const { width, height } = one.getBoundingClientRect();
        const style = getComputedStyle(one);
        return [one.localName, style.color, style.letterSpacing, style.textTransform,
          style.fontSize, style.textIndent, style.cursor, Math.round(width), Math.round(height)];
      })"""
    page.emulate_media(reduced_motion="reduce")
    share_page.body = "<h1>A page</h1><foursite-share></foursite-share>"
    # The font's family is the page's to choose, so it is held.
    font = "<style>:root { --foursite-font: monospace }</style>"
    share_page.head = font
    open_panel(page, share_page.address)
    plain = page.evaluate(read)
    share_page.head = font + RESET
    open_panel(page, share_page.address)
    assert page.evaluate(read) == plain
    page.keyboard.press("Escape")
    use_everything(page, share_page)


POLLUTED = """<script>
  Array.prototype.last = function () { return this[this.length - 1] };
  Array.prototype.toJSON = function () { return String(this) };
  Object.prototype.extend = function () {};
  Object.prototype.href = 'https://evil.example/';
  Array.from = () => { throw new Error('Array.from is ours') };
  Array.prototype.flat = Array.prototype.at = () => { throw new Error('not in our page') };
  String.prototype.trimStart = () => { throw new Error('not in our page') };
  Element.prototype.extra = 1;
  window.name = 'x'; window.open = () => { throw new Error('no windows') };
</script>"""


def test_polluted_prototypes_do_no_harm(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.head = POLLUTED
    page.goto(share_page.address)
    use_everything(page, share_page)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_page_that_forbids_dialogs_sees_no_error(
    page: Page,
    share_page: SharePage,  # noqa: F811
    lang: str,
) -> None:
    share_page.lang = lang
    share_page.head = """<script>
      document.createElement = ((make) => function (name) {
        if (name === 'dialog') throw new Error('no dialogs in our page');
        return make.apply(document, arguments);
      })(document.createElement);
    </script>"""
    page.goto(share_page.address)
    button = page.locator("foursite-share [part=button]")
    button.click()
    page.wait_for_function("customElements.get('foursite-share').panel && 1")
    page.wait_for_timeout(300)
    assert button.get_attribute("aria-expanded") == "false"
    assert page.get_by_role("dialog").count() == 0


def test_page_that_removes_our_nodes_is_left_alone(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.body = "<h1>A page</h1><foursite-share></foursite-share>"
    panel = open_panel(page, share_page.address)
    panel.evaluate("panel => panel.remove()")
    page.keyboard.press("Escape")
    open_panel(page)
    page.evaluate("document.querySelector('foursite-share').remove()")
    page.keyboard.press("Escape")
    page.mouse.click(5, 5)
    assert page.get_by_role("dialog").count() == 0


def test_page_that_empties_the_root_while_a_copy_runs_sees_no_error(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    panel = open_panel(page, share_page.address)
    target(panel, "copy_link").click()
    page.evaluate("document.querySelector('foursite-share').shadowRoot.replaceChildren()")
    page.wait_for_timeout(2200)  # longer than the button says "Copied"


def test_page_that_stops_every_key_cannot_hold_the_panel_open(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    page.goto(share_page.address)
    page.evaluate(
        "document.addEventListener('keydown', (event) => event.stopImmediatePropagation(), true)"
    )
    open_panel(page)
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0


def test_clipped_and_transformed_parents_do_not_cut_the_panel(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.body = (
        "<div style='overflow: hidden; height: 60px; transform: scale(1); contain: strict'>"
        "<foursite-share></foursite-share></div>"
        "<div style='position: relative; z-index: 2147483647; height: 700px; background: #fed'>"
        "Above everything</div>"
    )
    page.goto(share_page.address)
    use_everything(page, share_page)
