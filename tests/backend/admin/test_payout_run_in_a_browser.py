"""A payout run in Chromium: two administrators take a batch from its draft to the bank's answer.

One sits at a wide screen with scripts, the other at a phone without any. Each page that they see is
looked at by axe, and nothing is wider than the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page

from backend.app import App
from backend.domain.actors import Role
from backend.domain.payouts import PayoutState
from tests.journeys.test_accessibility import AXE, RUN
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.earner import Desk, Seat, open_desk
from tests.support.http_service import serve_app
from tests.support.payouts import add_earner, payouts_of

pytestmark = [pytest.mark.browser, pytest.mark.node]

WIDE, PHONE = 1440, 390


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running service in which one payout of $9,000 and one of $3,000 are due."""

    url: str
    desk: Desk
    fay: Seat
    ada: Seat


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made: list[Served] = []

    def make(url: str) -> App:
        desk = open_desk(tmp_path, {"FOURSITE_BASE_URL": url})
        for gross in (4_500_000, 1_500_000):
            add_earner(desk.context, gross)
        fay = desk.enter("fay@people.example", Role.FINANCE)
        ada = desk.enter("ada@people.example", Role.ADMIN)
        made.append(Served(url=url, desk=desk, fay=fay, ada=ada))
        return desk.app

    with serve_app(make):
        yield made[0]
    made[0].desk.context.database.close()


def sit_down(
    running: Browser, served: Served, seat: Seat, width: int, *, has_scripts: bool
) -> BrowserContext:
    opened = running.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=has_scripts,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    value = str(seat.client.cookies["foursite_session"])
    opened.add_cookies([{"name": "foursite_session", "value": value, "url": served.url}])
    return opened


def check(page: Page, width: int) -> None:
    """Look at a page as axe does, where it can, and at its width."""
    if page.evaluate("document.documentElement.scrollWidth") > width:
        raise AssertionError(f"{page.url} is wider than {width}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN) == [], page.url


def headline(page: Page) -> str:
    return page.locator("h1").inner_text().replace("\N{NO-BREAK SPACE}", " ")


def draft_and_approve(page: Page, url: str) -> str:
    """Draft a batch and give the first approval; return the address of its page."""
    page.goto(f"{url}/admin/payouts")
    check(page, WIDE)
    page.select_option("[name=method]", "paypal")
    page.get_by_role("button", name="Draft it").click()
    assert headline(page) == "1 payout batch waits for you"
    page.get_by_role("link", name="by PayPal").click()
    assert headline(page) == "2 payouts of $12,000.00 wait for 2 approvals"
    check(page, WIDE)
    for total in ("1200", "12,000.00"):
        page.fill("[name=total]", total)
        page.get_by_role("button", name="Approve the batch").click()
        if total == "1200":
            assert page.get_by_role("alert").inner_text().startswith("The batch comes to $12,000.")
    assert "another administrator has to give the next" in page.inner_text("main")
    assert not page.get_by_role("button", name="Approve the batch").count()
    return page.url


def approve_and_send(page: Page, place: str) -> bytes:
    """Give the second approval and submit the batch; return its file."""
    page.goto(place)
    page.fill("[name=total]", "12000.00")
    page.get_by_role("button", name="Approve the batch").click()
    assert "approved, not sent" in headline(page)
    page.get_by_role("button", name="Submit the batch").click()
    with page.expect_download() as downloading:
        page.locator("a[href$='/file']").click()
    return Path(downloading.value.path()).read_bytes()


def reconcile(page: Page, place: str, answer: str) -> None:
    """Upload what the provider answered."""
    page.goto(place)
    check(page, WIDE)
    page.set_input_files(
        "[name=file]",
        FilePayload(name="answer.csv", mimeType="text/csv", buffer=answer.encode()),
    )
    page.get_by_role("button", name="Upload and reconcile").click()
    assert "1 paid, 1 failed" in page.get_by_role("status").inner_text()
    assert headline(page).endswith(": settled")
    check(page, WIDE)


def test_two_administrators_pay_a_batch_out(
    browser: Browser,  # noqa: F811
    served: Served,
) -> None:
    """Twelve thousand dollars need both; one payout arrives, the other comes back."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    wide = sit_down(browser, served, served.fay, WIDE, has_scripts=True)
    phone = sit_down(browser, served, served.ada, PHONE, has_scripts=False)
    small = sit_down(browser, served, served.ada, PHONE, has_scripts=True)
    fay = wide.new_page()
    place = draft_and_approve(fay, served.url)
    content = approve_and_send(phone.new_page(), place)
    assert b",9000.00,USD," in content and b",3000.00,USD," in content
    batch = place.rpartition("/")[2]
    first, second = payouts_of(served.desk.context, served.fay.actor, batch)
    answer = f"id,status,reason\n{first.id},paid,\n{second.id},failed,The account was closed.\n"
    reconcile(fay, place, answer)
    ends = payouts_of(served.desk.context, served.fay.actor, batch)
    assert [one.state for one in ends] == [PayoutState.PAID, PayoutState.FAILED]
    page = small.new_page()
    for path in (place, f"{served.url}/admin/payouts", f"{served.url}/admin/plans"):
        page.goto(path)
        check(page, PHONE)
    page.goto(f"{served.url}/admin/audit")
    told = page.inner_text("main")
    for act in ("batch.draft", "batch.approve", "batch.submit", "batch.file", "batch.returns"):
        assert act in told
    for opened in (wide, phone, small):
        opened.close()
