"""The Nu HTML checker, the one behind validator.w3.org, finds no error in what we write."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.sites import EXAMPLES, THEMES, build_everything, build_example
from tests.support.tools import NODE_FOLDER, find_java

pytestmark = [pytest.mark.java, pytest.mark.node]

VNU = NODE_FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def check_files(java: str, files: Sequence[Path]) -> list[str]:
    """Return the errors that the checker finds, as `file:line: message`; one process for all."""
    command = [
        java,
        "-Xss4m",
        "-jar",
        str(VNU),
        "--format",
        "json",
        "--errors-only",
        "--exit-zero-always",
    ]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, check=True, timeout=600
    )
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{unquote(urlsplit(found['url']).path)}:{found.get('lastLine')}: {found['message']}"
        for found in messages
        if found["type"] in {"error", "non-document-error"}
    ]


@pytest.fixture(scope="module")
def java() -> str:
    """Return a Java that can run the checker, or skip with the reason."""
    found = find_java()
    if found is None:
        pytest.skip("no Java runtime: `make test` installs one")
    if not VNU.exists():
        pytest.skip("vnu-jar is not installed: `make test` installs tests/support/node")
    return found


def test_every_page_of_every_example_in_every_theme_is_valid(java: str, tmp_path: Path) -> None:
    sites = [build_everything(tmp_path, theme=theme) for theme in THEMES]
    sites += [
        build_example(name, tmp_path, "--theme", theme) for name in EXAMPLES for theme in THEMES
    ]
    pages = [path for site in sites for path in sorted(site.rglob("*.html"))]
    assert len(pages) > 50
    assert check_files(java, pages) == []


def test_the_checker_notices_a_fault(java: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html lang=en><title>x</title><p><div></p>")
    assert check_files(java, [page]) != []
