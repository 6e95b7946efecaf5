"""Pages that come back from the browser's cache, live in a frame or on a disk, and bad services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import running_browser
from tests.support.collector import DIST, Collector
from tests.support.embedding import embed, settle, share_button

pytestmark = pytest.mark.browser

READ_LINK = """() => document.querySelector("foursite-share").shadowRoot
  .querySelector("input").value"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser that keeps left pages, as everyone's does and Playwright's does not."""
    with running_browser(without=("--disable-back-forward-cache",)) as running:
        yield running


def test_a_page_restored_from_the_browsers_cache_is_a_new_view(
    page: Page, site: Collector, service: Collector
) -> None:
    page.goto(site.page("/a", embed(service, head="<script>window.alive = 0</script>")))
    service.wait(1)
    page.evaluate("alive = 'still'")
    page.goto(site.page("/b", "<p>Another page</p>"))
    service.wait(1, "engage")
    page.evaluate("history.back()")
    # Were the page loaded and not restored, it would be 0.
    page.wait_for_function("window.alive === 'still'")
    service.wait(2, "view")
    page.goto(f"{site.url}/b")
    service.wait(2, "engage")
    settle(page)
    assert [event["t"] for event in service.events] == ["view", "engage"] * 2
    assert {event["u"] for event in service.events} == {f"{site.url}/a"}


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
def test_in_a_frame_the_framed_page_is_what_is_seen_and_shared(
    page: Page, site: Collector, service: Collector, sandbox: str
) -> None:
    site.page("/framed", embed(service))
    page.goto(site.page("/", f"<iframe src='/framed?q=1#x' {sandbox}></iframe>"))
    (view,) = service.wait(1)
    assert view["u"] == f"{site.url}/framed?q=1"
    frame = page.frame_locator("iframe")
    frame.locator("foursite-share button").wait_for()
    page.goto(site.page("/next", "<p>Next</p>"))
    service.wait(1, "engage")


def test_the_same_script_twice_is_one_widget(
    page: Page, site: Collector, service: Collector
) -> None:
    site.script("/copy/widget.js", (DIST / "widget.js").read_bytes())
    twice = embed(service).replace(
        "</head>", f'<script defer src="/copy/widget.js" data-site="Another0Key" '
        f'data-service="{service.url}"></script></head>',
    )  # fmt: skip
    page.goto(site.page("/", twice))
    service.wait(1)
    page.evaluate("history.pushState(1, '', '/b')")
    service.wait(2, "view")
    settle(page)
    assert [event["t"] for event in service.events].count("view") == 2
    assert len({event["s"] for event in service.events}) == 1
    assert share_button(page).count() == 1


def test_from_disk_the_button_works_and_nothing_is_sent(
    page: Page, service: Collector, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("disk")
    for name in ("widget.js", "panel.js"):
        (folder / name).write_bytes((DIST / name).read_bytes())
    head = '<link rel="canonical" href="https://lantern.example/guide/#start">'
    file = folder / "index.html"
    file.write_text(embed(service, head=head, script="widget.js"), encoding="utf-8")
    page.goto(file.as_uri())
    share_button(page).click()
    page.locator("foursite-share dialog").wait_for()
    assert page.evaluate(READ_LINK) == "https://lantern.example/guide/"
    settle(page)
    assert service.received == []


@pytest.mark.parametrize("mood", ["failing", "rubbish", "hanging"])
def test_a_service_in_trouble_costs_the_page_nothing(
    page: Page, site: Collector, service: Collector, mood: str
) -> None:
    service.mood = mood  # type: ignore[assignment]  # one of its moods
    body = "<button data-foursite-goal>Buy</button><foursite-share counts></foursite-share>"
    page.goto(site.page("/", embed(service, body=body)))
    page.click("text=Buy")
    share_button(page).click()
    page.locator("foursite-share dialog").wait_for()
    page.wait_for_timeout(1300)
    assert page.locator("foursite-share [part=count]").inner_text() == ""
    page.goto(site.page("/next", "<p>Next</p>"), timeout=5_000)


def test_a_service_that_is_gone_costs_the_page_nothing(page: Page, site: Collector) -> None:
    gone = Collector(url="http://127.0.0.1:9")
    page.goto(site.page("/", embed(gone, attributes="counts")))
    page.wait_for_timeout(1300)
    share_button(page).click()
    page.locator("foursite-share dialog").wait_for()
