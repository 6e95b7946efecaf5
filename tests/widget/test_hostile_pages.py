"""Hostile pages: strict policies, broken built-ins, resets, and hands that remove things."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.collector import Answer, Collector
from tests.support.embedding import SITE_KEY, embed, settle, share_button

pytestmark = pytest.mark.browser

GOAL = "<button id='goal' data-foursite-goal>Buy</button>"
PANEL = """customElements.get("foursite-share").panel = (host) => {
  const note = document.createElement("p");
  note.textContent = "panel";
  host.root.append(note);
  host.style("p { color: rgb(1, 2, 3) }");
  window.shared = host.share("x");
  return { close() { note.remove(); }, focus() {} };
};"""


def use(page: Page, site: Collector, service: Collector, html: str) -> None:
    """Visit, reach a goal, share and leave; each is counted once."""
    site.script("/panel.js", PANEL)
    page.goto(site.page("/", html))
    # By hand only: in such a page no test's own script would run.
    share_button(page).click()
    service.wait(1, "share")
    page.click("#goal")
    page.goto(site.page("/next", "<p>Next</p>"))
    service.wait(1, "engage")
    settle(page)
    assert sorted(event["t"] for event in service.events) == [
        "conversion", "engage", "share", "view",
    ]  # fmt: skip


@pytest.mark.parametrize("script", ["'self'", "'nonce-n0nce' 'strict-dynamic'"])
def test_a_strict_policy_needs_no_exception(
    page: Page, site: Collector, service: Collector, script: str
) -> None:
    policy = f"default-src 'none'; script-src {script}; connect-src {service.url}"
    page.add_init_script("""window.violations = [];
      addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI))""")
    site.script("/panel.js", PANEL)
    html = embed(service, attributes="nonce=n0nce counts", head="", body=GOAL)
    html = html.replace('<link rel="icon" href="data:,">', "")
    page.goto(site.page("/", html, {"Content-Security-Policy": policy}))
    share_button(page).click()
    page.wait_for_function("window.shared")
    assert page.locator("foursite-share p").evaluate("(p) => getComputedStyle(p).color") == (
        "rgb(1, 2, 3)"
    )
    assert share_button(page).evaluate("(one) => getComputedStyle(one).cursor") == "pointer"
    page.wait_for_timeout(1200)
    assert [uri for uri in page.evaluate("violations") if "favicon" not in uri] == []
    assert {event["t"] for event in service.events} == {"view", "share"}


BREAKAGES = {
    "more members": """
        for (const kind of [Object, Array, String, Function]) kind.prototype.more = function () {};
        Object.prototype.toJSON = Array.prototype.toJSON = String.prototype.toJSON =
          function () { return "broken"; };
        Object.prototype.headers = { "X-Secret": "1" };
        Object.prototype.mode = "same-origin";
        Object.prototype.signal = "none";
        Object.prototype.bubbles = Object.prototype.composed = false;""",
    "setters": """
        for (const name of ["s", "t", "u", "body", "method", "url", "id"])
          Object.defineProperty(Object.prototype, name, { get() { throw name },
            set() { throw name } });""",
    "broken arrays": """
        for (const name of ["map", "forEach", "push", "filter", "join", "includes", "concat",
          "slice", "values", Symbol.iterator]) Array.prototype[name] = () => { throw name };""",
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_broken_prototypes_break_nothing(
    page: Page, site: Collector, service: Collector, breakage: str
) -> None:
    head = f"<script>{BREAKAGES[breakage]}</script>"
    use(page, site, service, embed(service, head=head, body=GOAL))
    assert {event["s"] for event in service.events} == {SITE_KEY}
    assert all("x-secret" not in one.headers for one in service.received)


def test_what_the_host_puts_on_its_own_requests_does_not_get_on_ours(
    page: Page, site: Collector, service: Collector
) -> None:
    page.goto(site.page("/", embed(service, body=GOAL)))
    service.wait(1)
    page.evaluate("""() => { const plain = fetch; window.fetch = (url, options) =>
      plain(url, { ...options, headers: { Authorization: "secret" } }); }""")
    page.click("#goal")
    service.wait(2)
    assert {one.method for one in service.received} == {"POST"}
    assert all("authorization" not in one.headers for one in service.received)


def test_markup_that_poses_as_our_script_chooses_nothing(
    page: Page, site: Collector, service: Collector
) -> None:
    evil = f"{service.url}/evil/widget.js"
    service.script("/evil/panel.js", "window.evil = true")
    head = "<style>img { width: 1px }</style>"
    body = f"""<img name="currentScript" src="{evil}" data-panel="{service.url}/evil/panel.js">
      <foursite-share data-service="{service.url}/evil" data-panel="{service.url}/evil/panel.js">
      </foursite-share>"""
    site.script("/panel.js", PANEL)
    page.goto(site.page("/", embed(service, head=head, body=body)))
    share_button(page).click()
    page.wait_for_function("window.shared")
    assert not page.evaluate("window.evil")
    assert "/evil/collect" not in [one.path for one in service.received]
    assert service.wait(1, "view")


def test_resets_of_the_page_do_not_reach_the_button_nor_its_place(
    page: Page, site: Collector, service: Collector
) -> None:
    reset = """<style>* { all: unset; position: static; }
      html body { font: 30px/3 fantasy; letter-spacing: 1em; text-transform: uppercase; color: red;
        word-spacing: 2em; text-indent: 5em; cursor: crosshair }
      button, svg { width: 500px; height: 500px; color: red !important }</style>"""
    page.goto(site.page("/", embed(service, head=reset)))
    box = share_button(page).bounding_box()
    assert box
    assert 700 - 16 - box["y"] - box["height"] == pytest.approx(0, abs=1)
    assert 1000 - 16 - box["x"] - box["width"] == pytest.approx(0, abs=1)
    assert box["height"] == 40
    assert box["width"] < 130
    assert share_button(page).evaluate("(one) => getComputedStyle(one).letterSpacing") == "normal"


def test_a_page_that_removes_the_button_wins_and_hears_no_complaint(
    page: Page, site: Collector, service: Collector
) -> None:
    remover = """<script>window.removed = 0; new MutationObserver(() => {
      const one = document.querySelector("foursite-share");
      if (one) { one.remove(); removed++; }
    }).observe(document.documentElement, { childList: true, subtree: true });</script>"""
    page.goto(site.page("/", embed(service, head=remover)))
    page.wait_for_timeout(9 * 300 + 1200)
    assert page.locator("foursite-share").count() == 0
    assert page.evaluate("removed") == 9
    page.evaluate("document.body.remove()")
    page.evaluate("history.pushState(1, '', '/b')")
    service.wait(2, "view")


def test_a_page_that_swaps_its_body_gets_the_button_back(
    page: Page, site: Collector, service: Collector
) -> None:
    page.goto(site.page("/", embed(service)))
    page.evaluate("document.body = document.createElement('body')")
    share_button(page).wait_for()
    assert share_button(page).count() == 1


def test_a_moved_element_goes_on_working_and_a_removed_one_closes_its_panel(
    page: Page, site: Collector, service: Collector
) -> None:
    site.script("/panel.js", PANEL)
    body = "<div id=a><foursite-share></foursite-share></div><div id=b></div>"
    page.goto(site.page("/", embed(service, body=body)))
    share_button(page).click()
    note = page.locator("foursite-share p")
    note.wait_for()
    page.evaluate("document.querySelector('#b').append(document.querySelector('foursite-share'))")
    assert note.count() == 0
    assert share_button(page).get_attribute("aria-expanded") == "false"
    share_button(page).click()
    note.wait_for()
    page.wait_for_timeout(400)
    assert page.locator("foursite-share").count() == 1, "none floats beside it"
    page.evaluate("window.gone = document.querySelector('foursite-share'); gone.remove()")
    assert page.evaluate("gone.shadowRoot.querySelector('p')") is None
    page.evaluate("document.body.append(gone)")
    share_button(page).click()
    note.wait_for()


COUNTS = Answer(
    body=b'{"shares": 1234, "likes": 3}',
    content_type="application/json",
    headers={"Access-Control-Allow-Origin": "*"},
)
SHIFTS = """window.shifts = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
RESERVED = (
    "<style>foursite-share:not(:defined) { display: inline-block; block-size: 40px; "
    "inline-size: 7rem; vertical-align: middle; overflow: hidden }</style>"
)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<p>Text</p>" * 60),
        (RESERVED, "<foursite-share><a href='#'>By mail</a></foursite-share>" + "<p>Text</p>" * 9),
    ],
    ids=["floating", "in the text"],
)  # fmt: skip
def test_nothing_on_the_page_moves(
    page: Page, site: Collector, service: Collector, head: str, body: str
) -> None:
    page.add_init_script(SHIFTS)
    service.answers[f"/widget/counts/{SITE_KEY}.json"] = COUNTS
    page.route("**/widget.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.goto(site.page("/", embed(service, head=head, body=body, attributes="counts")))
    page.locator("foursite-share [part=count]", has_text="1,234").wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    assert page.evaluate("shifts") == 0
