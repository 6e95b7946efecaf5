"""A proxy on the loopback in front of a real server, which breaks the requests it is told to."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 60.0
# Between one client and the next: what each end of a connection says for itself.
_OF_ONE_CONNECTION = frozenset({
    "connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding",
    "upgrade",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived: its number from 1 on, and its path with the query."""

    number: int
    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What becomes of a request: CUT closes the connection and passes nothing on, CUT_AFTER passes
    it on and breaks the answer in its middle, SPOILT passes on a body with its last byte changed,
    HELD passes it on once the proxy lets go, `status` answers in the server's place.
    """

    kind: str
    answer: int = 0
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes = b"A fault of the test."

    CUT: ClassVar[Fault]
    CUT_AFTER: ClassVar[Fault]
    SPOILT: ClassVar[Fault]
    HELD: ClassVar[Fault]

    @staticmethod
    def status(
        number: int, headers: Mapping[str, str] | None = None, *, body: bytes = b""
    ) -> Fault:
        return Fault(kind="status", answer=number, headers=dict(headers or {}), body=body)


Fault.CUT = Fault(kind="cut")
Fault.CUT_AFTER = Fault(kind="cut after")
Fault.SPOILT = Fault(kind="spoilt")
Fault.HELD = Fault(kind="held")

ChooseFault = Callable[[Request], Fault | None]


def at(number: int, fault: Fault) -> ChooseFault:
    """Break the request with this number, once."""
    return lambda request: fault if request.number == number else None


def never(request: Request) -> None:
    """Break nothing."""


def from_on(number: int, fault: Fault) -> ChooseFault:
    """Break every request from this number on: the server is gone, the token has expired."""
    return lambda request: fault if request.number >= number else None


@dataclass(slots=True, kw_only=True)
class FaultyProxy:
    """`url` stands for the server's; `requests` is what came so far, broken or not. `fault` may be
    exchanged while it runs; `lets_go` ends the wait of what is HELD.
    """

    url: str
    fault: ChooseFault
    requests: list[Request] = field(default_factory=list)
    lets_go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def faulty_proxy(
    url: str, fault: ChooseFault = never, *, keep_host: bool = True
) -> Iterator[FaultyProxy]:
    """Pass every request on to the http server at `url` until the block ends.

    Bodies and headers stay as they are. The server sees the Host that the client named, which is
    the proxy's (signatures hold, and what it redirects to comes back here); with `keep_host` False
    its own. A path in `url` stays part of the proxy's `url`.
    """
    parts = urlsplit(url)
    own_host = None if keep_host else parts.netloc
    server = _Server(("127.0.0.1", 0), _Passing)
    state = FaultyProxy(url=f"http://127.0.0.1:{server.server_address[1]}{parts.path}", fault=fault)
    server.begin(state, (parts.hostname or "127.0.0.1", parts.port or 80), own_host)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.lets_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def begin(self, state: FaultyProxy, upstream: tuple[str, int], own_host: str | None) -> None:
        self.state, self.upstream, self.own_host = state, upstream, own_host
        self.counting = threading.Lock()

    def take(self, method: str, path: str) -> Fault | None:
        """Count a request and return what is to become of it."""
        with self.counting:
            request = Request(number=len(self.state.requests) + 1, method=method, path=path)
            self.state.requests.append(request)
            return self.state.fault(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about connections that one side gave up."""


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_SECONDS
    server: _Server

    def __getattr__(self, name: str) -> Callable[[], None]:
        # WebDAV and git have methods of their own.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def _answer(self) -> None:
        body = self._read_body()
        fault = self.server.take(self.command, self.path)
        kind = fault.kind if fault else ""
        if kind == "cut":
            self.close_connection = True
            return
        if fault and kind == "status":
            said = b"" if self.command == "HEAD" else fault.body
            self.wfile.write(_as_bytes(fault.answer, list(fault.headers.items()), said))
            return
        if kind == "spoilt" and body:
            body = body[:-1] + bytes([body[-1] ^ 1])
        if kind == "held":
            self.server.state.lets_go.wait(_TIMEOUT_SECONDS)
        answer = self._pass_on(body)
        if kind == "cut after":
            answer = answer[: len(answer) // 2]
            self.close_connection = True
        with suppress(OSError):
            self.wfile.write(answer)

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

    def _pass_on(self, body: bytes) -> bytes:
        """Return the server's whole answer, 502 when there is none."""
        connection = http.client.HTTPConnection(*self.server.upstream, timeout=_TIMEOUT_SECONDS)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self._headers_for_server():
                connection.putheader(name, value)
            if body or "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            content = response.read()
            headers = response.getheaders()
        except (OSError, http.client.HTTPException) as error:
            return _as_bytes(502, [("X-Proxy", "no answer")], repr(error).encode())
        finally:
            connection.close()
        length = response.getheader("Content-Length") if self.command == "HEAD" else None
        return _as_bytes(response.status, headers, content, length=length)

    def _headers_for_server(self) -> list[tuple[str, str]]:
        kept = [
            (name, value)
            for name, value in self.headers.items()
            if name.lower() not in _OF_ONE_CONNECTION
        ]
        if self.server.own_host is not None:
            kept = [pair for pair in kept if pair[0].lower() != "host"]
            kept.append(("Host", self.server.own_host))
        return [*kept, ("Connection", "close")]


def _as_bytes(
    status: int, headers: list[tuple[str, str]], content: bytes, *, length: str | None = None
) -> bytes:
    """Return an answer on the wire; `length` is that of a body which HEAD leaves out."""
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, 'Unknown')}"]
    lines += [f"{name}: {text}" for name, text in headers if name.lower() not in _OF_ONE_CONNECTION]
    if status not in {204, 304}:
        lines.append(f"Content-Length: {len(content) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content
