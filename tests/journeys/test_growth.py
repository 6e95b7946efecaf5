"""From a repository to a featured site and a referral that published: one story, in a browser.

Everything between the people and the database is real: the command line builds and links, the
site is served over HTTP, visitors use Chromium, the service verifies by fetching the site. The
numbers at the end are computed by hand from the rules.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.applications import Starlette

from backend.actions.context import Context
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Scope, owner_of
from backend.store.tables.base import TENANT
from cli import main
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.service import add_account, make_context
from tests.support.share_page import target
from tests.support.tasks import RecordedTasks, newest_link, with_recorded_tasks

pytestmark = pytest.mark.browser

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 V/{}"
WAIT_SECONDS = 20


@dataclass(slots=True)
class World:
    """A running service, the mail it queued, and a token of its first owner."""

    url: str
    context: Context
    tasks: RecordedTasks
    secret: str

    def ask(self, path: str, secret: str | None = None) -> dict[str, object]:
        """Return an answer of the REST interface."""
        headers = {"Authorization": f"Bearer {secret or self.secret}"}
        answer = httpx.get(f"{self.url}/api/v1{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A service whose first owner is on the pro tier."""
    made: list[tuple[Context, RecordedTasks]] = []

    def make_app(url: str) -> Starlette:
        environment = {"FOURSITE_BASE_URL": url, "FOURSITE_PRIVATE_HOSTS": "127.0.0.1"}
        made.append(with_recorded_tasks(make_context(tmp_path / "data", environment=environment)))
        return create_app(made[0][0])

    with serve_app(make_app) as url:
        context, tasks = made[0]
        owner = owner_of(TENANT, add_account(context, tier="pro", email="ann@owners.example"))
        token = make_token(context, owner, name="test", scopes=list(Scope))
        yield World(url=url, context=context, tasks=tasks, secret=token.secret)
    context.database.close()


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve a built site on loopback and give its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *_: object) -> None:
        """Say nothing."""


@contextmanager
def visitor(browser: Browser, number: int, site: str) -> Iterator[Page]:  # noqa: F811
    """A person with a browser of their own. Other hosts are out of reach: the proxy is the site's
    own server, which serves none. (Routing requests would lose those that are sent at leave.)
    """
    context: BrowserContext = browser.new_context(
        user_agent=AGENT.format(number), proxy={"server": site, "bypass": "127.0.0.1"}
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    try:
        page = context.new_page()
        yield page
        page.close(run_before_unload=True)
        time.sleep(0.3)  # what is sent at leave is on its way
    finally:
        context.close()


def publish(world: World, repository: Path, site: str, out: Path, secret: str) -> str:
    """Register, build and verify a site as its owner would; return its id."""
    environment = pytest.MonkeyPatch()
    environment.setenv("FOURSITE_TOKEN", secret)
    try:
        flags = ["--service", world.url, "--base-url", site, "-q"]
        assert main(["link", str(repository), *flags]) == 0
    finally:
        environment.undo()
    build = ["build", str(repository), "-o", str(out), "--base-url", site, "--force", "-q"]
    assert main(build) == 0
    found = world.ask("/sites", secret)["items"]
    assert isinstance(found, list)
    (registered,) = found
    headers = {"Authorization": f"Bearer {secret}"}
    url = f"{world.url}/api/v1/sites/{registered['id']}/verify"
    answer = httpx.post(url, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "active"
    return str(registered["id"])


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.05)


def share(page: Page, platform: str) -> None:
    """Open the panel and share once."""
    page.locator("foursite-share").first.locator("button").first.click()
    link = target(page, platform)
    if platform == "copy_link":
        link.click()
        return
    with page.expect_popup() as popup:
        link.click()
    popup.value.close()


def sign_up(world: World, page: Page) -> None:
    """Make an account from the landing page on, by mail."""
    page.wait_for_url(f"{world.url}/")
    page.goto(f"{world.url}/sign-up")
    page.get_by_label("E-mail").fill("ben@owners.example")
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_text("ben@owners.example").first.wait_for()
    page.goto(world.url + newest_link(world.context, world.tasks, "ben@owners.example"))
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(f"{world.url}/dashboard**")


def test_a_shared_site_is_featured_and_its_visitor_becomes_a_referral(
    browser: Browser,  # noqa: F811
    world: World,
    corpus: Path,
    tmp_path: Path,
) -> None:
    repository = tmp_path / "bat"
    shutil.copytree(corpus / "sharkdp__bat", repository)
    out = tmp_path / "site"
    out.mkdir()
    with serve_folder(out) as site:
        first = publish(world, repository, site, out, world.secret)

        # A visitor shares on two platforms.
        with visitor(browser, 1, site) as page:
            page.goto(site)
            share(page, "x")
            page.keyboard.press("Escape")
            share(page, "copy_link")
            wait_for(lambda: counted(world, first) == 2, "two shares")
            link = page.evaluate("navigator.clipboard.readText()")
        assert "via=" in link

        # A second one arrives through the copied link, follows powered-by, and signs up.
        with visitor(browser, 2, site) as page:
            page.goto(link)
            page.wait_for_url(site)
            page.locator("foursite-share").first.locator("button").first.click()
            with page.expect_popup() as opened:
                page.locator("foursite-share").locator("[part~=powered] a").click()
            sign_up(world, opened.value)
        assert states(world) == {"pending": 1}

        # Three more people share once each; the fifth counted share features the site.
        for number, platform in ((3, "reddit"), (4, "hackernews"), (5, "x")):
            assert score(world, first)["featured_until"] is None
            with visitor(browser, number, site) as page:
                page.goto(site)
                share(page, platform)
                wait_for(lambda n=number: counted(world, first) == n, "a share")  # type: ignore[misc]
        assert score(world, first)["featured_until"] == "2026-09-18T12:00:00Z"  # 336 h later

        # What the rules say, by hand. Five visits and five leaves; one click on powered-by.
        wait_for(lambda: day(world, first)["engagements"] == 5, "five leaves")
        wait_for(lambda: day(world, first)["powered_clicks"] == 1, "powered-by")
        facts = day(world, first)
        assert facts["views"] == 5
        assert facts["referral_clicks"] == 1
        assert facts["shares"] == facts["counted_shares"] == 5
        # (0.1·5 + [7.5 + 2.0 + 12.0 + 20.0 + 7.5] + [0.5·5 + 1.0 + 0.1]) × 1.2 × 1.3 = 82.836
        assert score(world, first)["score"] == "82.84"
        (card,) = world.ask("/showcase")["items"]  # type: ignore[misc]  # a list of one
        assert card["score"] == "82.84"
        assert card["shares"] == 5
        assert "A cat(1) clone with wings." in httpx.get(f"{world.url}/showcase").text

    # The second owner publishes a site of their own: the referral is activated.
    account = second_owner(world)
    owner = owner_of(TENANT, account)
    secret = make_token(world.context, owner, name="test", scopes=list(Scope)).secret
    other = tmp_path / "other"
    shutil.copytree(Path(__file__).parents[2] / "examples" / "field-notes", other)
    second_out = tmp_path / "second"
    second_out.mkdir()
    with serve_folder(second_out) as second_site:
        publish(world, other, second_site, second_out, secret)
    assert states(world) == {"activated": 1}


def score(world: World, site: str) -> dict[str, object]:
    return world.ask(f"/sites/{site}/score")


def counted(world: World, site: str) -> int:
    return int(str(score(world, site)["counted_shares"]))


def day(world: World, site: str) -> dict[str, int]:
    days = world.ask(f"/sites/{site}/days")["days"]
    assert isinstance(days, list)
    (only,) = days
    found: dict[str, int] = only
    return found


def states(world: World) -> dict[str, int]:
    found = world.ask("/referrals/summary")["states"]
    assert isinstance(found, dict)
    return {name: number for name, number in found.items() if number}


def second_owner(world: World) -> str:
    (referral,) = world.ask("/referrals")["items"]  # type: ignore[misc]  # a list of one
    return str(referral["id"])
