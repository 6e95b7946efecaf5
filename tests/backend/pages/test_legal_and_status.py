"""`/terms`, `/privacy` and `/status`: whose service it is, what it keeps, whether it works."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.app import create_app
from tests.support.service import make_context


@pytest.mark.parametrize("path", ["/terms", "/privacy"])
def test_the_operator_is_named_as_text(tmp_path: Path, path: str) -> None:
    named = {"FOURSITE_OPERATOR_NAME": "<b>Ada & Co", "FOURSITE_OPERATOR_CONTACT": "a@b.example"}
    context = make_context(tmp_path, environment=named)
    page = TestClient(create_app(context)).get(path).text
    context.database.close()
    assert "&lt;b&gt;Ada &amp; Co" in page
    assert "a@b.example" in page


def test_privacy_quotes_how_long_things_are_kept(client: TestClient) -> None:
    page = client.get("/privacy").text
    for words in ("destroyed after 48 hours", "365 days", "183", "30 days"):
        assert words in page


def test_it_says_that_everything_works(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    with TestClient(create_app(context)) as client:
        told = client.get("/status?format=json")
        page = client.get("/status").text
    context.database.close()
    assert told.json() == {"works": True, "parts": {"database": True, "collector": True}}
    assert "<h1>Everything works</h1>" in page


def test_it_says_what_does_not_work(context: Context) -> None:
    client = TestClient(create_app(context))  # never started, so nobody collects
    assert client.get("/status?format=json").json()["parts"]["collector"] is False
    assert "<h1>Something does not work</h1>" in client.get("/status").text
