"""A proxy for what works for strangers: it connects to public addresses alone.

A browser resolves a name again whenever it likes, so that checking beforehand checks nothing.
Here the name is resolved, checked and connected to in one place; the browser is told to know no
other way out, and everything together is bounded. A build has no other way out, and is let through
to named hosts only.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.errors import AddressRefused, FetchFailed
from backend.gateways.public_addresses import Resolver, find_addresses

HEAD_BYTES = 64 * 1024
CONNECTIONS = 500
"""How many connections one picture, or one build, may cost."""
AT_ONCE = 64
IDLE_SECONDS = 20
_LOOK_SECONDS = 0.05
"""How often it looks whether it is over."""
_CHUNK = 64 * 1024
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]+):(\d{1,5})")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d\b")
_INTERIM_ANSWERS = 8
# What belongs to this hop, and must not reach the server.
_OWN_HEADERS = ("proxy-", "connection:", "keep-alive:")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What the browser asked. `body_bytes` follow the head; `host` has no brackets."""

    is_tunnel: bool
    host: str
    port: int
    head: bytes
    body_bytes: int


class CheckedProxy:
    """A running proxy. `refused` lists the hosts that led into a private network, or that are not
    in `only`: the names with ports (`github.com:443`) that may be connected to; None is any.
    """

    def __init__(
        self,
        private_hosts: Collection[str],
        resolve: Resolver,
        *,
        max_bytes: int,
        only: Collection[str] | None = None,
    ) -> None:
        self.refused: list[str] = []
        self._private_hosts = frozenset(host.lower() for host in private_hosts)
        self._resolve = resolve
        self._only = only
        self._bytes_left = max_bytes
        self._connections_left = CONNECTIONS
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._open: set[socket.socket] = set()
        self._is_closed = False

    def serve(self, client: socket.socket) -> None:
        """Answer the one request of a connection."""
        if not self._admit():
            return
        with self._places, self._kept(client), contextlib.suppress(OSError):
            client.settimeout(IDLE_SECONDS)
            head, rest = _read_head(client)
            request = _parse(head)
            if request is None:
                client.sendall(_answer("400 Bad Request"))
                return
            try:
                server = self._connect(request)
            except AddressRefused:
                self.refused.append(request.host)
                client.sendall(_answer("403 Forbidden"))
                return
            except (FetchFailed, OSError):
                client.sendall(_answer("502 Bad Gateway"))
                return
            with self._kept(server):
                self._relay(client, server, request, rest)

    def close(self) -> None:
        """End every connection; the ones that come later are turned away."""
        with self._lock:
            self._is_closed = True
            left = list(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _admit(self) -> bool:
        with self._lock:
            self._connections_left -= 1
            return not self._is_closed and self._connections_left >= 0

    def _connect(self, request: _Request) -> socket.socket:
        """Connect to the first checked address that answers."""
        if self._only is not None and f"{request.host}:{request.port}" not in self._only:
            raise AddressRefused(f"{request.host} is not among the hosts that may be asked.")
        addresses: Sequence[str] = find_addresses(
            request.host,
            request.port,
            private_hosts=self._private_hosts,
            resolve=self._resolve,
        )
        failure: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection((address, request.port), timeout=IDLE_SECONDS)
            except OSError as error:
                failure = error
        raise failure or OSError("no address")

    def _relay(
        self, client: socket.socket, server: socket.socket, request: _Request, rest: bytes
    ) -> None:
        if request.is_tunnel:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            server.sendall(rest)
            # Both ways at once, each in a thread of its own.
            upward = threading.Thread(target=self._pump, args=(client, server), daemon=True)
            upward.start()
            self._pump(server, client)
            upward.join(IDLE_SECONDS)
            return
        server.sendall(request.head)
        # Exactly one request: what came behind it was checked for another host, or not at all.
        left = request.body_bytes
        while left > 0 and (chunk := rest[:left] or client.recv(min(left, _CHUNK))):
            server.sendall(chunk)
            left -= len(chunk)
            rest = rest[len(chunk) :]
        head, rest = _read_answer_head(server)
        if not head:
            client.sendall(_answer("502 Bad Gateway"))
            return
        if self._spend(len(head) + len(rest)):
            client.sendall(head + rest)
            self._pump(server, client)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        """Pass bytes on until the end, the limit, or silence."""
        with contextlib.suppress(OSError):
            while (chunk := source.recv(_CHUNK)) and self._spend(len(chunk)):
                target.sendall(chunk)
        for connection in (source, target):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _spend(self, count: int) -> bool:
        with self._lock:
            self._bytes_left -= count
            return self._bytes_left >= 0

    @contextmanager
    def _kept(self, connection: socket.socket) -> Iterator[None]:
        """Remember a connection while it is open, so that `close` reaches it."""
        with connection:
            with self._lock:
                self._open.add(connection)
            try:
                yield
            finally:
                with self._lock:
                    self._open.discard(connection)


@contextmanager
def run_checked_proxy(
    private_hosts: Collection[str],
    resolve: Resolver,
    *,
    max_bytes: int,
    only: Collection[str] | None = None,
    listener: socket.socket | None = None,
) -> Iterator[tuple[str, CheckedProxy]]:
    """Run a proxy on a loopback port of its own, or on `listener`; give its address and itself."""
    proxy = CheckedProxy(private_hosts, resolve, max_bytes=max_bytes, only=only)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            proxy.serve(self.request)

    with _open(listener, Handler) as server:
        thread = threading.Thread(
            target=server.serve_forever, args=(_LOOK_SECONDS,), name="checked-proxy", daemon=True
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", proxy
        finally:
            proxy.close()
            server.shutdown()
            thread.join()


def _open(
    listener: socket.socket | None, handler: type[socketserver.BaseRequestHandler]
) -> _Server:
    server = _Server(("127.0.0.1", 0), handler, bind_and_activate=listener is None)
    if listener is not None:
        server.socket.close()
        server.socket, server.server_address = listener, listener.getsockname()
    return server


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = AT_ONCE

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: what a stranger's page does to its connections is no news."""


def _read_head(source: socket.socket, received: bytes = b"") -> tuple[bytes, bytes]:
    """Return a message's head with its empty line, and what came behind it; empty when none."""
    while b"\r\n\r\n" not in received:
        chunk = source.recv(_CHUNK)
        received += chunk
        if not chunk or len(received) > HEAD_BYTES:
            return b"", b""
    head, _, rest = received.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest


def _read_answer_head(server: socket.socket) -> tuple[bytes, bytes]:
    """Return an answer's head, which says that the connection ends with it, and what came behind.

    Many servers close without saying so; who asks would then try the closed connection again.
    """
    head, rest = _read_head(server)
    for _ in range(_INTERIM_ANSWERS):
        if not _INTERIM.match(head):
            break
        head, rest = _read_head(server, rest)
    first, *lines = head.decode("latin-1").split("\r\n")
    kept = [line for line in lines if line and not line.lower().startswith(_OWN_HEADERS)]
    said = "\r\n".join([first, *kept, "Connection: close", "", ""])
    return (said.encode("latin-1") if head else b""), rest


def _parse(head: bytes) -> _Request | None:
    """Return a tunnel's or a proxied request, None for anything else."""
    lines = head.decode("latin-1").split("\r\n")
    first = lines[0].split(" ")
    if len(first) != 3:
        return None
    method, target, version = first
    if method == "CONNECT":
        found = _AUTHORITY.fullmatch(target)
        if found is None:
            return None
        host = found[1].strip("[]").lower()
        return _Request(is_tunnel=True, host=host, port=int(found[2]), head=b"", body_bytes=0)
    length = _body_bytes(lines[1:])
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        return None
    if parts.scheme != "http" or not host or length is None:
        return None
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    kept = [line for line in lines[1:] if line and not line.lower().startswith(_OWN_HEADERS)]
    rewritten = "\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""])
    return _Request(
        is_tunnel=False,
        host=host,
        port=port,
        head=rewritten.encode("latin-1"),
        body_bytes=length,
    )


def _body_bytes(lines: Sequence[str]) -> int | None:
    """Return how long a request's body is, None when it does not say so beforehand."""
    headers = [line.lower() for line in lines]
    if any(line.startswith("transfer-encoding:") for line in headers):
        return None
    lengths = {
        line.partition(":")[2].strip() for line in headers if line.startswith("content-length:")
    }
    if not lengths:
        return 0
    length = lengths.pop()
    is_number = not lengths and length.isascii() and length.isdecimal() and len(length) < 12
    return int(length) if is_number else None


def _answer(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
