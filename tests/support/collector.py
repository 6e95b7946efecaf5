"""A loopback server that plays a website, or the service its widget talks to.

As a website it serves the pages it is given, with the headers it is given, and the built widget.
As a service it records what `/collect` receives. It can be told to fail, to answer rubbish, to hang
or to be gone.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

DIST = Path(__file__).resolve().parents[2] / "widget" / "dist"
PATIENCE_SECONDS = 30
Event = dict[str, Any]
Mood = Literal["well", "failing", "rubbish", "hanging"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Collector:
    """One running server; its address has no slash at the end."""

    url: str
    mood: Mood = "well"
    answers: dict[str, Answer] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    _closing: threading.Event = field(default_factory=threading.Event)

    def page(self, path: str, html: str, headers: Mapping[str, str] | None = None) -> str:
        """Serve a page at `path` from now on; return its address."""
        self.answers[path] = Answer(body=html.encode(), headers=headers or {})
        return self.url + path

    def script(self, path: str, code: bytes | str) -> str:
        """Serve a script at `path`; return its address."""
        body = code.encode() if isinstance(code, str) else code
        self.answers[path] = Answer(body=body, content_type="text/javascript")
        return self.url + path

    @property
    def events(self) -> list[Event]:
        """What `/collect` has received, in order, each body taken apart."""
        events: list[Event] = []
        for request in self.received:
            if request.method == "POST" and request.path == "/collect":
                body = json.loads(request.body)
                events += body if isinstance(body, list) else [body]
        return events

    def of_type(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["t"] == kind]

    def paths(self) -> list[str]:
        """The paths that were asked for with GET, in order, without their queries."""
        return [one.path.partition("?")[0] for one in self.received if one.method == "GET"]

    def wait(self, count: int, kind: str | None = None) -> list[Event]:
        """Return the events of a type once there are `count`. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = self.of_type(kind) if kind else self.events
            if len(found) >= count:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} of {count} came: {self.events}")
            time.sleep(0.01)

    def answer(self, request: Received) -> Answer | None:
        """Return what to answer, or None to leave the caller without one."""
        if self.mood == "hanging" and request.method == "POST":
            self._closing.wait()
            return None
        if request.method == "POST":
            return _ACKNOWLEDGEMENTS[self.mood]
        path = urlsplit(request.path).path
        if path in self.answers:
            return self.answers[path]
        file = DIST / path.removeprefix("/")
        if file.parent == DIST and file.is_file():
            return Answer(body=file.read_bytes(), content_type="text/javascript")
        return Answer(body=b"nothing here", status=404)


_OPEN = {"Access-Control-Allow-Origin": "*"}
_ACKNOWLEDGEMENTS = {
    "well": Answer(body=b"", headers=_OPEN, status=202),
    "failing": Answer(body=b"", headers={**_OPEN, "Retry-After": "9"}, status=503),
    "rubbish": Answer(body=b"<html>\xff{", status=200),
}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a server on a free port of this machine until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.collector = Collector(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.collector
    finally:
        server.collector._closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    collector: Collector

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: visitors leave in the middle of an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        """Note it, and refuse: nothing here may need a preflight."""
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        request = Received(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        collector = self.server.collector
        collector.received.append(request)
        answer = collector.answer(request)
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: tests look at what was received."""
