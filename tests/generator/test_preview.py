"""The preview: a folder served on this machine, with pages that reload by themselves."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from generator.preview import Preview
from tests.support.browser import browser  # noqa: F401  a fixture

ROOT = Path(__file__).parents[2]
SERVE_SECONDS = 60


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a folder with two pages and a style sheet, beside a file that is nobody's business."""
    folder = tmp_path / "site"
    (folder / "docs").mkdir(parents=True)
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    page = f"<!doctype html><html lang=en><head>{policy}</head><body><h1>Home</h1></body></html>"
    (folder / "index.html").write_text(page)
    (folder / "404.html").write_text(page.replace("Home", "Nothing here"))
    (folder / "docs" / "index.html").write_text(page.replace("Home", "Docs"))
    (folder / "site.css").write_text("body{}")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def preview(site: Path) -> Iterator[Preview]:
    running = Preview(site)
    running.start()
    yield running
    if running.is_open:
        running.stop()


def _ask(
    preview: Preview, path: str, *, method: str = "GET"
) -> tuple[int, http.client.HTTPMessage, bytes]:
    address = urlsplit(preview.url)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)) as to:
        to.request(method, path)
        answer = to.getresponse()
        return answer.status, answer.headers, answer.read()


def test_files_are_served_with_their_types_and_never_kept(preview: Preview) -> None:
    for path, media_type, text in (
        ("/", "text/html", b"Home"),
        ("/docs/?from=mail", "text/html", b"Docs"),
        ("/site.css", "text/css", b"body{}"),
    ):
        status, headers, body = _ask(preview, path)
        assert (status, headers["Content-Type"].split(";")[0]) == (200, media_type)
        assert text in body
        assert headers["Cache-Control"] == "no-store"
        assert int(headers["Content-Length"]) == len(body)


def test_head_has_no_body(preview: Preview) -> None:
    status, headers, body = _ask(preview, "/", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


def test_unknown_address_shows_the_not_found_page(preview: Preview, site: Path) -> None:
    status, _, body = _ask(preview, "/gone/")
    assert status == 404
    assert b"Nothing here" in body
    (site / "404.html").unlink()
    assert _ask(preview, "/gone/")[0] == 404


def test_folder_without_slash_is_sent_to_the_slash(preview: Preview) -> None:
    status, headers, _ = _ask(preview, "/docs?x=1")
    assert status == 301
    assert headers["Location"].split("?")[0] == "/docs/"


def test_redirect_stays_on_this_host(preview: Preview) -> None:
    _, headers, _ = _ask(preview, "//docs")
    assert not (headers["Location"] or "").startswith("//")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/..%2fsecret.txt", "/docs/../../secret.txt", "//../secret.txt"]
)
def test_nothing_outside_the_folder_is_served(preview: Preview, path: str) -> None:
    status, _, body = _ask(preview, path)
    assert status == 404
    assert b"secret" not in body


def test_pages_on_disk_stay_as_published(preview: Preview, site: Path) -> None:
    before = (site / "index.html").read_bytes()
    assert b"/__4site" in _ask(preview, "/")[2]
    assert (site / "index.html").read_bytes() == before


def test_stream_says_reload_after_a_build(preview: Preview) -> None:
    address = urlsplit(preview.url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as to:
        to.sendall(b"GET /__4site HTTP/1.1\r\nHost: x\r\n\r\n")
        with to.makefile("rb") as stream:
            head = iter(lambda: stream.readline().strip(), b"")
            assert b"200" in next(head)
            assert b"Content-Type: text/event-stream" in list(head)
            for _ in range(2):
                preview.reload()
                assert stream.readline() == b"data: reload\n"
                assert stream.readline() == b"\n"


def test_stop_ends_open_streams_and_frees_the_port(preview: Preview) -> None:
    address = urlsplit(preview.url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as to:
        to.sendall(b"GET /__4site HTTP/1.1\r\nHost: x\r\n\r\n")
        to.recv(100)
        preview.stop()
        while to.recv(1000):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(address.hostname), address.port or 0), timeout=10)


def test_taken_port_is_an_error(preview: Preview, site: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        Preview(site, port=urlsplit(preview.url).port or 0)


@pytest.mark.browser
def test_open_page_shows_what_was_built_anew(
    browser: Browser,  # noqa: F811
    preview: Preview,
    site: Path,
) -> None:
    page = browser.new_page()
    with page.expect_request("**/__4site"):
        page.goto(preview.url)
    page.wait_for_timeout(100)
    (site / "index.html").write_text((site / "index.html").read_text().replace("Home", "New home"))
    preview.reload()
    expect(page.get_by_role("heading")).to_have_text("New home")
    page.close()


def test_serve_builds_rebuilds_on_a_change_and_ends_on_interruption(tmp_path: Path) -> None:
    source = tmp_path / "lamp"
    source.mkdir()
    (source / "README.md").write_text("# Lamp\n\nA light.\n")
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", str(source), "-p", "0", "-o", str(tmp_path / "out")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as serving:  # fmt: skip
        assert serving.stdout
        timer = threading.Timer(SERVE_SECONDS, serving.kill)
        timer.start()
        try:
            lines = iter(serving.stdout)
            next(line for line in lines if line.startswith("Serving http://127.0.0.1:"))
            _touch_until_seen(source / "README.md", lines)
            assert "A lamp" in (tmp_path / "out" / "index.html").read_text()
            serving.send_signal(signal.SIGINT)
            assert serving.wait() == 0
        finally:
            timer.cancel()
            serving.kill()


def _touch_until_seen(file: Path, lines: Iterator[str]) -> None:
    """Change the file until the watcher, which needs a moment to begin, has built it anew."""
    is_seen = threading.Event()

    def change() -> None:
        number = 0
        while not is_seen.wait(0.5):
            number += 1
            file.write_text(f"# Lamp\n\nA lamp.{' ' * number}\n")

    changing = threading.Thread(target=change)
    changing.start()
    try:
        next(line for line in lines if line.startswith("Built"))
    finally:
        is_seen.set()
        changing.join()
