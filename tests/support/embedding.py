"""Pages that embed the widget, as their owners write them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.support.collector import Collector

SITE_KEY = "Lantern0Key"
ROOM = "<h1>A page</h1><p>Some text.</p>"


def embed(
    service: Collector | None,
    *,
    attributes: str = "",
    head: str = "",
    body: str = ROOM,
    script: str = "/widget.js",
    root: str = 'lang="en"',
) -> str:
    """Return a page; with a service it names the site's key too."""
    named = f'data-site="{SITE_KEY}" data-service="{service.url}"' if service else ""
    return (
        f"<!doctype html><html {root}><head><meta charset=utf-8><title>A page</title>"
        f'<link rel="icon" href="data:,">{head}'
        f'<script defer src="{script}" {named} {attributes}></script></head>'
        f"<body>{body}</body></html>"
    )


def share_button(page: Page) -> Locator:
    return page.locator("foursite-share button[part=button]")


def settle(page: Page) -> None:
    """Wait until requests that the page has just made would have arrived."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 150))")
