"""Pictures of sites: a real browser on the loopback, and a proxy that guards the way."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog.testing
from PIL import Image

from backend.actions import thumbnails
from backend.actions.context import Context
from backend.actions.standings import find_card
from backend.domain.instants import DAY, SECOND
from backend.errors import AddressRefused, FetchFailed
from backend.gateways.checked_proxy import run_checked_proxy
from backend.gateways.public_addresses import resolve_by_system
from backend.gateways.screenshots import take_screenshot
from backend.settings import Settings
from tests.support.listed_sites import add_listed_site
from tests.support.scripted_server import Script, ScriptedServer, answer, serve_scripts
from tests.support.service import make_context

TEAL = b"<!doctype html><title>x</title><style>body{background:teal}</style><h1>Hello</h1>"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts() as started:
        yield started


@pytest.fixture
def allowing(tmp_path: Path) -> Iterator[Context]:
    """A service that may fetch from 127.0.0.1, and from no other private host."""
    made = make_context(tmp_path, environment={"FOURSITE_PRIVATE_HOSTS": "127.0.0.1"})
    yield made
    made.database.close()


def settings(*private_hosts: str) -> Settings:
    return Settings(
        data_dir=Path("unused"), database_url="sqlite:///unused", private_hosts=private_hosts
    )


def page(body: bytes) -> Script:
    return answer(body, Content_Type="text/html")


@pytest.mark.browser
def test_a_site_gets_a_small_webp_that_its_card_shows(
    allowing: Context, server: ScriptedServer
) -> None:
    server.scripts["/"] = page(TEAL)
    site, key = add_listed_site(allowing, url=server.url("/"))
    name = thumbnails.take(allowing, site)
    assert name is not None
    with Image.open(thumbnails.folder_of(allowing) / name) as picture:
        assert (picture.format, picture.size) == ("WEBP", (640, 400))
        red, green, blue = picture.convert("RGB").getpixel((630, 390))
    assert red < 20
    assert abs(green - 128) < 12
    assert abs(blue - 128) < 12
    card = find_card(allowing, key)
    assert card is not None
    assert card.thumbnail == name


@pytest.mark.browser
def test_a_page_reaches_nothing_private_by_pictures_scripts_or_redirects(
    server: ScriptedServer,
) -> None:
    secret = f"http://localhost:{server.port}"
    body = (
        TEAL
        + f"""<img src="{secret}/picture"><iframe src="{secret}/frame"></iframe>
        <link rel="prefetch" href="{secret}/prefetch"><script>
        fetch("{secret}/fetch", {{mode: "no-cors"}}).catch(() => 0);
        new WebSocket("ws://localhost:{server.port}/socket");
        navigator.serviceWorker?.register("/worker.js").catch(() => 0);
        open("{secret}/window");</script>""".encode()
    )
    server.scripts["/"] = page(body)
    with Image.open(io.BytesIO(take_screenshot(server.url("/"), settings("127.0.0.1")))) as taken:
        assert taken.size == (640, 400)
    assert {path for path, _ in server.asked} <= {"/", "/worker.js"}


@pytest.mark.browser
def test_a_redirect_into_a_private_network_is_refused(
    allowing: Context, server: ScriptedServer
) -> None:
    target = f"http://localhost:{server.port}/secret"
    server.scripts["/"] = answer(status=302, Location=target)
    site, _ = add_listed_site(allowing, url=server.url("/"))
    with pytest.raises(AddressRefused, match="localhost, which is in a private network"):
        thumbnails.take(allowing, site)
    assert [path for path, _ in server.asked] == ["/"]


@pytest.mark.browser
def test_an_error_page_is_no_picture(server: ScriptedServer) -> None:
    server.scripts["/missing"] = answer(b"There is nothing here.", 404, Content_Type="text/plain")
    with pytest.raises(FetchFailed, match="404"):
        take_screenshot(server.url("/missing"), settings("127.0.0.1"))


def test_an_unknown_site_has_no_picture(allowing: Context) -> None:
    assert thumbnails.take(allowing, "unknown") is None


def test_without_a_browser_the_log_says_so_once_and_cards_keep_their_drawing(
    allowing: Context, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    site, key = add_listed_site(allowing, url=server.url("/"))
    with structlog.testing.capture_logs() as said:
        assert thumbnails.take(allowing, site) is None
        assert thumbnails.take(allowing, site) is None
    assert [entry["event"] for entry in said] == ["no_thumbnails"]
    assert "playwright install chromium" in said[0]["hint"]
    card = find_card(allowing, key)
    assert card is not None
    assert card.thumbnail is None


def test_pictures_that_no_site_has_go_after_a_day(context: Context) -> None:
    folder = thumbnails.folder_of(context)
    folder.mkdir()
    now = context.clock.now()
    for name, age in (("old", 2 * DAY), ("young", DAY // 2)):
        path = folder / f"{name}.webp"
        path.write_bytes(b"x")
        seconds = (now - age) / SECOND
        os.utime(path, (seconds, seconds))
    assert thumbnails.sweep(context) == 1
    assert [path.name for path in folder.iterdir()] == ["young.webp"]


def ask(proxy: str, request: bytes) -> bytes:
    parts = urlsplit(proxy)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as client:
        client.sendall(request)
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    return received


def test_the_proxy_connects_to_what_it_checked(server: ScriptedServer) -> None:
    server.scripts["/page?q=1"] = answer(b"found")
    calls: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        calls.append(host)
        return ["127.0.0.1"] if len(calls) == 1 else ["10.0.0.1"]

    with run_checked_proxy(["site.example"], resolve, max_bytes=10_000) as (address, proxy):
        asked = f"GET http://site.example:{server.port}/page?q=1 HTTP/1.1\r\nHost: x\r\n\r\n"
        assert ask(address, asked.encode()).endswith(b"found")
    assert calls == ["site.example"]
    assert proxy.refused == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "100.64.0.1",
    ],
)
def test_the_proxy_refuses_private_addresses(server: ScriptedServer, address: str) -> None:
    with run_checked_proxy([], lambda *_: [address], max_bytes=10_000) as (url, proxy):
        tunnel = f"CONNECT evil.example:{server.port} HTTP/1.1\r\n\r\n"
        plain = f"GET http://evil.example:{server.port}/ HTTP/1.1\r\nHost: x\r\n\r\n"
        assert ask(url, tunnel.encode()).startswith(b"HTTP/1.1 403 ")
        assert ask(url, plain.encode()).startswith(b"HTTP/1.1 403 ")
    assert proxy.refused == ["evil.example", "evil.example"]
    assert server.asked == []


def test_a_second_request_on_a_connection_is_not_passed_on(server: ScriptedServer) -> None:
    server.scripts["/one"] = answer(b"one")
    server.scripts["/two"] = answer(b"two")
    both = "".join(
        f"GET http://127.0.0.1:{server.port}/{name} HTTP/1.1\r\nHost: x\r\n\r\n"
        for name in ("one", "two")
    )
    with run_checked_proxy(["127.0.0.1"], resolve_by_system, max_bytes=10_000) as (url, _):
        assert b"one" in ask(url, both.encode())
    assert [path for path, _ in server.asked] == ["/one"]


def test_the_proxy_stops_at_its_limit_of_bytes(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(b"x" * 5_000_000)
    with run_checked_proxy(["127.0.0.1"], resolve_by_system, max_bytes=100_000) as (url, _):
        asked = f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\nHost: x\r\n\r\n"
        assert len(ask(url, asked.encode())) <= 100_000


@pytest.mark.parametrize(
    "request_line",
    [
        "GET / HTTP/1.1", "GET https://site.example/ HTTP/1.1", "CONNECT site.example HTTP/1.1",
        "GET ftp://site.example/ HTTP/1.1", "CONNECT a@b:80 HTTP/1.1", "nonsense",
        "GET http://[/ HTTP/1.1",
    ],
)  # fmt: skip
def test_what_is_no_request_for_a_proxy_is_refused(request_line: str) -> None:
    with run_checked_proxy([], resolve_by_system, max_bytes=1_000) as (url, _):
        assert ask(url, f"{request_line}\r\n\r\n".encode()).startswith(b"HTTP/1.1 400 ")


def test_a_body_of_unknown_length_is_refused() -> None:
    head = "POST http://site.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    with run_checked_proxy([], resolve_by_system, max_bytes=1_000) as (url, _):
        assert ask(url, head.encode()).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("sent", "passed_on"),
    [
        (
            b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=9\r\n"
            b"Content-Length: 2\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        ),
        (
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
            b"HTTP/1.1 204 No Content\r\nServer: one\r\n\r\n",
            b"HTTP/1.1 204 No Content\r\nServer: one\r\nConnection: close\r\n\r\n",
        ),
        (b"", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    ],
    ids=["kept alive", "two answers", "none"],
)
def test_an_answer_says_that_its_connection_ends(
    server: ScriptedServer, sent: bytes, passed_on: bytes
) -> None:
    server.scripts["/"] = lambda handler: handler.wfile.write(sent)
    with run_checked_proxy(["127.0.0.1"], resolve_by_system, max_bytes=10_000) as (url, _):
        asked = f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\nHost: x\r\n\r\n"
        assert ask(url, asked.encode()) == passed_on
