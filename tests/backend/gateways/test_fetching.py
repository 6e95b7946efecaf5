"""Fetching addresses that others chose: only public servers, bounded in bytes and time."""

from __future__ import annotations

import datetime
import gzip
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import AddressRefused, FetchFailed
from backend.gateways.fetching import Fetched, fetch
from backend.gateways.public_addresses import Resolver, is_public, resolve_by_system
from backend.settings import Settings
from tests.support.scripted_server import ScriptedServer, answer, serve_scripts

HOST = "site.example"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts() as started:
        yield started


def settings(*private_hosts: str) -> Settings:
    return Settings(
        data_dir=Path("unused"), database_url="sqlite:///unused", private_hosts=private_hosts
    )


def always(address: str) -> Resolver:
    return lambda *_: [address]


def get(
    url: str,
    *private_hosts: str,
    max_bytes: int = 10_000,
    timeout_seconds: float = 5,
    resolve: Resolver = resolve_by_system,
) -> Fetched:
    return fetch(
        url,
        settings(*private_hosts),
        max_bytes=max_bytes,
        timeout_seconds=timeout_seconds,
        resolve=resolve,
    )


def test_page_of_an_allowed_host_is_fetched_under_its_own_name(server: ScriptedServer) -> None:
    server.scripts["/a%20b?q=1"] = answer(b"hello", X_Seen="yes")
    url = server.url("/a b?q=1".replace(" ", "%20"), HOST)
    fetched = get(url, HOST, resolve=always("127.0.0.1"))
    assert (fetched.status, fetched.body, fetched.is_whole) == (200, b"hello", True)
    assert fetched.headers["x-seen"] == "yes"
    assert server.asked == [("/a%20b?q=1", f"{HOST}:{server.port}")]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1",  # noqa: S104  to be refused
        "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8",
        "198.18.0.1", "192.0.2.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.2.3",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
        "2001:db8::1", "3fff::1", "2001::1", "100::1", "5f00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
        "localhost", "", "1.2.3",
    ],
)  # fmt: skip
def test_address_that_is_not_of_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(AddressRefused, match="private network"):
        get(f"http://{HOST}/", resolve=always(address), timeout_seconds=1)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.31.196.1",
        "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "2002:808:808::", "64:ff9b::808:808",
    ],
)  # fmt: skip
def test_address_of_the_public_internet_is_known_as_such(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_way_of_writing_a_private_address_makes_it_public(address: object) -> None:
    inner = ip_address(str(address))
    mapped = f"::ffff:{inner}"
    translated = str(ip_address(int(ip_address("64:ff9b::")) + int(inner)))
    sixtofour = str(ip_address((0x2002 << 112) + (int(inner) << 80) + 1))
    expected = is_public(str(inner))
    assert [is_public(text) for text in (mapped, translated, sixtofour)] == [expected] * 3
    # Python's own opinion may only be the stricter one where its lists are newer or older.
    assert not expected or inner.is_global or not inner.is_private


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(AddressRefused):
        get(f"http://{HOST}/", resolve=lambda *_: ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://0/"],
)
def test_private_address_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises(FetchFailed):
        get(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://site.example/", "gopher://site.example/", "//site.example/",
        "http:///nothing", "http://", "http://ann:secret@site.example/", "http://site.example:0/",
        "http://site.example:99999/", "http://[::1/", "http://site.example\\@evil.example/",
        "http://site.example/\r\nX-Injected: 1", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_address_that_names_no_plain_web_server_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        get(url, HOST, resolve=always("127.0.0.1"))


def test_connection_goes_to_the_very_address_that_was_checked(server: ScriptedServer) -> None:
    """A name that says something else each time it is asked is asked once for a connection."""
    server.scripts["/"] = answer(b"page")
    answers = iter([["127.0.0.1"], ["192.0.2.1"]])
    asked: list[str] = []

    def rebind(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    assert get(server.url("/", HOST), HOST, resolve=rebind).body == b"page"
    assert asked == [HOST]


def test_name_that_turns_private_behind_a_redirect_is_refused(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(status=302, Location=server.url("/again", "two.example"))
    server.scripts["/again"] = answer(status=302, Location=server.url("/", "three.example"))
    answers = iter(["127.0.0.1", "127.0.0.1", "127.0.0.1"])
    with pytest.raises(AddressRefused, match=r"three\.example"):
        get(server.url("/", HOST), HOST, "two.example", resolve=lambda *_: [next(answers)])
    assert [path for path, _ in server.asked] == ["/", "/again"]


def test_redirect_into_a_private_network_is_refused(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(status=302, Location=server.url("/inside", "inside.example"))
    server.scripts["/inside"] = answer(b"secret")
    with pytest.raises(AddressRefused, match=r"inside\.example leads into a private network"):
        get(server.url("/", HOST), HOST, resolve=always("127.0.0.1"))
    assert [path for path, _ in server.asked] == ["/"]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "//[::1", "ftp://x.example/"])
def test_redirect_to_no_web_address_is_refused(server: ScriptedServer, place: str) -> None:
    server.scripts["/"] = answer(status=302, Location=place)
    with pytest.raises(AddressRefused):
        get(server.url("/", HOST), HOST, resolve=always("127.0.0.1"))


def test_three_redirects_are_followed_and_a_fourth_is_not(server: ScriptedServer) -> None:
    for number in range(4):
        server.scripts[f"/{number}"] = answer(status=302, Location=f"/{number + 1}")
    server.scripts["/4"] = answer(b"end")
    fetched = get(server.url("/1", HOST), HOST, resolve=always("127.0.0.1"))
    assert (fetched.body, fetched.url) == (b"end", server.url("/4", HOST))
    with pytest.raises(FetchFailed, match="more than 3 redirects"):
        get(server.url("/0", HOST), HOST, resolve=always("127.0.0.1"))


def test_body_ends_at_the_limit(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(b"x" * 100_000)
    fetched = get(server.url(), "127.0.0.1", max_bytes=1_000)
    assert (len(fetched.body), fetched.is_whole) == (1_000, False)
    server.scripts["/"] = answer(b"x" * 1_000)
    fetched = get(server.url(), "127.0.0.1", max_bytes=1_000)
    assert (len(fetched.body), fetched.is_whole) == (1_000, True)


def test_packed_page_is_unpacked(server: ScriptedServer) -> None:
    for encoding, packed in (("gzip", gzip.compress(b"page")), ("deflate", zlib.compress(b"page"))):
        server.scripts["/"] = answer(packed, Content_Encoding=encoding)
        assert get(server.url(), "127.0.0.1").body == b"page"


def test_gzip_bomb_is_unpacked_only_up_to_the_limit(server: ScriptedServer) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    server.scripts["/"] = answer(bomb, Content_Encoding="gzip")
    fetched = get(server.url(), "127.0.0.1", max_bytes=256 * 1024)
    assert (len(fetched.body), fetched.is_whole) == (256 * 1024, False)


def test_stream_that_unpacks_to_nothing_ends_at_the_limit(server: ScriptedServer) -> None:
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(b"") + b"".join(
        packer.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff" for _ in range(10_000)
    )
    server.scripts["/"] = answer(packed, Content_Encoding="gzip")
    fetched = get(server.url(), "127.0.0.1", max_bytes=1_000)
    assert (fetched.body, fetched.is_whole) == (b"", False)


def test_broken_or_unknown_packing_is_said(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(b"not gzip", Content_Encoding="gzip")
    with pytest.raises(FetchFailed, match="cannot be read"):
        get(server.url(), "127.0.0.1")
    server.scripts["/"] = answer(b"", Content_Encoding="br")
    with pytest.raises(FetchFailed, match="packed as 'br'"):
        get(server.url(), "127.0.0.1")


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        handler.wfile.write(f"X-{number}: drip\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.05)


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
    for _ in range(200):
        handler.wfile.write(b".")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("script", [drip, drip_body])
def test_slow_drip_ends_with_the_time(server: ScriptedServer, script: object) -> None:
    server.scripts["/"] = script  # type: ignore[assignment]  # one of two scripts
    started = time.monotonic()
    with pytest.raises(FetchFailed, match=r"within 0\.4 seconds"):
        get(server.url(), "127.0.0.1", timeout_seconds=0.4)
    assert time.monotonic() - started < 8  # all of it takes ten seconds


def test_slow_resolver_ends_with_the_time() -> None:
    is_over = threading.Event()

    def dawdle(host: str, port: int) -> Sequence[str]:
        is_over.wait(60)
        return ["8.8.8.8"]

    started = time.monotonic()
    try:
        with pytest.raises(FetchFailed, match="not found in time"):
            get(f"http://{HOST}/", resolve=dawdle, timeout_seconds=0.2)
        assert time.monotonic() - started < 30
    finally:
        is_over.set()


def test_unknown_host_is_said() -> None:
    def refuse(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(FetchFailed, match=r"host site\.example is unknown"):
        get(f"http://{HOST}/", resolve=refuse)
    with pytest.raises(FetchFailed, match="unknown"):
        get(f"http://{HOST}/", resolve=lambda *_: [])


def test_endless_header_is_refused(server: ScriptedServer) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(1_000):
            handler.wfile.write(b"x" * 10_000)

    server.scripts["/"] = flood
    with pytest.raises(FetchFailed, match="cannot be reached"):
        get(server.url(), "127.0.0.1")


def test_certificate_is_checked_for_the_name_and_not_for_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = make_certificate(tmp_path, HOST)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority)
    named: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: named.append(name)
    with serve_scripts(tls) as server:
        server.scripts["/"] = answer(b"private page")
        resolve = always("127.0.0.1")
        url = server.url("/", HOST, "https")
        with pytest.raises(FetchFailed, match="certificate"):
            get(url, HOST, resolve=resolve)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert get(url, HOST, resolve=resolve).body == b"private page"
        with pytest.raises(FetchFailed, match="certificate"):
            get(server.url("/", "other.example", "https"), "other.example", resolve=resolve)
        server.scripts["/"] = answer(status=301, Location=f"http://{HOST}/")
        with pytest.raises(AddressRefused, match="from https to http"):
            get(url, HOST, resolve=resolve)
    assert named == [HOST, HOST, "other.example", HOST]


def make_certificate(folder: Path, host: str) -> Path:
    """Write a certificate that signs itself, with its key, for one host name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = folder / "server.pem"
    written.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return written
