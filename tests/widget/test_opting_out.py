"""Visitors who ask not to be followed are not, and nobody is stored anything for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.collector import Collector
from tests.support.embedding import embed, settle, share_button

pytestmark = pytest.mark.browser

SIGNALS = {
    "Do-Not-Track": "doNotTrack: '1'",
    "Global Privacy Control": "globalPrivacyControl: true",
}
SAY = """for (const [name, value] of Object.entries({ %s }))
  Object.defineProperty(Navigator.prototype, name, { configurable: true, get: () => value });"""
SHARE = "a-Share_id1"
GOAL = "<button data-foursite-goal>Buy</button>"


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_visitor_who_objects_sends_nothing_at_all(
    page: Page, site: Collector, service: Collector, signal: str
) -> None:
    page.add_init_script(SAY % SIGNALS[signal])
    page.clock.install()
    page.goto(site.page("/", embed(service, attributes="counts", body=GOAL)))
    page.click("text=Buy")
    page.evaluate("history.pushState(null, '', '/other')")
    page.clock.run_for(5_000)
    page.goto(site.page("/next", embed(service)))
    settle(page)
    assert service.received == []


@pytest.mark.parametrize("signal", SIGNALS)
def test_what_an_objector_shares_is_the_bare_page(
    page: Page, site: Collector, service: Collector, signal: str
) -> None:
    site.script("/panel.js", PANEL)
    page.add_init_script(SAY % SIGNALS[signal])
    site.page("/p", embed(service))
    page.goto(f"{site.url}/p?a=1&via={SHARE}")
    page.wait_for_url(f"{site.url}/p?a=1")  # who copies the address bar passes no id on
    share_button(page).click()
    page.wait_for_function("window.shared")
    assert page.evaluate("shared") == {"id": None, "url": f"{site.url}/p?a=1"}
    assert service.received == []


def test_nothing_is_stored_and_no_name_becomes_global(
    page: Page, site: Collector, service: Collector
) -> None:
    site.script("/panel.js", PANEL.replace("window.shared =", ""))
    head = "<script>var before = new Set(Object.getOwnPropertyNames(window));</script>"
    page.goto(site.page("/", embed(service, attributes="counts", head=head)))
    service.wait(1)
    share_button(page).click()
    service.wait(1, "share")
    added = "Object.getOwnPropertyNames(window).filter((name) => !before.has(name))"
    assert page.evaluate(added) == ["before"] or page.evaluate(added) == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == []


PANEL = """customElements.get("foursite-share").panel = (host) => {
  window.shared = host.share("x");
  return { close() {}, focus() {} };
};"""
