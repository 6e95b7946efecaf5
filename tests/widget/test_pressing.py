"""Pressing the button brings the panel, and something useful where the panel cannot be had."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.collector import DIST, Answer, Collector
from tests.support.embedding import SITE_KEY, embed, settle, share_button

pytestmark = pytest.mark.browser

LINKS = '<foursite-share><a href="https://x.com/intent/post">X</a></foursite-share>'
CANONICAL = '<link rel="canonical" href="{}">'
PANEL = """customElements.get("foursite-share").panel = (host) => {
  window.opened = (window.opened || 0) + 1;
  window.source = document.currentScript?.src;
  window.host = host;
  return { close() {}, focus() {} };
};
window.nonceOfPanel = document.currentScript.nonce;
window.panelUrl = document.currentScript.src;"""
LISTEN = """window.told = [];
for (const name of ["open", "share"])
  document.addEventListener("foursite:" + name, ({ type, detail, target, composed }) =>
    told.push([type, detail, target.localName, composed]));"""
NO_SHEET = "delete Navigator.prototype.share; delete Navigator.prototype.canShare;"
SHEET = """window.sheets = []; Navigator.prototype.share = async function ({ title, url }) {
  sheets.push([title, url]); if (window.sheetFails) throw new DOMException("no", sheetFails); };"""


def visit(page: Page, site: Collector, html: str, query: str = "") -> None:
    page.goto(site.page("/", html) + query)
    share_button(page).wait_for()


def test_the_panel_is_loaded_when_it_is_first_wanted_and_once(page: Page, site: Collector) -> None:
    site.script("/panel.js", PANEL)
    visit(page, site, embed(None))
    page.hover("foursite-share")
    settle(page)
    assert site.paths() == ["/", "/widget.js"]
    for _ in range(3):
        share_button(page).click()
    page.wait_for_function("window.opened === 2")
    assert site.paths().count("/panel.js") == 1


@pytest.mark.parametrize(
    ("widget", "panel", "named"),
    [
        ("/widget.js", "/panel.js", ""),
        ("/assets/widget.0a1b2c3d.js", "/assets/panel.0a1b2c3d.js", ""),
        ("/widget/0a1b2c.js", "/widget/panel.0a1b2c.js", ""),
        ("/w/widget.js?v=2", "/w/panel.js?v=2", ""),
        ("/widget.js", "/else/where.js", 'data-panel="else/where.js"'),
    ],
)
def test_the_panel_is_beside_the_widget_or_where_the_page_says(
    page: Page, site: Collector, widget: str, panel: str, named: str
) -> None:
    site.script(widget.partition("?")[0], (DIST / "widget.js").read_bytes())
    site.script(panel.partition("?")[0], PANEL)
    visit(page, site, embed(None, script=widget, attributes=named))
    share_button(page).click()
    page.wait_for_function("window.opened")
    assert page.evaluate("panelUrl") == site.url + panel


def test_the_panels_script_has_the_nonce_of_the_widgets(page: Page, site: Collector) -> None:
    site.script("/panel.js", PANEL)
    visit(page, site, embed(None, attributes='nonce="n0nce"'))
    share_button(page).click()
    page.wait_for_function("window.opened")
    assert page.evaluate("nonceOfPanel") == "n0nce"


def test_a_share_gets_an_id_that_its_link_and_its_event_carry(
    page: Page, site: Collector, service: Collector
) -> None:
    site.script("/panel.js", PANEL)
    page.add_init_script(LISTEN)
    visit(page, site, embed(service), "?q=a%20b#part")
    share_button(page).click()
    page.wait_for_function("window.host")
    link = page.evaluate("host.share('reddit')")
    assert link["url"] == f"{site.url}/?q=a%20b&via={link['id']}"
    (event,) = service.wait(1, "share")
    assert event == {
        "s": SITE_KEY, "t": "share", "i": link["id"], "u": f"{site.url}/?q=a%20b", "n": "reddit",
    }  # fmt: skip
    page.evaluate("host.send('like'); host.send('powered')")
    service.wait(4)
    assert {one["t"] for one in service.events} == {"view", "share", "like", "powered"}
    assert page.evaluate("told") == [
        ["foursite:open", None, "foursite-share", True],
        ["foursite:share", {"platform": "reddit", **link}, "foursite-share", True],
    ]
    page.goto(link["url"])
    assert service.wait(2, "view")[1]["v"] == link["id"]


def test_without_a_site_key_a_share_is_the_bare_page_and_the_page_hears_of_it(
    page: Page, site: Collector
) -> None:
    site.script("/panel.js", PANEL)
    page.add_init_script(LISTEN)
    visit(page, site, embed(None))
    share_button(page).click()
    page.wait_for_function("window.host")
    assert page.evaluate("host.share('x')") == {"id": None, "url": f"{site.url}/"}
    assert page.evaluate("told[1][1]") == {"platform": "x", "id": None, "url": f"{site.url}/"}


@pytest.mark.parametrize(
    ("canonical", "shared"),
    [
        ("/own?b=2&via=a-Share_id1#x", "{}/own?b=2"),
        ("https://other.example/page", "{}/?a=1"),
        ("http://[", "{}/?a=1"),
    ],
)
def test_what_is_shared_is_the_pages_own_address_for_itself(
    page: Page, site: Collector, canonical: str, shared: str
) -> None:
    site.script("/panel.js", PANEL)
    visit(page, site, embed(None, head=CANONICAL.format(canonical)), "?a=1#part")
    share_button(page).click()
    page.wait_for_function("window.host")
    assert page.evaluate("host.page()") == {"url": shared.format(site.url), "title": "A page"}


BROKEN_PANELS = {
    "missing": Answer(body=b"", status=404),
    "another script": Answer(body=b"window.other = 1", content_type="text/javascript"),
    "failing": Answer(
        body=b"customElements.get('foursite-share').panel = () => { throw new Error('no') }",
        content_type="text/javascript",
    ),
}


@pytest.mark.parametrize("broken", BROKEN_PANELS)
def test_when_the_panel_is_broken_the_pages_own_links_appear(
    page: Page, site: Collector, broken: str
) -> None:
    site.answers["/panel.js"] = BROKEN_PANELS[broken]
    page.add_init_script(NO_SHEET)
    visit(page, site, embed(None, body=LINKS))
    assert not page.get_by_role("link", name="X").is_visible()
    share_button(page).click()
    page.get_by_role("link", name="X").wait_for()
    assert share_button(page).get_attribute("aria-expanded") == "false"


def leave_unanswered(_request: Route) -> None:
    pass


def test_when_the_panel_does_not_come_in_four_seconds_the_links_appear(
    page: Page, site: Collector
) -> None:
    page.clock.install()
    page.add_init_script(NO_SHEET)
    page.route("**/panel.js", leave_unanswered)
    visit(page, site, embed(None, body=LINKS))
    share_button(page).click()
    page.clock.run_for(3_000)
    assert not page.get_by_role("link", name="X").is_visible()
    page.clock.run_for(1_500)
    page.get_by_role("link", name="X").wait_for()


def test_without_panel_the_systems_sheet_opens_and_counts_when_it_was_used(
    page: Page, site: Collector, service: Collector
) -> None:
    site.answers["/panel.js"] = BROKEN_PANELS["missing"]
    page.add_init_script(SHEET)
    visit(page, site, embed(service))
    page.evaluate("sheetFails = 'AbortError'")
    share_button(page).click()
    page.wait_for_function("sheets.length === 1")
    settle(page)
    assert service.of_type("share") == []
    page.evaluate("sheetFails = ''")
    share_button(page).click()
    (event,) = service.wait(1, "share")
    assert event["n"] == "native"
    assert page.evaluate("sheets[1]") == ["A page", f"{site.url}/?via={event['i']}"]


def test_without_panel_sheet_and_links_the_address_is_copied(
    page: Page, site: Collector, service: Collector
) -> None:
    site.answers["/panel.js"] = BROKEN_PANELS["missing"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script(NO_SHEET)
    visit(page, site, embed(service))
    share_button(page).click()
    expect(share_button(page)).to_have_text("✓")
    (event,) = service.wait(1, "share")
    assert event["n"] == "copy_link"
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}/?via={event['i']}"


def test_a_panel_that_comes_after_all_is_used_at_the_next_press(
    page: Page, site: Collector
) -> None:
    site.answers["/panel.js"] = BROKEN_PANELS["missing"]
    page.add_init_script(NO_SHEET)
    visit(page, site, embed(None, body=LINKS))
    share_button(page).click()
    page.get_by_role("link", name="X").wait_for()
    del site.answers["/panel.js"]
    share_button(page).click()
    page.locator("foursite-share dialog").wait_for()


def test_an_element_removed_while_the_panel_is_on_its_way_opens_nothing(
    page: Page, site: Collector
) -> None:
    visit(page, site, embed(None, body="<foursite-share></foursite-share>"))
    page.evaluate("""() => { window.one = document.querySelector("foursite-share");
      one.shadowRoot.querySelector("button").click(); one.remove(); }""")
    page.wait_for_timeout(600)
    assert page.evaluate("one.shadowRoot.querySelector('dialog')") is None


def test_a_page_that_demands_trusted_types_gets_what_a_missing_panel_leaves(
    page: Page, site: Collector
) -> None:
    page.add_init_script(NO_SHEET)
    policy = {"Content-Security-Policy": "require-trusted-types-for 'script'"}
    page.goto(site.page("/", embed(None, body=LINKS), policy))
    share_button(page).click()
    page.get_by_role("link", name="X").wait_for()
    assert "/panel.js" not in site.paths()
