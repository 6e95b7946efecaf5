"""The one way to fetch an address that somebody else chose: public, pinned, bounded.

The name is resolved and checked where the connection is made, so that what is connected to is
what was checked; redirects are followed here, so that each of them is checked again.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpcore

from backend.errors import AddressRefused, FetchFailed
from backend.gateways.public_addresses import Resolver, find_addresses, resolve_by_system
from backend.settings import Settings

MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. `url` is the last one asked, `headers` have lower-case names.

    `body` is decompressed; `is_whole` is false when it goes on past the limit.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool


def fetch(
    url: str,
    settings: Settings,
    *,
    max_bytes: int,
    timeout_seconds: float,
    resolve: Resolver = resolve_by_system,
) -> Fetched:
    """Return the answer to GET `url` after at most three redirects, whatever its status.

    `timeout_seconds` bounds everything together, `max_bytes` the body both as sent and
    decompressed. Raises AddressRefused when an address is private, names no web server or holds
    a password, and FetchFailed when there is no answer in time.
    """
    deadline = _Deadline(timeout_seconds)
    network = _CheckedNetwork(settings.private_hosts, resolve, deadline)
    for _ in range(MAX_REDIRECTS + 1):
        answer = _ask(network, url, _headers(settings), max_bytes, deadline)
        place = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not place:
            return answer
        url = _follow(url, place)
    raise FetchFailed(f"{_shown(url)} is behind more than {MAX_REDIRECTS} redirects.")


class _Deadline:
    """The end of the time that a fetch has, on a clock that nobody sets."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left. Raises FetchFailed when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise FetchFailed(f"There was no whole answer within {self._seconds:g} seconds.")
        return seconds

    def within(self, timeout: float | None) -> float:
        """Return the shorter of `timeout` and what is left."""
        return self.left() if timeout is None else min(timeout, self.left())


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and to nothing else."""

    def __init__(
        self, private_hosts: Collection[str], resolve: Resolver, deadline: _Deadline
    ) -> None:
        self._private_hosts = frozenset(host.lower() for host in private_hosts)
        self._resolve = resolve
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers."""
        refused: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in self._find(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self._deadline.within(timeout), local_address, socket_options
                )
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                refused = error
            else:
                return _TimedStream(stream, self._deadline)
        raise refused or httpcore.ConnectError(f"{host} has no address")

    def _find(self, host: str, port: int) -> Sequence[str]:
        """Resolve and check in a thread, because a system's resolver takes no timeout."""
        found: list[Sequence[str] | Exception] = []

        def look_up() -> None:
            try:
                found.append(
                    find_addresses(
                        host, port, private_hosts=self._private_hosts, resolve=self._resolve
                    )
                )
            except Exception as error:  # raised again by the thread that waits
                found.append(error)

        thread = threading.Thread(target=look_up, name="resolver", daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        if not found:
            raise FetchFailed(f"The host {host} was not found in time.")
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step ends with the fetch: one byte a second is too slow in sum."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        within = self._deadline.within(timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, within)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _ask(
    network: _CheckedNetwork,
    url: str,
    headers: Mapping[str, str],
    max_bytes: int,
    deadline: _Deadline,
) -> Fetched:
    target, host = _target_of(url)
    # The system's authorities; reading them takes longer than most answers, so only for TLS.
    tls = ssl.create_default_context() if target.scheme == b"https" else None
    sent = [(name.encode(), value.encode()) for name, value in {"host": host, **headers}.items()]
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls, network_backend=network) as pool,
            pool.stream("GET", target, headers=sent) as response,
        ):
            answered = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            body, is_whole = _read(
                response.iter_stream(), answered.get("content-encoding", ""), max_bytes
            )
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        deadline.left()  # says that the time is over, when that was the reason
        raise FetchFailed(f"{_shown(url)} cannot be reached: {_reason(error)}.") from error
    except (OSError, zlib.error) as error:
        raise FetchFailed(f"{_shown(url)} cannot be read: {_reason(error)}.") from error
    return Fetched(url=url, status=response.status, headers=answered, body=body, is_whole=is_whole)


def _target_of(url: str) -> tuple[httpcore.URL, str]:
    """Return where to connect and what to ask for, from one reading of the address."""
    parts = _split(url)
    host = parts.hostname or ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise AddressRefused(f"{_shown(url)} has no host that can be asked.") from error
    port = parts.port or _PORTS[parts.scheme]
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe=_QUERY_SAFE)}" if parts.query else ""
    target = httpcore.URL(
        scheme=parts.scheme.encode(), host=host.encode(), port=port, target=(path + query).encode()
    )
    shown_host = f"[{host}]" if ":" in host else host
    return target, shown_host if port == _PORTS[parts.scheme] else f"{shown_host}:{port}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise AddressRefused(f"{_shown(url)} is not an address.") from error
    if not is_usable or not url.isprintable() or "@" in parts.netloc or "\\" in url:
        raise AddressRefused(f"{_shown(url)} is not a plain http or https address.")
    return parts


def _follow(url: str, place: str) -> str:
    """Return where a redirect leads. Raises AddressRefused when it gives up TLS."""
    try:
        following = urljoin(url, place.strip())
    except ValueError as error:
        raise AddressRefused(f"{_shown(url)} redirects to what is no address.") from error
    if urlsplit(url).scheme == "https" and not following.startswith("https:"):
        raise AddressRefused(f"{_shown(url)} redirects from https to {_shown(following)}.")
    return following


def _read(chunks: Iterator[bytes], encoding: str, max_bytes: int) -> tuple[bytes, bool]:
    """Return the decompressed body up to `max_bytes`, and whether that is all of it."""
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise FetchFailed(f"The answer is packed as {encoding[:40]!r}, which was not asked for.")
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB) if encoding not in {"", "identity"} else None
    body = bytearray()
    received = 0
    for chunk in chunks:
        received += len(chunk)
        room = max_bytes + 1 - len(body)
        body += unpacker.decompress(chunk, room) if unpacker else chunk[:room]
        if len(body) > max_bytes or received > max_bytes:
            # Empty blocks unpack to nothing for ever: what is received is bounded as well.
            return bytes(body[:max_bytes]), False
    return bytes(body), True


def _headers(settings: Settings) -> dict[str, str]:
    return {
        "accept": "*/*",
        "accept-encoding": "gzip",
        "connection": "close",
        "user-agent": f"4site (+{settings.base_url})",
    }


def _reason(error: Exception) -> str:
    words = "".join(char if char.isprintable() else " " for char in str(error))
    return words[:200].rstrip(".") or type(error).__name__


def _shown(url: str) -> str:
    return "".join(char if char.isprintable() else " " for char in url)[:200]


_QUERY_SAFE = "/%:@!$&'()*+,;=~-._?"
