"""The widget as strangers embed it: by its lasting address, and by one release with integrity."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette

from backend.actions.context import Context
from backend.app import create_app
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.scripted_server import ScriptedServer, answer, serve_scripts
from tests.support.service import BROWSER, add_account, add_site, make_context

pytestmark = pytest.mark.browser


@pytest.fixture
def host() -> Iterator[ScriptedServer]:
    with serve_scripts() as started:
        yield started


@pytest.fixture
def service(tmp_path: Path, host: ScriptedServer) -> Iterator[tuple[str, str]]:
    """Give the service's address and the key of a site at the host's."""
    made: list[Context] = []

    def make(url: str) -> Starlette:
        made.append(make_context(tmp_path, environment={"FOURSITE_BASE_URL": url}))
        return create_app(made[0])

    with serve_app(make) as url:
        _, key = add_site(made[0], add_account(made[0]), url=host.url("/"))
        yield url, key
    made[0].database.close()


@pytest.mark.parametrize("is_pinned", [False, True], ids=["lasting", "integrity"])
def test_the_button_opens_a_panel_in_a_foreign_page(
    browser: Browser,  # noqa: F811
    host: ScriptedServer,
    service: tuple[str, str],
    is_pinned: bool,
) -> None:
    url, key = service
    source = f'src="{url}/widget.js"'
    if is_pinned:
        stated = httpx.get(f"{url}/widget/integrity.json").json()
        source = f'src="{url}{stated["url"]}" integrity="{stated["integrity"]}" crossorigin'
    body = (
        '<!doctype html><html lang="de"><title>x</title><link rel="icon" href="data:,">'
        f'<script defer {source} data-site="{key}"></script><foursite-share></foursite-share>'
    )
    host.scripts["/"] = answer(body.encode(), Content_Type="text/html")
    context = browser.new_context(user_agent=BROWSER)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with page.expect_response(f"{url}/collect") as view:
        page.goto(host.url("/"))
    assert view.value.status == 202
    page.locator("foursite-share button").first.click()
    page.get_by_role("link", name="LinkedIn").first.wait_for()
    assert said == []
    context.close()
