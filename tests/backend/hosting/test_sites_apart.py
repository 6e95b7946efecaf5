"""A hosted page in a real browser: it runs its own scripts, and nothing of the service is near."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from backend.app import create_app
from backend.domain.actors import owner_of
from backend.store.tables.base import TENANT
from tests.support.browser import browser
from tests.support.hosting import SITE, hosted, upload
from tests.support.http_service import serve_app
from tests.support.service import BROWSER, add_account, add_site, make_context

__all__ = ["browser"]
pytestmark = pytest.mark.browser

PAGE = b"""<!doctype html><title>Hosted</title><script>
document.cookie = "foursite_session=planted; path=/; domain=dashboard.localhost";
document.cookie = "own=1; path=/";
document.title = "ran";
</script>"""


def test_a_page_of_a_site_cannot_read_or_plant_the_services_cookies(
    browser: Browser, tmp_path: Path
) -> None:
    context = hosted(make_context(tmp_path), base_url="http://dashboard.localhost")
    ann = owner_of(TENANT, add_account(context))
    site, _key = add_site(context, ann.account)
    upload(context, ann, site, {**SITE, "index.html": PAGE})
    with serve_app(lambda _url: create_app(context)) as url:
        port = url.rpartition(":")[2]
        service = f"http://dashboard.localhost:{port}"
        opened = browser.new_context(user_agent=BROWSER)
        opened.add_cookies([{"name": "foursite_session", "value": "real", "url": service}])
        page = opened.new_page()
        page.goto(f"http://lantern.sites.localhost:{port}/")
        assert page.title() == "ran"
        assert page.evaluate("document.cookie") == "own=1"
        read = page.evaluate(
            """async (url) => {
                try { return await (await fetch(url, {credentials: "include"})).text() }
                catch (error) { return error.name }
            }""",
            f"{service}/dashboard",
        )
        assert read == "TypeError"
        kept = {cookie["name"]: cookie["value"] for cookie in opened.cookies(service)}
        assert kept == {"foursite_session": "real"}
        opened.close()
    context.database.close()
