"""The ping: one request when a page comes up, one when it goes, and nothing that costs the host."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.support.collector import DIST, Collector
from tests.support.embedding import SITE_KEY, embed, settle

pytestmark = pytest.mark.browser

ID = re.compile(r"[0-9A-Za-z_-]{11}")
SHARE = "a-Share_id1"
# What a browser does when the visitor turns to another tab, and back.
TURN = """(away) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => away });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}"""
SCROLL = """(top) => new Promise((done) => {
  addEventListener("scroll", done, { once: true });
  scrollTo(0, top);
})"""
TALL = "<div style='height: 2100px'>A page three windows tall</div>"
FLUSH = "<style>body { margin: 0 }</style>"


def test_a_page_view_is_one_request_and_tells_the_page_and_nothing_of_the_visitor(
    page: Page, site: Collector, service: Collector
) -> None:
    url = site.page("/docs/start/", embed(service)) + "?a=1"
    page.goto(f"{url}#part")
    (view,) = service.wait(1)
    settle(page)
    assert ID.fullmatch(view.pop("i"))
    assert view == {"s": SITE_KEY, "t": "view", "u": url, "r": ""}
    (request,) = service.received
    assert request.method == "POST"
    assert request.headers["content-type"].startswith("text/plain")
    assert request.headers["origin"] == site.url
    assert "cookie" not in request.headers


def test_a_view_tells_where_the_visitor_came_from(
    page: Page, site: Collector, service: Collector
) -> None:
    there = site.page("/there", embed(service))
    page.goto(service.page("/from", f"<a href='{there}'>on</a>"))
    page.click("a")
    assert service.wait(1, "view")[0]["r"] == f"{service.url}/"


def test_the_origin_is_told_even_where_the_host_sends_no_referrer(
    page: Page, site: Collector, service: Collector
) -> None:
    head = '<meta name="referrer" content="no-referrer">'
    page.goto(site.page("/", embed(service, head=head)))
    service.wait(1, "view")
    page.evaluate(TURN, True)
    service.wait(1, "engage")
    assert {request.headers["origin"] for request in service.received} == {site.url}


def test_leaving_sends_seconds_in_sight_and_deepest_scroll_in_percent(
    page: Page, site: Collector, service: Collector
) -> None:
    page.clock.install()
    page.goto(site.page("/long", embed(service, head=FLUSH, body=TALL)))
    service.wait(1, "view")
    page.clock.run_for(65_400)
    page.evaluate(SCROLL, 700)
    page.evaluate(SCROLL, 0)
    page.goto(site.page("/next", "<p>Next</p>"))
    (engage,) = service.wait(1, "engage")
    assert engage["u"] == f"{site.url}/long"
    assert 65 <= engage["d"] <= 70  # the clock goes on by itself
    assert engage["p"] == 66  # 1400 of 2100 pixels, rounded down


def test_a_view_is_left_once_however_often_the_visitor_turns_away(
    page: Page, site: Collector, service: Collector
) -> None:
    page.goto(site.page("/", embed(service)))
    service.wait(1, "view")
    for away in (True, False, True, False):
        page.evaluate(TURN, away)
    page.goto(site.page("/next", "<p>Next</p>"))
    settle(page)
    assert [event["t"] for event in service.events] == ["view", "engage"]


def test_time_out_of_sight_does_not_count_and_a_page_never_seen_is_not_left(
    page: Page, site: Collector, service: Collector
) -> None:
    page.clock.install()
    page.add_init_script(f"({TURN})(true)")
    page.goto(site.page("/", embed(service)))
    service.wait(1, "view")
    page.clock.run_for(600_000)
    page.evaluate(TURN, False)
    page.clock.run_for(7_000)
    page.evaluate(TURN, True)
    assert service.wait(1, "engage")[0]["d"] == 7

    page.goto(site.page("/unseen", embed(service)))
    service.wait(2, "view")
    page.goto(site.page("/next", "<p>Next</p>"))
    settle(page)
    assert len(service.of_type("engage")) == 1


def test_a_page_left_open_for_two_days_says_no_more_than_one(
    page: Page, site: Collector, service: Collector
) -> None:
    page.clock.install()
    page.goto(site.page("/", embed(service)))
    service.wait(1, "view")
    page.clock.fast_forward(2 * 86_400_000)
    page.evaluate(TURN, True)
    assert service.wait(1, "engage")[0]["d"] == 86_400


@pytest.mark.parametrize(
    ("arrived", "bare"),
    [
        (f"?via={SHARE}", ""),
        (f"?via={SHARE}#part", "#part"),
        (f"?q=a%20b&via={SHARE}&x=%C3%A9+1#?via={SHARE}", f"?q=a%20b&x=%C3%A9+1#?via={SHARE}"),
        (f"?q=1&via={SHARE}", "?q=1"),
        (f"?via={SHARE}&fbclid=1&", "?fbclid=1&"),
    ],
)  # fmt: skip
def test_arriving_through_a_share_is_told_and_the_address_is_the_pages_own_again(
    page: Page, site: Collector, service: Collector, arrived: str, bare: str
) -> None:
    head = "<script>history.replaceState({ mine: [1] }, '')</script>"
    site.page("/p", embed(service, head=head))
    page.goto(f"{site.url}/p{arrived}")
    (view,) = service.wait(1)
    settle(page)
    assert view["v"] == SHARE
    assert view["u"] == f"{site.url}/p{bare.partition('#')[0]}"
    assert page.url == f"{site.url}/p{bare}"
    assert page.evaluate("history.state") == {"mine": [1]}
    assert page.evaluate("history.length") == 2  # about:blank and this: Back still leads away
    assert len(service.events) == 1


@pytest.mark.parametrize("query", ["?via=partner", f"?via={SHARE}x", f"?sent_via={SHARE}"])
def test_a_hosts_own_via_is_left_alone(
    page: Page, site: Collector, service: Collector, query: str
) -> None:
    site.page("/", embed(service))
    page.goto(f"{site.url}/{query}")
    (view,) = service.wait(1)
    assert "v" not in view
    assert view["u"] == page.url == f"{site.url}/{query}"


def test_long_addresses_are_cut_where_the_service_stops_reading(
    page: Page, site: Collector, service: Collector
) -> None:
    site.page("/", embed(service, body="<a href='/?again'>on</a>"))
    page.goto(f"{site.url}/?{'q' * 3000}")
    page.click("a")
    first, second = service.wait(2, "view")
    assert len(first["u"]) == 2000
    assert len(second["r"]) == 2000


def test_every_event_has_an_id_of_its_own(page: Page, site: Collector, service: Collector) -> None:
    page.goto(site.page("/", embed(service, body="<button data-foursite-goal>Buy</button>")))
    for _ in range(40):
        page.click("text=Buy")
    ids = [event["i"] for event in service.wait(41)]
    assert len(set(ids)) == 41
    assert all(ID.fullmatch(one) for one in ids)


def test_copied_install_commands_and_goals_are_counted_though_the_host_stops_the_click(
    page: Page, site: Collector, service: Collector
) -> None:
    body = """
    <div class="install"><figure><button data-copy><b>Copy</b></button></figure></div>
    <button data-foursite-copy>Take</button> <a href="#x" data-foursite-goal><i>Sign up</i></a>
    <button data-copy>Theirs</button> <button>Other</button>
    <script>for (const one of document.querySelectorAll("button, a")) one.onclick = (event) => {
      event.stopImmediatePropagation(); event.preventDefault(); };</script>"""
    page.goto(site.page("/", embed(service, body=body)))
    for text in ("Copy", "Take", "Sign up", "Theirs", "Other"):
        page.click(f"text={text}")
    service.wait(4)
    settle(page)
    assert sorted(event["t"] for event in service.events) == ["conversion", "copy", "copy", "view"]


def test_the_pages_own_line_about_4site_is_counted_when_it_opens_and_once(
    page: Page, site: Collector, service: Collector
) -> None:
    line = f'<p><a href="{service.url}/r/{SITE_KEY}" rel="sponsored"><b>Made with 4site</b></a></p>'
    others = f"""<a href="{service.url}/showcase">Showcase</a>
      <a href="https://elsewhere.example/r/{SITE_KEY}">Elsewhere</a>
      <script>for (const one of document.links) one.onclick = (event) => {{
        event.stopImmediatePropagation(); event.preventDefault(); }};</script>"""
    page.goto(site.page("/", embed(service, body=line + others)))
    page.click("text=Made with 4site")
    assert len(service.wait(1, "powered")) == 1
    for text in ("Showcase", "Elsewhere"):
        page.click(f"text={text}")
    page.click("text=Made with 4site", button="right")
    page.keyboard.press("Escape")
    with page.context.expect_page():
        page.click("text=Made with 4site", button="middle")
    service.wait(2, "powered")
    settle(page)
    assert [event["t"] for event in service.events] == ["view", "powered", "powered"]


def test_following_that_line_in_the_same_tab_is_counted_before_the_page_goes(
    page: Page, site: Collector, service: Collector
) -> None:
    service.page(f"/r/{SITE_KEY}", "<title>Welcome</title>")
    line = f'<p><a href="{service.url}/r/{SITE_KEY}">Made with 4site</a></p>'
    page.goto(site.page("/", embed(service, body=line)))
    page.click("text=Made with 4site")
    page.wait_for_url(f"{service.url}/r/{SITE_KEY}")
    service.wait(1, "engage")
    assert len(service.of_type("powered")) == 1


def test_without_a_site_key_nothing_is_sent_and_the_address_is_not_touched(
    page: Page, site: Collector, service: Collector
) -> None:
    site.page("/", embed(None, attributes=f'data-service="{service.url}"'))
    page.goto(f"{site.url}/?via={SHARE}")
    page.evaluate(TURN, True)
    settle(page)
    assert service.received == []
    assert page.url == f"{site.url}/?via={SHARE}"


@pytest.mark.parametrize("path", ["/widget.js", "/widget/0a1b2c.js", "/prefix/widget.js"])
def test_a_services_own_copy_knows_its_service(
    page: Page, site: Collector, service: Collector, path: str
) -> None:
    service.script(path, (DIST / "widget.js").read_bytes())
    tag = f'<script defer src="{service.url}{path}" data-site="{SITE_KEY}"></script>'
    page.goto(site.page("/", f"<!doctype html><p>Text</p>{tag}"))
    assert service.wait(1)[0]["s"] == SITE_KEY


def test_a_sites_own_copy_does_not_guess_one(page: Page, site: Collector) -> None:
    site.script("/assets/widget.0a1b2c.js", (DIST / "widget.js").read_bytes())
    tag = f'<script defer src="/assets/widget.0a1b2c.js" data-site="{SITE_KEY}"></script>'
    page.goto(site.page("/", f"<!doctype html><p>Text</p>{tag}"))
    settle(page)
    assert site.events == []


def test_a_slash_after_the_service_does_no_harm(
    page: Page, site: Collector, service: Collector
) -> None:
    html = embed(service).replace(service.url, f"{service.url}/")
    page.goto(site.page("/", html))
    assert service.wait(1)


def test_the_ping_alone_says_the_same(page: Page, site: Collector, service: Collector) -> None:
    site.page("/", embed(service, script="/ping.js"))
    page.goto(f"{site.url}/?via={SHARE}")
    service.wait(1, "view")
    page.evaluate(TURN, True)
    # Two requests under way at once may arrive in either order.
    said = {event["t"]: event for event in service.wait(2)}
    assert said.keys() == {"view", "engage"}
    assert said["view"]["v"] == SHARE
    assert page.locator("foursite-share").count() == 0
