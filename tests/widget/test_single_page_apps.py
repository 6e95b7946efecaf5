"""In an app that changes its address without loading, each address is a view of its own."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Request

from tests.support.collector import Collector
from tests.support.embedding import embed, settle

pytestmark = pytest.mark.browser

# Browsers before 2026 do not tell when the address changes.
OLD = "delete window.navigation;"
BROWSERS = {"new": "", "old": OLD}
SHARE = "a-Share_id1"


@pytest.fixture(params=BROWSERS)
def app(request: pytest.FixtureRequest, page: Page) -> Page:
    page.add_init_script(BROWSERS[request.param])
    return page


def addresses(service: Collector, kind: str) -> list[str]:
    return [event["u"].rpartition("/")[2] for event in service.of_type(kind)]


def test_each_new_address_is_a_view_and_the_old_one_is_left_first(
    app: Page, site: Collector, service: Collector
) -> None:
    sent: list[tuple[str, str]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            event = json.loads(request.post_data or "")
            sent.append((event["t"], event["u"].rpartition("/")[2]))

    app.on("request", note)
    app.goto(site.page("/a", embed(service)))
    service.wait(1)
    for number, change in enumerate(
        ("pushState(1, '', '/b')", "pushState(2, '', '/b?q=1')", "replaceState(3, '', '/c')"), 2
    ):
        app.evaluate(f"history.{change}")
        service.wait(number, "view")
    app.evaluate("history.back()")
    service.wait(5, "view")
    service.wait(4, "engage")
    settle(app)
    # As they were sent: each is a request of its own, which others may overtake.
    seen = ["a", "b", "b?q=1", "c", "b"]
    left_and_seen = pairwise(seen)
    assert sent == [
        ("view", "a"),
        *(event for left, new in left_and_seen for event in (("engage", left), ("view", new))),
    ]
    assert sorted(addresses(service, "view")) == sorted(seen)
    assert sorted(addresses(service, "engage")) == sorted(seen[:4])


def test_what_is_the_same_page_is_no_new_view(
    app: Page, site: Collector, service: Collector
) -> None:
    app.goto(site.page("/a", embed(service)))
    app.evaluate("history.pushState(1, '', '/a#part')")
    app.evaluate("history.replaceState({ step: 2 }, '')")
    app.evaluate("location.hash = 'other'")
    app.evaluate("history.back()")
    app.wait_for_timeout(700)
    assert [event["t"] for event in service.events] == ["view"]


def test_only_the_first_view_tells_where_the_visitor_came_from(
    app: Page, site: Collector, service: Collector
) -> None:
    there = site.page("/a", embed(service))
    app.goto(service.page("/from", f"<a href='{there}'>on</a>"))
    app.click("a")
    service.wait(1)
    app.evaluate("history.pushState(1, '', '/b')")
    assert [view["r"] for view in service.wait(2, "view")] == [f"{service.url}/", ""]


def test_scroll_and_time_begin_anew_with_each_view(
    app: Page, site: Collector, service: Collector
) -> None:
    tall = "<div style='height: 7000px'>A page ten windows tall</div>"
    app.goto(site.page("/a", embed(service, body=tall, head="<style>body{margin:0}</style>")))
    app.evaluate("scrollTo(0, 6300)")
    app.wait_for_function("scrollY === 6300")
    app.wait_for_timeout(1100)
    app.evaluate("scrollTo(0, 0)")
    app.wait_for_timeout(50)
    app.evaluate("history.pushState(1, '', '/b')")
    service.wait(2, "view")
    app.evaluate("history.pushState(1, '', '/c')")
    # Requests under way at once may arrive in either order.
    first, second = sorted(service.wait(2, "engage"), key=lambda event: str(event["u"]))
    assert (first["p"], second["p"]) == (100, 10)
    assert first["d"] >= 1
    assert second["d"] == 0


def test_the_hosts_own_hands_on_its_history_stay_where_they_are(
    app: Page, site: Collector, service: Collector
) -> None:
    head = """<script>
      window.calls = [];
      const native = history.pushState;
      window.wrapped = history.pushState = function (...rest) {
        calls.push(rest[2]);
        if (rest[2] === "/no") throw new RangeError("not there");
        native.apply(this, rest);
        return "theirs";
      };
    </script>"""
    app.goto(site.page("/a", embed(service, head=head)))
    service.wait(1)
    assert app.evaluate("history.pushState === wrapped")
    assert app.evaluate("History.prototype.pushState.toString().includes('[native code]')")
    assert app.evaluate("history.pushState(1, '', '/b')") == "theirs"
    attempt = (
        "() => { try { history.pushState(1, '', '/no') } catch (error) { return error.name } }"
    )
    assert app.evaluate(attempt) == "RangeError"
    assert app.evaluate("calls") == ["/b", "/no"]
    service.wait(2, "view")
    settle(app)
    assert addresses(service, "view") == ["a", "b"]


def test_an_app_that_reads_its_state_finds_it_after_the_address_was_cleaned(
    app: Page, site: Collector, service: Collector
) -> None:
    site.page("/a", embed(service))
    app.goto(f"{site.url}/a?via={SHARE}")
    service.wait(1)
    app.evaluate("history.pushState({ page: 2 }, '', '/b')")
    service.wait(2, "view")
    app.evaluate("history.back()")
    app.wait_for_function("location.pathname === '/a'")
    assert app.url == f"{site.url}/a"
    assert [view.get("v") for view in service.wait(3, "view")] == [SHARE, None, None]


def test_a_browser_that_tells_of_changes_misses_none_however_fast(
    page: Page, site: Collector, service: Collector
) -> None:
    page.goto(site.page("/a", embed(service)))
    service.wait(1)
    page.evaluate("for (const path of ['/b', '/c', '/d']) history.pushState(1, '', path)")
    service.wait(4, "view")
    assert sorted(addresses(service, "view")) == ["a", "b", "c", "d"]
