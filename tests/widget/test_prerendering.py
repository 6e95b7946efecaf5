"""A page that the browser makes ahead says nothing until the visitor sees it.

A browser that is steered makes no pages ahead, so this one is only started, and the host page
goes on when the test says so.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import ARGUMENTS, find_executable
from tests.support.collector import PATIENCE_SECONDS, Collector
from tests.support.embedding import embed

pytestmark = pytest.mark.browser

SHARE = "a-Share_id1"
TELL = """<script>document.addEventListener("prerenderingchange", () => fetch("/shown"));
if (document.prerendering) fetch("/made");</script>"""
HOST = f"""<!doctype html><script type="speculationrules">
{{"prerender": [{{"urls": ["/ahead?via={SHARE}"], "eagerness": "immediate"}}]}}</script>
<script>setInterval(async () => {{
  const signal = await fetch("/signal");
  if (signal.ok) location.href = await signal.text();
}}, 50)</script>"""


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Yield what starts a browser of its own at an address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(url: str) -> None:
        program = find_executable(browser.browser_type)
        assert program
        options = (*ARGUMENTS, "--headless", "--remote-debugging-port=0")
        command = [program, *options, f"--user-data-dir={tmp_path}", url]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))

    yield start
    for process in started:
        process.terminate()
        process.wait()


def wait_for(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_page_made_ahead_says_nothing_until_it_is_shown(
    visit: Callable[[str], None], site: Collector, service: Collector
) -> None:
    site.page("/ahead", embed(service, head=TELL, attributes="counts"))
    visit(site.page("/", HOST))
    wait_for(lambda: {"/made", "/widget.js"} <= set(site.paths()))
    time.sleep(1.5)  # longer than the counts wait
    assert service.received == []

    site.page("/signal", f"/ahead?via={SHARE}")
    (view,) = service.wait(1)
    wait_for(lambda: "/shown" in site.paths() and len(service.received) > 1)
    assert (view["v"], view["u"]) == (SHARE, f"{site.url}/ahead")
    assert [one.method for one in service.received] == ["POST", "GET"], "the view, then counts"


def test_a_page_made_ahead_and_never_shown_says_nothing(
    visit: Callable[[str], None], site: Collector, service: Collector
) -> None:
    site.page("/ahead", embed(service, head=TELL))
    site.page("/elsewhere", "<script>fetch('/there')</script>")
    visit(site.page("/", HOST))
    wait_for(lambda: {"/made", "/widget.js"} <= set(site.paths()))
    site.page("/signal", "/elsewhere")
    wait_for(lambda: "/there" in site.paths())
    time.sleep(0.3)
    assert service.received == []
