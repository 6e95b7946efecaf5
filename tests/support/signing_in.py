"""A person in front of the service's doors, by way of Starlette's test client."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from backend.actions.context import Context
from tests.support.service import BROWSER
from tests.support.tasks import RecordedTasks, newest_link

_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


def token_of(page: str) -> str:
    """Return the CSRF token of a page's forms."""
    found = _TOKEN.search(page)
    assert found, "the page has no form with a token"
    return found.group(1)


def ask_for_link(client: TestClient, email: str, **fields: str) -> int:
    """Fill in the sign-up form, and return the status of the answer."""
    page = client.get("/sign-up")
    sent = {"csrf_token": token_of(page.text), "email": email, **fields}
    return client.post("/sign-up", data=sent).status_code


def follow(client: TestClient, path: str) -> int:
    """Open a link from a mail and press its button; return the status of the answer."""
    page = client.get(path)
    sent = {"csrf_token": token_of(page.text)}
    headers = {"user-agent": BROWSER}
    return client.post(path, data=sent, headers=headers, follow_redirects=False).status_code


def sign_in(
    client: TestClient, context: Context, tasks: RecordedTasks, email: str, **fields: str
) -> None:
    """Sign the client in by mail, with a new account if `email` has none."""
    assert ask_for_link(client, email, **fields) == 200
    assert follow(client, newest_link(context, tasks, email)) == 303


def press(client: TestClient, path: str, **fields: str) -> int:
    """Send a form of the account page, and return the status of the answer."""
    page = client.get("/dashboard")
    sent = {"csrf_token": token_of(page.text), **fields}
    return client.post(path, data=sent, follow_redirects=False).status_code
