"""A month of an owner on the dashboard, with scripts on a desk and without them on a phone.

The service, its clock apart, and the browser are real; visitors and the provider of payments are
played by the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from backend.actions.accounts import sign_up
from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payments import apply_event
from backend.actions.transparency import integrate
from backend.app import create_app
from backend.clock import FixedClock
from backend.domain.instants import DAY, MINUTE
from backend.gateways.live import Fanout
from backend.ids import SystemIds
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.money import paid
from tests.support.service import BROWSER, make_context
from tests.support.tasks import RecordedTasks, newest_link, with_recorded_tasks

pytestmark = pytest.mark.browser

MAIL = "ann@owners.example"
SITE = "https://lantern.example/"


@dataclass(slots=True)
class Month:
    """A running service, and the page of the owner in front of it."""

    url: str
    context: Context
    tasks: RecordedTasks
    page: Page
    has_scripts: bool

    @property
    def clock(self) -> FixedClock:
        assert isinstance(self.context.clock, FixedClock)
        return self.context.clock

    def open(self, path: str) -> None:
        """Go to a page, which has to fit its screen."""
        self.page.goto(f"{self.url}{path}")
        self.check_fit()

    def check_fit(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.page.viewport_size["width"], self.page.url  # type: ignore[index]

    def expect_title(self, words: str | re.Pattern[str]) -> None:
        """Wait for the answer at the head of the page; without scripts it takes a reload."""
        if not self.has_scripts:
            self.page.reload()
        expect(self.page.locator("h1")).to_have_text(words)

    def visit(self, key: str, kind: str, number: int, **more: str) -> None:
        """Send what the widget of a visitor sends."""
        ping = {"s": key, "t": kind, "u": SITE, "i": f"v{number:010d}", **more}
        headers = {"user-agent": f"{BROWSER} V/{number}", "origin": SITE.rstrip("/")}
        assert httpx.post(f"{self.url}/collect", json=ping, headers=headers).status_code == 202


@pytest.fixture(params=["scripts at a desk", "no scripts on a phone"])
def month(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    browser: Browser,  # noqa: F811
) -> Iterator[Month]:
    made: list[tuple[Context, RecordedTasks]] = []

    def make_app(url: str) -> Starlette:
        context = make_context(tmp_path, environment={"FOURSITE_BASE_URL": url})
        made.append(with_recorded_tasks(replace(context, live=Fanout(SystemIds()))))
        return create_app(made[0][0])

    has_scripts = request.param == "scripts at a desk"
    size = {"width": 1440, "height": 900} if has_scripts else {"width": 390, "height": 844}
    with serve_app(make_app) as url:
        person = browser.new_context(viewport=size, java_script_enabled=has_scripts)  # type: ignore[arg-type]
        yield Month(
            url=url,
            context=made[0][0],
            tasks=made[0][1],
            page=person.new_page(),
            has_scripts=has_scripts,
        )
        person.close()
    made[0][0].database.close()


def test_a_month_from_the_first_site_to_money_that_can_be_paid(month: Month) -> None:
    page = month.page
    begin(month)
    key = add_site(month)
    count_visits(month, key)
    friend = bring_a_friend(month)
    see_the_commission(month, friend)
    month.clock.move(10 * DAY)
    month.open("/dashboard/notifications")
    page.get_by_role("button", name="Mark all as read").click()
    month.expect_title("You have read everything")
    for _ in range(3):
        month.clock.move(10 * DAY)
        month.open("/dashboard")  # a session ends after 14 days without a visit
    assert mature_commissions(month.context) > 0
    month.open("/dashboard/earnings")
    expect(page.locator(".figures")).to_contain_text("$5.80")
    expect(page.get_by_role("heading", name="Next payout")).to_be_visible()
    for path in ("/dashboard/audience", "/dashboard/network", "/dashboard/rewards",
                 "/dashboard/settings", "/dashboard/settings/notifications",
                 "/dashboard/leaderboards", "/dashboard/tax"):  # fmt: skip
        month.open(path)
        expect(page.locator("h1")).not_to_be_empty()
    page.get_by_role("button", name="Sign out").first.click()
    month.open("/dashboard")
    assert page.url == f"{month.url}/sign-in"


def begin(month: Month) -> None:
    """Sign up by mail, and see where to begin."""
    page = month.page
    page.goto(f"{month.url}/sign-up")
    page.get_by_label("E-mail").fill(MAIL)
    page.get_by_label("Name").fill("Ann Lantern")
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto(month.url + newest_link(month.context, month.tasks, MAIL))
    page.get_by_role("button", name="Create my account").click()
    page.wait_for_url(f"{month.url}/dashboard")
    expect(page.locator("h1")).to_have_text("Your first site goes here")
    month.check_fit()


def add_site(month: Month) -> str:
    """Follow the first step, and return the key of the site."""
    page = month.page
    page.get_by_role("link", name="Add your first site").click()
    page.get_by_label("Address").fill(SITE)
    page.get_by_label("Title").fill("Lantern")
    page.get_by_role("button", name="Add the site").click()
    month.open("/dashboard/sites")
    page.get_by_role("link", name="Lantern", exact=True).click()
    page.get_by_role("heading", name="The line for your pages").wait_for()
    month.check_fit()
    line = page.get_by_text("<script defer").inner_text()
    found = re.search(r'data-site="(\w{8,32})"', line)
    assert found, line
    return found[1]


def count_visits(month: Month, key: str) -> None:
    """See visits and shares arrive on the page that is open."""
    month.open("/dashboard")
    expect(month.page.locator("h1")).to_have_text("Your sites had 0 views")
    for number in range(3):
        month.visit(key, "view", number)
    month.expect_title("Your sites had 3 views")
    for number in range(3):
        month.visit(key, "share", 10 + number, n="x")
    if not month.has_scripts:
        month.page.reload()
    shares = month.page.locator(".figure-box", has_text="Shares that count")
    expect(shares.locator(".figure-value")).to_have_text("3")


def bring_a_friend(month: Month) -> str:
    """Let somebody sign up with the owner's code and pay; return their account."""
    month.open("/dashboard/referrals")
    found = re.search(r"/r/([A-Z0-9]{6,32})", month.page.content())
    assert found
    month.clock.move(MINUTE)
    friend = sign_up(
        month.context,
        email="bob@friends.example",
        name="",
        code=found[1],
        is_typed=True,
        touch=None,
    )
    apply_event(month.context, paid(friend.id, 2_900, at=month.clock.now()))
    integrate(month.context)
    month.expect_title(re.compile("1 .*signed up through you"))
    return friend.id


def see_the_commission(month: Month, friend: str) -> None:
    """Ask why an amount is what it is; nothing on the page says who paid."""
    page = month.page
    month.open("/dashboard/earnings")
    expect(page.locator("h1")).to_contain_text("$5.80")
    page.locator("tbody a[href^='/dashboard/earnings/']").first.click()
    expect(page.locator("h1")).to_contain_text("$5.80")
    month.check_fit()
    for words in ("$29.00", "20", "$5.80"):
        expect(page.locator("main")).to_contain_text(words)
    assert friend not in page.content()
    assert "bob@" not in page.content()
