"""A page with the share button, served over HTTP beside a service that keeps what it is told.

`serve_share_page` yields a `SharePage`; `open_panel` presses the button. Scripts are the built
ones of `widget/dist`. Addresses of other hosts are answered by nobody: `stay_inside` catches them.
"""

from __future__ import annotations

import http.server
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route

WIDGET = Path(__file__).parents[2] / "widget"
SITE_KEY = "Kx7Lm2Qp9R"

_TYPES = {".js": "text/javascript", ".json": "application/json"}


@dataclass(slots=True)
class SharePage:
    """What is served, and what has arrived. Tests change it before they open the page."""

    origin: str
    title: str = "A page"
    head: str = ""
    body: str = "<h1>A page</h1><p><a href='#here'>A link</a></p>"
    lang: str = "en"
    attributes: str = ""
    is_without_service: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] | None = None
    missing: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.origin}/page"

    def html(self) -> str:
        service = "" if self.is_without_service else self.origin
        return (
            f'<!doctype html><html lang="{self.lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{self.title}</title>{self.head}"
            f'<script defer src="{self.origin}/dist/widget.js" data-site="{SITE_KEY}" '
            f'data-service="{service}" {self.attributes}></script></head>'
            f"<body><main>{self.body}</main></body></html>"
        )

    def told(self, kind: str, count: int = 0) -> list[dict[str, Any]]:
        """Return the events of one type, oldest first, when at least `count` have come."""
        patience = time.monotonic() + 30
        while True:
            found = [event for event in self.events if event["t"] == kind]
            if len(found) >= count or time.monotonic() > patience:
                return found
            time.sleep(0.02)


@contextmanager
def serve_share_page() -> Iterator[SharePage]:
    """Serve the page under `/page`, the built widget under `/dist/`, its sources under `/src/`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            shared.requests.append(path)
            if path == "/page":
                self._answer(shared.html().encode(), "text/html; charset=utf-8")
            elif path.startswith("/widget/counts/") and shared.counts:
                self._answer(json.dumps(shared.counts).encode(), "application/json")
            elif path.startswith(("/dist/", "/src/")) and path not in shared.missing:
                file = WIDGET / path[1:]
                self._answer(file.read_bytes(), _TYPES[file.suffix])
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            shared.events.extend(told if isinstance(told, list) else [told])
            self._answer(b"", "text/plain", status=202)

        def _answer(self, content: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Type": kind,
                "Content-Length": str(len(content)),
                "Access-Control-Allow-Origin": "*",
                **(shared.headers if kind.startswith("text/html") else {}),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on the test's terminal."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        shared = SharePage(origin=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield shared
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def share_page() -> Iterator[SharePage]:
    with serve_share_page() as shared:
        yield shared


def stay_inside(context: BrowserContext) -> None:
    """Answer every other host with an empty page, so that no test leaves this machine."""

    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><p>Elsewhere")

    context.route(re.compile(r"https?://(?!127\.0\.0\.1[:/])"), answer)


def open_panel(page: Page, address: str | None = None) -> Locator:
    """Visit the address, if one is given, press the share button, and return the panel."""
    if address:
        page.goto(address)
    page.locator("foursite-share").get_by_role("button", expanded=False).first.click()
    panel = page.locator("foursite-share dialog")
    panel.wait_for()
    return panel


def target(panel: Locator, platform: str) -> Locator:
    return panel.locator(f"[data-platform={platform}]")
