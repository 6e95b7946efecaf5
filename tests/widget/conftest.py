"""What the widget's tests share: a website, a service on another origin, a visitor, a watch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.collector import Collector, collecting


@pytest.fixture
def site() -> Iterator[Collector]:
    """Yield the website that embeds the widget."""
    with collecting() as running:
        yield running


@pytest.fixture
def service() -> Iterator[Collector]:
    """Yield the service, which is another origin."""
    with collecting() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    """Yield a visitor's page. Whatever the widget throws into it fails the test."""
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    context.close()
    assert thrown == []
