"""What the widget's tests share: a website, a service on another origin, a visitor, a watch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.collector import Collector, collecting
from tests.support.kept_page import KeptPage


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


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    """Yield what the tests of a module take their page from."""
    keeper = KeptPage(browser, viewport={"width": 1000, "height": 700})
    yield keeper
    keeper.close()


@pytest.fixture
def page(kept: KeptPage) -> Iterator[Page]:
    """Yield a visitor's page. Whatever the widget throws into it fails the test."""
    with kept.lend() as page:
        yield page
