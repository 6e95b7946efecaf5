"""Referrals, the network, badges and the counter in Chromium: for axe, by keyboard, live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlmodel import update

from backend.actions.context import Context
from backend.store.tables.sites import ScoreRow
from tests.journeys.test_accessibility import AXE, RUN
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.listed_sites import add_listed_site
from tests.support.money import add_referral
from tests.support.people import Person, World, open_world
from tests.support.scripted_server import answer, serve_scripts
from tests.support.service import add_account

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ann, whose friend brought sixty people."""
    with open_world(tmp_path_factory.mktemp("world"), "ann") as made:
        friend = made.people["ann"].of["friend"]
        for _ in range(60):
            add_referral(made.context, friend, add_account(made.context))
        yield made


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with serve_app(lambda _url: world.app) as url:
        yield url


def open_as(browser: Browser, person: Person, url: str, **more: object) -> BrowserContext:  # noqa: F811
    context = browser.new_context(**more)  # type: ignore[arg-type]  # checked by whoever calls
    context.add_cookies([{"name": "foursite_session", "value": person.cookie, "url": url}])
    return context


@pytest.mark.node
def test_no_page_has_a_serious_fault_and_all_fit_a_phone(
    browser: Browser,  # noqa: F811
    world: World,
    address: str,
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    axe, person = Path(AXE).read_text(encoding="utf-8"), world.people["ann"]
    _site, key = add_listed_site(world.context)
    paths = (
        "/dashboard/referrals",
        "/dashboard/referrals?state=expired",
        "/dashboard/network",
        "/dashboard/network?root=1&skip=11",
        "/dashboard/network?root=1.1",
        f"/showcase/{key}",
        f"/embed/{key}/counter",
    )
    faults = {}
    for width, scheme in ((390, "dark"), (1440, "light")):
        context = open_as(
            browser,
            person,
            address,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            bypass_csp=True,
        )
        page = context.new_page()
        for path in paths:
            page.goto(address + path)
            page.evaluate(axe)
            if found := page.evaluate(RUN):
                faults[path, width] = found
            if width == 390 and path.startswith("/dashboard"):
                assert page.evaluate(
                    "document.querySelector('.desk-main').scrollWidth <= innerWidth"
                ), path
        context.close()
    assert faults == {}


def test_the_picture_is_read_and_opened_by_keyboard_and_a_counter_renews_itself(
    browser: Browser,  # noqa: F811
    world: World,
    address: str,
) -> None:
    context = open_as(browser, world.people["ann"], address)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/dashboard/network")
    page.locator("[data-chart]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".chart-said").inner_text() == (
        "Person 1 has published nothing yet, 60 below"
    )
    page.locator("svg.network a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/network?root=1")
    page.get_by_role("link", name="You", exact=True).click()
    page.wait_for_url("**/dashboard/network")
    assert said == []
    context.close()
    check_counter(browser, world.context, address)


def check_counter(browser: Browser, service: Context, address: str) -> None:  # noqa: F811
    """A counter in a foreign page asks for its number again, and keeps no cookie."""
    site, key = add_listed_site(service, "Counted")
    frame = f'<iframe src="{address}/embed/{key}/counter" title="Shares"></iframe>'
    with serve_scripts() as host:
        body = f'<!doctype html><link rel="icon" href="data:,"><title>Host</title>{frame}'
        host.scripts["/"] = answer(body.encode(), Content_Type="text/html")
        context = browser.new_context()
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.clock.install()
        page.goto(host.url())
        number = page.frame_locator("iframe").locator("[data-counter]")
        number.wait_for()
        before = number.inner_text()
        with service.database.transaction() as session:
            changed = update(ScoreRow).where(ScoreRow.site == site).values(shares=1_234)
            session.connection().execute(changed)
        page.clock.fast_forward(31_000)
        page.frame_locator("iframe").locator("[data-counter]", has_text="1,234").wait_for()
        assert before != "1,234"
        assert said == []
        assert context.cookies() == []
        context.close()
