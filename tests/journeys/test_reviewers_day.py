"""A reviewer's day, with scripts at a desk and without them on a phone.

The service and the browser are real; shares are facts as the collector hands them over. Ann's were
made by one machine, Bob's by a class behind one address; Tom's are as many, at the same times and
from everywhere, so that nobody doubts them: what Bob gets back is what Tom had all the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import update
from starlette.applications import Starlette

from backend.actions.accounts import change_role
from backend.actions.checks import run_check
from backend.actions.context import Context
from backend.actions.disputes import Opening, open_dispute
from backend.app import create_app
from backend.domain.actors import Role, owner_of
from backend.domain.disputes import DisputeKind
from backend.domain.instants import HOUR, SECOND
from backend.store.tables.base import TENANT
from backend.store.tables.sites import SiteRow
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.facts import record_now
from tests.support.http_service import serve_app
from tests.support.running import server_command
from tests.support.service import add_account, add_site, make_context
from tests.support.sharing import a_share
from tests.support.tasks import RecordedTasks, newest_link, with_recorded_tasks

pytestmark = pytest.mark.browser

REVIEWER, ADMIN = "ruth@desk.example", "ada@desk.example"
NO_SUCH_SITE = "The showcase has no such site."
SHARES = 20
COUNTED = 9
"""Shares from one network count until the tenth, which is what the rule asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Somebody's site."""

    account: str
    site: str
    key: str


@dataclass(slots=True)
class Office:
    """A running service, and the browsers in front of it."""

    url: str
    folder: Path
    context: Context
    tasks: RecordedTasks
    running: Browser
    has_scripts: bool
    owned: dict[str, Owned]
    opened: list[BrowserContext] = field(default_factory=list)

    def sit_down(self) -> Page:
        """Return the page of somebody with a browser of their own."""
        width, height = (1440, 900) if self.has_scripts else (390, 844)
        made = self.running.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=self.has_scripts
        )
        self.opened.append(made)
        return made.new_page()

    def sign_in(self, page: Page, email: str) -> None:
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Send me a link").click()
        page.goto(self.url + newest_link(self.context, self.tasks, email))
        page.get_by_role("main").get_by_role("button").click()
        page.wait_for_url(f"{self.url}/dashboard**")

    def open(self, page: Page, path: str, title: str) -> None:
        """Go to a page, which has this title."""
        page.goto(f"{self.url}{path}")
        check(page, title)

    def numbers_of(self, name: str) -> list[str]:
        """Return score, shares and end of featuring, as somebody reads them who was never here.

        A browser that read the page before may show what it kept, for a minute.
        """
        page = self.sit_down()
        page.goto(f"{self.url}/showcase/{self.owned[name].key}")
        return page.locator("dl.facts > .fact").all_inner_texts()

    def agrees(self) -> bool:
        """Tell whether `4site server check` finds every sum to be what the facts say."""
        found = server_command(self.folder, "check", FOURSITE_BASE_URL=self.url)
        assert found.stdout == "Everything agrees.\n", found
        return found.returncode == 0


def check(page: Page, title: str) -> None:
    """The page says this first, and fits its screen."""
    expect(page.locator("h1")).to_have_text(title)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"], page.url  # type: ignore[index]


@pytest.fixture(params=["scripts at a desk", "no scripts on a phone"])
def office(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    browser: Browser,  # noqa: F811
) -> Iterator[Office]:
    made: list[tuple[Context, RecordedTasks]] = []

    def make_app(url: str) -> Starlette:
        environment = {"FOURSITE_BASE_URL": url}
        made.append(with_recorded_tasks(make_context(tmp_path, environment=environment)))
        return create_app(made[0][0])

    with serve_app(make_app) as url:
        context, tasks = made[0]
        for email, role in ((REVIEWER, Role.REVIEWER), (ADMIN, Role.ADMIN)):
            change_role(context, add_account(context, email=email), role)
        made_office = Office(
            url=url,
            folder=tmp_path,
            context=context,
            tasks=tasks,
            running=browser,
            has_scripts=request.param == "scripts at a desk",
            owned=live(context),
        )
        yield made_office
        for opened in made_office.opened:
            opened.close()
    context.database.close()


def live(context: Context) -> dict[str, Owned]:
    """Let twenty people share each of four sites, three of which get them from one network."""
    owned = {}
    for name in ("Ann", "Bob", "Cid", "Tom"):
        account = add_account(context, tier="pro", email=f"{name.lower()}@owners.example")
        site, key = add_site(
            context, account, url=f"https://{name.lower()}.example/", title=name, wish="in"
        )
        owned[name] = Owned(account=account, site=site, key=key)
    begin = context.clock.now() - HOUR
    with context.database.transaction() as session:
        session.connection().execute(update(SiteRow).values(verified_at=begin))
    for number in range(SHARES):
        for name, one in owned.items():
            network = f"net{number}" if name == "Tom" else "one"
            page = f"https://{name.lower()}.example/{number % 3 or ''}"
            at = begin + number**2 * SECOND  # not like the ticks of a clock
            share = a_share(one.site, f"{name}{number}", at, network=network, page=page)
            record_now(context, [share])
    said = Opening(kind=DisputeKind.ATTRIBUTION, text="Tom came to you by me.")
    open_dispute(context, owner_of(TENANT, owned["Bob"].account), said)
    return owned


def test_a_day_from_what_waits_to_what_was_done(office: Office) -> None:
    page = office.sit_down()
    office.sign_in(page, REVIEWER)
    see_what_waits(office, page)
    confirm_a_farm(office, page)
    clear_a_class(office, page)
    try_a_threshold(office, page)
    suspend_and_resume(office, page)
    meet_closed_doors(office, page)
    look_after_the_rest(office, office.sit_down())


def see_what_waits(office: Office, page: Page) -> None:
    """Home says what to look at, and leads there."""
    page.get_by_role("link", name="Administration").click()
    check(page, "One thing needs you")
    page.get_by_role("link", name="3 Open fraud cases").click()
    check(page, "3 cases to decide")
    assert "ann@owners.example" not in page.content(), "who somebody is has to be asked for"


def open_case(page: Page, name: str) -> None:
    """Choose the case about somebody's site in the queue."""
    page.get_by_role("row", name=name).get_by_role("link", name="Suspect shares").click()
    check(page, f"Suspect shares of {name[0].lower()}…@owners.example")


def confirm_a_farm(office: Office, page: Page) -> None:
    """Read what was found and who else did the like; then leave it out for good."""
    before = office.numbers_of("Ann")
    open_case(page, "Ann")
    found = page.get_by_role("group", name="Evidence").inner_text()
    assert "Shares of a site in a day from few networks" in found
    assert "Most sharers never looked at a page before" in found
    assert "at least 10 shares, fewer than 3" in found
    similar = page.get_by_role("group", name="Similar cases").get_by_role("row")
    expect(similar).to_have_count(3)  # with the head
    expect(page.locator("main")).to_contain_text(f"{SHARES - COUNTED} shares")
    confirming = page.locator("form[action$='/confirm']")
    if office.has_scripts:
        confirming.get_by_role("button").click()
        expect(confirming.get_by_label("Why it is fraud")).to_be_focused()
    confirming.get_by_label("Why it is fraud").fill("One machine")
    confirming.get_by_role("button", name="Confirm as fraud").click()
    expect(page.get_by_role("heading", name="Confirmed", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("One machine")
    assert office.numbers_of("Ann") == before
    assert f"Shares\n{COUNTED}" in before


def clear_a_class(office: Office, page: Page) -> None:
    """Give back what was held: all numbers are those of the one who was never doubted."""
    expected = office.numbers_of("Tom")
    assert f"Shares\n{SHARES}" in expected
    assert office.numbers_of("Bob") != expected
    page.get_by_role("link", name="All cases").click()
    check(page, "2 cases to decide")
    open_case(page, "Bob")
    page.get_by_label("Why it is fine").fill("A class with one address")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("heading", name="Cleared", exact=True)).to_be_visible()
    assert office.numbers_of("Bob") == expected
    assert office.agrees()


def try_a_threshold(office: Office, page: Page) -> None:
    """See what a limit of sixteen shares would have done in 30 days; nothing is changed by that."""
    page.get_by_role("link", name="All cases").click()
    page.get_by_role("link", name="Rules and their numbers").click()
    check(page, "Fraud rules, version 1")
    group = page.get_by_role("group", name="Shares of a site in a day from few networks")
    group.get_by_label("Least shares").fill("16")
    page.get_by_role("button", name="Try out").click()
    said = page.get_by_role("status")
    expect(said).to_contain_text(
        "Of 80 shares of the last 30 days, 0 more would wait and 18 would not."
    )
    expect(said).to_contain_text("Ann (6), Bob (6), Cid (6)")
    check(page, "Fraud rules, version 1")
    page.goto(f"{office.url}/admin/fraud/rules")
    expect(group.get_by_label("Least shares")).to_have_value("10")


def suspend_and_resume(office: Office, page: Page) -> None:
    """Take a site away and give it back as it was."""
    before = office.numbers_of("Cid")
    office.open(page, "/admin/fraud", "1 case to decide")
    open_case(page, "Cid")
    page.get_by_role("link", name="Cid", exact=True).click()
    check(page, "Cid")
    page.get_by_label("Why it is suspended").fill("Malware in a download")
    page.get_by_role("button", name="Suspend the site").click()
    expect(page.locator("main")).to_contain_text("suspended")
    assert office.numbers_of("Cid") == []
    office.open(office.sit_down(), f"/showcase/{office.owned['Cid'].key}", NO_SUCH_SITE)
    page.get_by_label("Why it is resumed").fill("It is gone")
    page.get_by_role("button", name="Resume the site").click()
    expect(page.get_by_role("button", name="Suspend the site")).to_be_visible()
    assert office.numbers_of("Cid") == before


def meet_closed_doors(office: Office, page: Page) -> None:
    """What is for other roles is not in the menu, and there is nothing at its address."""
    menu = page.get_by_role("navigation", name="Administration").inner_text()
    for words, path in (("Payouts", "payouts"), ("Disputes", "disputes"), ("Jobs", "jobs")):
        assert words not in menu
        office.open(page, f"/admin/{path}", "There is nothing at this address.")
    page.get_by_role("main").get_by_role("link", name="Your account").click()
    expect(page).to_have_url(f"{office.url}/dashboard")


def look_after_the_rest(office: Office, page: Page) -> None:
    """An administrator sees a dispute, jobs and checks, sets a flag, and reads who did what."""
    office.sign_in(page, ADMIN)
    office.open(page, "/admin/disputes", "1 dispute waits for a decision")
    page.locator("main a[href^='/admin/disputes/']").last.click()
    expect(page.locator("main")).to_contain_text("Tom came to you by me.")
    office.open(page, "/admin/jobs", "No job has run yet")
    run_check(office.context, by="clock")
    office.open(page, "/admin/checks", "Everything agrees with the facts")
    office.open(page, "/admin/flags", "No feature is behind a flag")
    page.get_by_label("Name", exact=True).fill("new_editor")
    page.get_by_label("Share of everybody").fill("10")
    page.get_by_role("button", name="Add the flag").click()
    check(page, "One feature is behind a flag")
    office.open(page, "/admin/audit", "7 acts of operators")  # with two roles given
    log = page.get_by_role("group", name="What operators did")
    for act, words in (
        ("fraud.confirm", "One machine"),
        ("fraud.clear", "A class with one address"),
        ("site.suspend", "Malware in a download"),
        ("site.resume", "It is gone"),
        ("flag.set", "new_editor"),
    ):
        line = log.get_by_role("row", name=act)
        expect(line).to_contain_text(words)
        expect(line).to_contain_text(ADMIN if act == "flag.set" else REVIEWER)
