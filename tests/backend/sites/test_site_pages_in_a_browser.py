"""Sites, settings and a profile in Chromium: a phone's width, axe, the real widget tried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext

from backend.actions.profiles import save_profile
from backend.domain.profiles import ProfileDraft
from tests.journeys.test_accessibility import AXE, RUN
from tests.support.browser import browser
from tests.support.http_service import serve_app
from tests.support.people import Person, open_world

__all__ = ["browser"]
pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running service, and an owner with a site in it."""

    url: str
    ann: Person

    def enter(self, browser: Browser, *, bypass_csp: bool = False) -> BrowserContext:
        """Return a phone that the owner is signed in with."""
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, reduced_motion="reduce", bypass_csp=bypass_csp
        )
        cookie = {"name": "foursite_session", "value": self.ann.cookie, "url": self.url}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a plain mapping will do
        return context

    @property
    def pages(self) -> tuple[str, ...]:
        site = f"{self.url}/dashboard/sites/{self.ann.of['site']}"
        return (
            f"{self.url}/dashboard/sites",
            *(f"{site}{part}" for part in ("", "/widget", "/publishing", "/builds")),
            f"{self.url}/dashboard/settings",
            f"{self.url}/people/ann-l",
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with open_world(tmp_path_factory.mktemp("world"), "ann") as world:
        ann = world.people["ann"]
        draft = ProfileDraft(handle="ann-l", links=("https://ann.example/",), is_public=True)
        save_profile(world.context, ann.actor, draft)
        with serve_app(lambda _url: world.app) as url:
            yield Served(url=url, ann=ann)


def test_pages_fit_a_phone_and_the_preview_is_the_widget_and_counts_nothing(
    browser: Browser, served: Served
) -> None:
    context = served.enter(browser)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for address in served.pages:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.goto(f"{served.pages[2]}?chosen=1&position=inline&own=1&accent=%23aa0000&platform=x")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Share").click()
    frame.locator("foursite-share dialog").wait_for()
    assert frame.locator("[data-platform=x]").count() == 1
    assert frame.locator("[data-platform=reddit]").count() == 0
    accent = "getComputedStyle(document.querySelector('foursite-share'))"
    inner = page.frames[1].evaluate(f"{accent}.getPropertyValue('--foursite-accent').trim()")
    assert inner == "#aa0000"
    assert [url for url in asked if "/collect" in url] == []
    assert said == []
    context.close()


@pytest.mark.node
def test_axe_finds_nothing(browser: Browser, served: Served) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    context = served.enter(browser, bypass_csp=True)  # the checker is what the policy keeps out
    page = context.new_page()
    faults = {}
    for address in served.pages:
        page.goto(address)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        faults[address] = page.evaluate(RUN)
    context.close()
    assert {address: found for address, found in faults.items() if found} == {}
