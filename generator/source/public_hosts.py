"""Lets a build ask public web servers only: no address of this machine or its network.

A README may name any URL; asked from a build server, `http://169.254.169.254/` would be the
cloud's own secrets. The name is resolved once, checked, and the checked address is the one that
is connected to, so that a name cannot change its mind in between.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.request import getproxies

import httpx

_LIMIT_ADDRESSES = 16


class HostRefused(httpx.RequestError):
    """The URL does not name a public https server."""


class PublicTransport(httpx.BaseTransport):
    """Sends requests by https to public addresses; `allowed` names hosts that may be anything.

    Behind a proxy the proxy resolves names, so only addresses written as such can be checked.
    """

    def __init__(self, *, allowed: Collection[str] = (), connections: int = 8) -> None:
        self._allowed = frozenset(allowed)
        proxy = getproxies().get("https")
        self._has_proxy = proxy is not None
        limits = httpx.Limits(max_connections=connections)
        self._direct = httpx.HTTPTransport(limits=limits, retries=0, proxy=proxy)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.netloc.decode("ascii") not in self._allowed:
            if url.scheme != "https" or url.userinfo:
                raise HostRefused(f"{url.scheme} is not asked", request=request)
            address = self._find_address(url, request)
            if address is not None:
                request.extensions = {**request.extensions, "sni_hostname": url.host}
                request.url = url.copy_with(host=address)
        return self._direct.handle_request(request)

    def close(self) -> None:
        self._direct.close()

    def _find_address(self, url: httpx.URL, request: httpx.Request) -> str | None:
        """Return the checked address to connect to, None when a proxy will find it."""
        if self._has_proxy and not _is_address(url.host):
            return None
        try:
            found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the host is unknown", request=request) from error
        addresses = [str(entry[4][0]) for entry in found[:_LIMIT_ADDRESSES]]
        if not addresses or not all(is_public(address) for address in addresses):
            raise HostRefused("the host is not public", request=request)
        return addresses[0]


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or _inner_nat64(parsed)
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _inner_nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside 64:ff9b::/96 (RFC 6052), which a gateway would unwrap."""
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
