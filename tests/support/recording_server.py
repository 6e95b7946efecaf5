"""A stand-in of a vendor on the loopback: it remembers every call, and answers as it is made to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `headers` by lower-case name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, bytes]:
        """The parts of a multipart body by name."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        return {
            str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
            for part in message_from_bytes(head + self.body, policy=HTTP).iter_parts()
        }

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the stand-in says; a body other than bytes becomes JSON."""

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> tuple[bytes, dict[str, str]]:
        if isinstance(self.body, bytes):
            return self.body, dict(self.headers)
        return json.dumps(self.body).encode(), {
            "Content-Type": "application/json",
            **self.headers,
        }


class StandIn(Protocol):
    """A vendor: state, and an answer to each call. It is asked one call at a time."""

    def answer(self, call: Call) -> Answer: ...


S = TypeVar("S", bound=StandIn)


@dataclass(slots=True, kw_only=True)
class RecordingServer:
    """`url` is where it listens; `calls` is what came so far."""

    url: str
    calls: list[Call] = field(default_factory=list)

    def take(self) -> list[Call]:
        """Return the calls so far and forget them."""
        taken, self.calls = self.calls, []
        return taken


@contextmanager
def serve_stand_in(make: Callable[[str], S]) -> Iterator[tuple[RecordingServer, S]]:
    """Serve what `make` makes of its own address until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    state = RecordingServer(url=f"http://127.0.0.1:{server.server_address[1]}")
    stand_in = make(state.url)
    server.begin(state, stand_in)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state, stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def begin(self, state: RecordingServer, stand_in: StandIn) -> None:
        self.state, self.stand_in, self.turn = state, stand_in, threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about connections that the client gave up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        call = Call(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._read_body(),
        )
        with self.server.turn:
            self.server.state.calls.append(call)
            answer = self.server.stand_in.answer(call)
        body, headers = answer.encode()
        with suppress(OSError):
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body
