"""The doors in a real browser: policy, cookies and redirects as browsers treat them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from socket import socket

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from backend.actions.context import Context
from backend.app import create_app
from tests.support.browser import browser
from tests.support.github_oauth import GitHubOAuth
from tests.support.service import make_context
from tests.support.tasks import RecordedTasks, newest_link, with_recorded_tasks

__all__ = ["browser"]
pytestmark = pytest.mark.browser
Service = tuple[Context, RecordedTasks]


@pytest.fixture
def running(tmp_path: Path, github_oauth: GitHubOAuth) -> Iterator[Service]:
    """A service that listens, and the tasks that it queues."""
    with socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        context, tasks = with_recorded_tasks(
            make_context(
                tmp_path, environment={**github_oauth.environment, "FOURSITE_BASE_URL": url}
            )
        )
        server = uvicorn.Server(uvicorn.Config(create_app(context), log_config=None, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield context, tasks
        server.should_exit = True
        thread.join()
        context.database.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    refused: list[str] = []
    opened.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert refused == []


def test_a_person_signs_up_by_mail_and_out_again(running: Service, page: Page) -> None:
    base = running[0].settings.base_url
    page.goto(f"{base}/sign-up")
    page.get_by_label("E-mail").fill("ann@example.org")
    page.get_by_label("Name").fill("Ann Lantern")
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto(base + newest_link(*running, "ann@example.org"))
    page.get_by_role("button", name="Create my account").click()
    page.wait_for_url(f"{base}/dashboard")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("heading", name="Ann Lantern").wait_for()
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/dashboard")
    assert page.url == f"{base}/sign-in"


def test_a_person_signs_in_with_github(running: Service, page: Page) -> None:
    """The page's policy must allow the redirect behind its form: Chromium asks it."""
    base = running[0].settings.base_url
    page.goto(f"{base}/sign-in")
    page.get_by_role("button", name="Continue with GitHub").click()
    page.wait_for_url(f"{base}/dashboard")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("heading", name="Ada Lantern").wait_for()


def test_a_token_is_made_by_keyboard_alone(running: Service, page: Page) -> None:
    base = running[0].settings.base_url
    page.goto(f"{base}/sign-in")
    page.get_by_role("button", name="Continue with GitHub").press("Enter")
    page.wait_for_url(f"{base}/dashboard")
    page.get_by_role("link", name="Settings").press("Enter")
    page.get_by_text("Make a token", exact=True).press("Enter")
    page.get_by_label("What will use it").fill("CI")
    page.get_by_label("Read your sites").press("Space")
    page.get_by_role("button", name="Make the token").press("Enter")
    page.get_by_text("Copy it now").wait_for()
    assert page.locator("code", has_text="4s_").count() == 1
