"""The Nu HTML checker finds no error in the service's public pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.transparency import integrate
from tests.journeys.test_html_is_valid import check_files, java  # noqa: F401  a fixture
from tests.support.listed_sites import add_listed_site, add_world
from tests.support.transparency import book_sales

pytestmark = [pytest.mark.java, pytest.mark.node]


def test_every_public_page_is_valid(
    java: str,  # noqa: F811
    client: TestClient,
    context: Context,
    tmp_path: Path,
) -> None:
    integrate(context)
    paths = ["/", "/showcase", "/showcase/strip", "/nowhere", "/log/"]
    paths += ["/pricing", "/terms", "/privacy", "/status"]
    empty = [save(client, tmp_path, f"empty-{number}", path) for number, path in enumerate(paths)]
    add_world(context, 30)
    _, key = add_listed_site(
        context, "<b>&\"'", description="</p><script>", topics=("cli",), language="C++"
    )
    paths += [
        "/showcase?kind=tool&language=C%2B%2B",
        "/showcase?kind=profile&topic=nothing",
        "/showcase?limit=5",
        f"/showcase/{key}",
        f"/showcase/strip?key={key}&theme=dark",
        "/log/entry/0",
        "/log/entry/17",
    ]
    book_sales(context, 20, owner="a" * 32)
    integrate(context)
    full = [save(client, tmp_path, f"full-{number}", path) for number, path in enumerate(paths)]
    assert check_files(java, [*empty, *full]) == []


def save(client: TestClient, folder: Path, name: str, path: str) -> Path:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.headers["content-type"].startswith("text/html")
    file = folder / f"{name}.html"
    file.write_text(answer.text, encoding="utf-8")
    return file
