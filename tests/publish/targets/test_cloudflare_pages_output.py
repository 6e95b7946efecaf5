"""What we publish to Cloudflare Pages works there: its own runtime serves a built example."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from generator.model.serving import FOR_AN_HOUR, IMMUTABLE, REVALIDATED, SECURITY_HEADERS
from tests.support.sites import build_example
from tests.support.tools import NODE_FOLDER, find_node_packages

pytestmark = pytest.mark.node
START_SECONDS = 90
REDIRECTS = "/old/* /docs/:splat 301\n/away https://example.org/ 302\n"


@contextmanager
def _run_pages(site: Path, home: Path) -> Iterator[str]:
    """Serve a folder with Cloudflare's own program until the block ends, and give the address."""
    if not find_node_packages():
        pytest.skip("the packages of tests/support/node are not installed")
    process = subprocess.Popen(
        [NODE_FOLDER / "node_modules/.bin/wrangler", "pages", "dev", site, "--ip", "127.0.0.1",
         "--port", "0", "--inspector-port", "0", "--compatibility-date", "2026-04-01",
         "--show-interactive-dev-session=false"],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "CI": "1",
             "WRANGLER_SEND_METRICS": "false"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    said: list[str] = []
    reader = threading.Thread(target=_read, args=(process, said), daemon=True)
    reader.start()
    try:
        yield _await_address(process, said)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        finally:
            with suppress(ProcessLookupError):  # all of them have ended
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            reader.join()


def _read(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            said.append(line)  # noqa: PERF402  another thread reads along


def _await_address(process: subprocess.Popen[str], said: list[str]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"Ready on (http://127\.0\.0\.1:\d+)", "".join(said)):
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"it did not start:\n{''.join(said)}")


def test_pages_serves_a_site_with_its_headers_and_redirects(tmp_path: Path) -> None:
    site = build_example("lantern", tmp_path)
    (site / "_redirects").write_text(REDIRECTS)
    style = next(site.glob("assets/site.*.css")).relative_to(site).as_posix()
    with _run_pages(site, tmp_path) as url, httpx.Client(base_url=url, timeout=30) as visitor:
        home, asset = visitor.get("/"), visitor.get(f"/{style}")
        card, page = visitor.get("/assets/cards/home.png"), visitor.get("/docs/recipes/")
        lost = visitor.get("/no/such/page")
        moved, away = visitor.get("/old/recipes/"), visitor.get("/away")
        bare = visitor.get("/docs/recipes")

    for answer in (home, page, asset, card, lost):
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert home.content == (site / "index.html").read_bytes()
    assert home.headers["content-type"] == "text/html; charset=utf-8"
    assert home.headers["cache-control"] == page.headers["cache-control"] == REVALIDATED
    assert asset.headers["content-type"] == "text/css; charset=utf-8"
    assert asset.headers["cache-control"] == IMMUTABLE
    assert card.headers["cache-control"] == FOR_AN_HOUR
    assert (lost.status_code, lost.content) == (404, (site / "404.html").read_bytes())
    assert "immutable" not in lost.headers.get("cache-control", "")
    assert (moved.status_code, moved.headers["location"]) == (301, "/docs/recipes/")
    assert (away.status_code, away.headers["location"]) == (302, "https://example.org/")
    assert (bare.status_code, bare.headers["location"]) == (308, "/docs/recipes/")
