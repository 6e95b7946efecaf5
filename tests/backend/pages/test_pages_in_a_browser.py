"""The public pages in Chromium: no fault for axe, no broken policy, no stranger asked, no bloat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from backend.actions.context import Context
from backend.actions.transparency import integrate
from backend.app import create_app
from tests.journeys.test_accessibility import AXE, RUN
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.listed_sites import add_listed_site, add_world
from tests.support.scripted_server import answer, serve_scripts
from tests.support.service import make_context
from tests.support.transparency import book_sales

pytestmark = pytest.mark.browser

BUDGET_BYTES = 100 * 1024
WIDTHS = (320, 390, 820, 1440)


LOG = ("/log/", "/log/entry/123")
PLAIN = ("/pricing?people=50&months=60", "/terms", "/privacy", "/status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running service with a world of sites, and one without."""

    full: str
    empty: str
    key: str

    @property
    def pages(self) -> tuple[str, ...]:
        paths = ("/", "/showcase", f"/showcase/{self.key}", "/showcase/strip", *LOG, *PLAIN)
        return (
            *(f"{self.full}{path}" for path in paths),
            f"{self.full}/showcase?kind=tool&language=Python",
            f"{self.full}/nowhere",
            *(f"{self.empty}{path}" for path in ("/", "/showcase", "/log/")),
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made: list[Context] = []

    def make(url: str) -> Starlette:
        folder = tmp_path_factory.mktemp("service")
        made.append(make_context(folder, environment={"FOURSITE_BASE_URL": url}))
        return create_app(made[-1])

    with serve_app(make) as full, serve_app(make) as empty:
        add_world(made[0], 40)
        _, key = add_listed_site(
            made[0], "<b>Bold</b>", views=10_000, topics=("cli",), language="Rust"
        )
        book_sales(made[0], 300, owner="a" * 32)
        for context in made:
            integrate(context)
        yield Served(full=full, empty=empty, key=key)
    for context in made:
        context.database.close()


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.node
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_no_page_has_a_serious_fault(
    browser: Browser,  # noqa: F811
    axe: str,
    served: Served,
    width: int,
    scheme: str,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,  # the checker itself is what the policy would keep out
    )
    page = context.new_page()
    faults = {}
    for address in served.pages:
        page.goto(address)
        page.evaluate(axe)
        faults[address] = page.evaluate(RUN)
    context.close()
    assert {address: found for address, found in faults.items() if found} == {}


def test_pages_keep_their_policy_ask_nobody_else_and_fit_the_screen(
    browser: Browser,  # noqa: F811
    served: Served,
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for address, width in product(served.pages, WIDTHS):
        said.clear()
        asked.clear()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert [text for text in said if "404" not in text] == [], (address, width)
        hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
        assert hosts == {urlsplit(address).netloc}
        fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert fits, (address, width)
    assert context.cookies() == []
    context.close()


def test_landing_and_showcase_are_under_a_hundred_kilobytes(
    browser: Browser,  # noqa: F811
    served: Served,
) -> None:
    for path in ("/", "/showcase"):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(f"{served.full}{path}")
        page.wait_for_load_state("networkidle")
        sent = page.evaluate(
            "[...performance.getEntriesByType('navigation'),"
            " ...performance.getEntriesByType('resource')]"
            ".reduce((sum, entry) => sum + entry.transferSize, 0)"
        )
        context.close()
        assert 20_000 < sent < BUDGET_BYTES, path


def test_pages_work_without_scripts(browser: Browser, served: Served) -> None:  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.full}/showcase")
    page.get_by_role("link", name="Libraries").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Libraries"
    page.goto(f"{served.full}/showcase")
    page.get_by_role("link", name="More sites").click()
    page.get_by_role("link", name="First page").click()
    assert page.locator(".card").count() == 24
    assert not page.get_by_role("group", name="Colours").is_visible()
    context.close()


def test_a_phone_opens_the_menu_by_keyboard(browser: Browser, served: Served) -> None:  # noqa: F811
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(served.full)
    assert not page.locator(".bar-account").is_visible()
    page.locator(".bar-menu > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".bar-account").is_visible()
    context.close()


def test_the_chosen_colours_stay_from_page_to_page(
    browser: Browser,  # noqa: F811
    served: Served,
) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(served.full)
    page.get_by_role("button", name="Dark").click()
    page.goto(f"{served.full}/showcase")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


def test_the_strip_stands_in_a_foreign_page_and_leaves_it_only_by_a_new_window(
    browser: Browser,  # noqa: F811
    served: Served,
) -> None:
    copied = page_line(browser, served)
    with serve_scripts() as host:
        body = f'<!doctype html><link rel="icon" href="data:,"><title>Host</title>{copied}'
        host.scripts["/"] = answer(body.encode(), Content_Type="text/html")
        context = browser.new_context()
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(host.url())
        frame = page.frame_locator("iframe")
        frame.locator(".strip-card").first.wait_for()
        assert frame.locator(".strip-card").count() == 4
        assert frame.locator("base").get_attribute("target") == "_blank"
        assert said == []
        assert context.cookies() == []
        context.close()


def page_line(browser: Browser, served: Served) -> str:  # noqa: F811
    """Return what the showcase page's copy button copies."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page: Page = context.new_page()
    page.goto(f"{served.full}/showcase")
    page.locator(".embed .copy").click()
    line: str = page.evaluate("navigator.clipboard.readText()")
    context.close()
    return line
