"""The proxy that other tests break requests with: what it passes on, and how it breaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.support.faulty_proxy import Fault, at, faulty_proxy, from_on


class _Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = f"{self.command} {self.path} {self.headers['Host']} ".encode() + body
        self.send_response(207 if self.command == "PROPFIND" else 200)
        self.send_header("X-Sent", self.headers.get("X-Mine", ""))
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_PUT = do_HEAD = do_PROPFIND = do_GET

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def echo() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_requests_and_answers_pass_unchanged_and_are_counted(echo: str) -> None:
    with faulty_proxy(echo) as proxy, httpx.Client(base_url=proxy.url) as client:
        put = client.put("/a/b?c=1", content=b"\x00body", headers={"X-Mine": "é".encode("latin-1")})
        chunked = client.put("/chunks", content=iter([b"one", b"two"]))
        found = client.request("PROPFIND", "/a")
        head = client.head("/a")
        host = proxy.url.removeprefix("http://")
        assert put.content == f"PUT /a/b?c=1 {host} ".encode() + b"\x00body"
        assert put.headers["x-sent"] == "é"
        assert chunked.content.endswith(b" onetwo")
        assert (found.status_code, head.content, int(head.headers["content-length"]) > 0) == (
            207, b"", True,
        )  # fmt: skip
        assert [(one.number, one.method, one.path) for one in proxy.requests] == [
            (1, "PUT", "/a/b?c=1"), (2, "PUT", "/chunks"), (3, "PROPFIND", "/a"), (4, "HEAD", "/a"),
        ]  # fmt: skip


def test_the_server_sees_its_own_host_when_asked(echo: str) -> None:
    with faulty_proxy(echo, keep_host=False) as proxy:
        assert httpx.get(f"{proxy.url}/x").text == f"GET /x {echo.removeprefix('http://')} "


def test_each_fault_breaks_the_request_it_was_meant_for(echo: str) -> None:
    with faulty_proxy(echo, at(2, Fault.CUT)) as proxy, httpx.Client(base_url=proxy.url) as client:
        assert client.get("/1").is_success
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/2")
        proxy.fault = at(3, Fault.CUT_AFTER)
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/3")
        proxy.fault = at(4, Fault.status(503, {"Retry-After": "7"}, body=b"busy"))
        busy = client.get("/4")
        assert (busy.status_code, busy.headers["retry-after"], busy.text) == (503, "7", "busy")
        proxy.fault = at(5, Fault.SPOILT)
        assert client.put("/5", content=b"aaa").text.endswith(" aa`")
        proxy.fault = from_on(6, Fault.status(401))
        assert [client.get("/").status_code for _ in range(3)] == [401, 401, 401]


def test_a_server_that_is_gone_is_a_bad_gateway() -> None:
    with faulty_proxy("http://127.0.0.1:9") as proxy:
        assert httpx.get(proxy.url).status_code == 502
