"""What a script costs a browser while its page loads: each task of it, by Chromium's own trace.

The page is opened in a context of its own that nothing watches but the trace. With the inspector's
domains for networks and scripts on, as automation has them, every request and timer also records
a call stack, and a first request alone costs twice as much as it costs a visitor.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from tests.support.browser import ARGUMENTS, find_executable
from tests.support.collector import Collector, collecting

SCRIPT_PATH = "/script.js"
_CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
_WATCHED_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A script's part of one task, in milliseconds: of the processor, and until it was done."""

    processor: float
    wall: float


@dataclass(frozen=True, slots=True)
class Loader:
    """A browser and a server that it loads pages from."""

    browser: Browser
    session: CDPSession
    server: Collector

    def load(self, page: str, code: bytes, *, slower: int) -> list[Work]:
        """Return the work of the script in the first moments of a page, a task each.

        `{url}` in the page stands for the server. The processor is `slower` times as slow.
        """
        self.server.script(SCRIPT_PATH, code)
        url = self.server.page("/", page.replace("{url}", self.server.url))
        context = self.session.send("Target.createBrowserContext")["browserContextId"]
        target = self.session.send(
            "Target.createTarget", {"url": "about:blank", "browserContextId": context}
        )["targetId"]
        self.browser.start_tracing(categories=_CATEGORIES)
        self._say(target, "Emulation.setCPUThrottlingRate", {"rate": slower})
        self._say(target, "Page.navigate", {"url": url})
        time.sleep(_WATCHED_SECONDS)
        trace = json.loads(self.browser.stop_tracing())
        self.session.send("Target.disposeBrowserContext", {"browserContextId": context})
        return list(find_work(trace["traceEvents"]))

    def _say(self, target: str, method: str, values: dict[str, Any]) -> None:
        """Send one command to a page. An emulation lasts as long as the session that asked."""
        attached = self.session.send(
            "Target.attachToTarget", {"targetId": target, "flatten": False}
        )
        message = json.dumps({"id": 1, "method": method, "params": values})
        self.session.send(
            "Target.sendMessageToTarget", {"sessionId": attached["sessionId"], "message": message}
        )


@contextmanager
def loading() -> Iterator[Loader]:
    """Run a browser and a server until the block ends."""
    with sync_playwright() as playwright, collecting() as server:
        path = find_executable(playwright.chromium)
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield Loader(browser, browser.new_browser_cdp_session(), server)
        finally:
            browser.close()


def find_work(events: list[dict[str, Any]]) -> Iterator[Work]:
    """Yield what the script did in each task of a trace that has any of it, in their order."""
    mine = sorted(filter(_is_script, events), key=lambda event: event["ts"])
    home = {(event["pid"], event["tid"]) for event in mine}
    tasks = [
        event
        for event in events
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) in home and "dur" in event
    ]
    for task in sorted(tasks, key=lambda event: event["ts"]):
        inside = [one for one in mine if 0 <= one["ts"] - task["ts"] < task["dur"]]
        if pieces := list(_outermost(inside)):
            yield Work(
                processor=sum(one.get("tdur", 0) for one in pieces) / 1000,
                wall=sum(one.get("dur", 0) for one in pieces) / 1000,
            )


def _is_script(event: dict[str, Any]) -> bool:
    data = event.get("args", {}).get("data", {})
    return event["name"] in {"EvaluateScript", "FunctionCall"} and str(
        data.get("url", "")
    ).endswith(SCRIPT_PATH)


def _outermost(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    end = 0
    for event in events:
        if event["ts"] >= end:
            end = event["ts"] + event.get("dur", 0)
            yield event
