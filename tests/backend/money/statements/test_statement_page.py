"""The page of a year: in words, as a file, on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from backend.actions.accounts import find_account
from backend.actions.context import Context
from backend.app import App, create_app
from backend.domain.ledger import EntryKind, own
from tests.journeys.test_accessibility import AXE, RUN
from tests.journeys.test_html_is_valid import check_files, java  # noqa: F401  a fixture
from tests.support.booking import book, claim, claim_converted, earn, mature, on, settle
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.service import make_context
from tests.support.signing_in import sign_in
from tests.support.tasks import with_recorded_tasks

PAGE = "/account/statements/2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A service in which Ann earned in two currencies and was paid, and her browser."""

    url: str
    context: Context
    client: TestClient


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made: list[Served] = []

    def make(url: str) -> App:
        folder = tmp_path_factory.mktemp("statement")
        context, tasks = with_recorded_tasks(
            make_context(folder, environment={"FOURSITE_BASE_URL": url})
        )
        app = create_app(context)
        client = TestClient(app, base_url=url, follow_redirects=False)
        sign_in(client, context, tasks, "ann@people.example", name="<b>Ann</b>")
        made.append(Served(url=url, context=context, client=client))
        return app

    with serve_app(make):
        _earn_a_year(made[0].context)
        yield made[0]
    made[0].context.database.close()


def _earn_a_year(context: Context) -> None:
    account = find_account(context, email="ann@people.example")
    assert account is not None
    ann = account.id
    for month in range(1, 9):
        earn(context, ann, 1_000_000 * month, on(2026, month, 3))
    earn(context, ann, -580, on(2026, 2, 21))
    earn(context, ann, 5_000, on(2026, 3, 20), "EUR")
    mature(context, ann, 5_000, on(2026, 4, 20), "EUR")
    mature(context, ann, 60_000, on(2026, 4))
    claim(context, ann, 60_000, on(2026, 5))
    claim_converted(context, ann, 5_000, 5_500, on(2026, 5), fact="1.1 of 2026-04-30")
    settle(context, ann, 65_500, on(2026, 5, 4), withheld=15_720, fee=25)
    moves = (("rewards", "USD", 1_000), (own("partner.pending", ann), "USD", -1_000))
    book(context, EntryKind.REWARD, on(2026, 6), *moves, ref="<script>alert(1)</script>")


def test_page_shows_the_year_in_words_and_links_each_line_to_its_proof(served: Served) -> None:
    page = served.client.get(PAGE).text
    assert "<h1>Statement 2026</h1>" in page
    assert "the year is not over" in page
    assert "There is no rate into USD for some lines in EUR" in page
    assert "−655.00" in page
    assert "157.20" in page
    for seq in ("0", "15"):
        assert f'<a href="/log/proof/{seq}">{seq}</a>' in page
    assert "Refund to a customer" in page
    assert "<b>Ann" not in page
    assert "<script>alert" not in page
    assert served.client.get(f"{PAGE}?currency=EUR").status_code == 200


def test_file_of_the_page_is_csv_that_no_cache_keeps(served: Served) -> None:
    answer = served.client.get(f"{PAGE}.csv?currency=EUR")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"
    name = 'attachment; filename="4site-statement-2026-EUR.csv"'
    assert answer.headers["content-disposition"] == name
    assert answer.text.count("\r\n") == 15


def test_way_to_the_running_year_and_what_there_is_none_of(served: Served) -> None:
    answer = served.client.get("/account/statements")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    for path, status in (("2019", 404), ("2027", 404), ("x", 404), ("2026?currency=X", 400)):
        assert served.client.get(f"/account/statements/{path}").status_code == status
    away = TestClient(served.client.app, follow_redirects=False).get(PAGE)
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in")


@pytest.mark.java
@pytest.mark.node
def test_page_is_valid(java: str, served: Served, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "statement.html"
    file.write_text(served.client.get(PAGE).text, encoding="utf-8")
    assert check_files(java, [file]) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_page_fits_and_prints_without_what_is_for_the_screen(
    browser: Browser,  # noqa: F811
    served: Served,
    width: int,
) -> None:
    page = open_page(browser, served, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".statement-screen").first.is_visible()
    page.emulate_media(media="print")
    for shown in (".statement-screen", ".bar", ".foot"):
        assert not page.locator(shown).first.is_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 2
    page.context.close()


@pytest.mark.browser
@pytest.mark.node
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_has_no_serious_fault(
    browser: Browser,  # noqa: F811
    served: Served,
    scheme: str,
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    options = {"color_scheme": scheme, "reduced_motion": "reduce", "bypass_csp": True}
    page = open_page(browser, served, viewport={"width": 390, "height": 900}, **options)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert not page.evaluate(RUN)
    page.context.close()


def open_page(browser: Browser, served: Served, **options: Any) -> Page:  # noqa: F811
    """Open the statement with Ann's session."""
    opened = browser.new_context(**options)
    for name, value in served.client.cookies.items():
        opened.add_cookies([{"name": name, "value": str(value), "url": served.url}])
    page = opened.new_page()
    page.goto(served.url + PAGE)
    return page
