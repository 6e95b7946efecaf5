"""Who is at the other end: an address from trusted hops only, a device, a country, wishes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import crawleruseragents
from starlette.types import Scope

from backend.settings import Network

Headers = dict[bytes, bytes]
"""A request's headers by lower-case name; of repeated ones the last."""


def headers_of(raw: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return ASGI headers by name."""
    return dict(raw)


@lru_cache(maxsize=65_536)
def client_address(peer: str, forwarded: str, trusted: frozenset[Network]) -> str:
    """Return the visitor's address: the last hop that is not one of our own proxies.

    `X-Forwarded-For` is believed only as far as trusted proxies wrote it: from the right.
    """
    address = peer
    hops = forwarded.split(",")[-_HOPS:] if forwarded else []
    while hops and _is_within(address, trusted):
        hop = hops.pop().strip()
        if _parse(hop) is None:
            break
        address = hop
    return address


def address_of(scope: Scope, trusted: frozenset[Network]) -> str:
    """Return the address of a request's visitor, as `client_address` finds it; '' on a socket."""
    peer = scope["client"][0] if scope.get("client") else ""
    if not trusted:
        return str(peer)
    # Several headers of that name are one list, in their order.
    hops = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return client_address(peer, b",".join(hops).decode("latin-1"), trusted)


def wants_no_tracking(headers: Headers) -> bool:
    """Tell whether the browser sent Do-Not-Track or Global Privacy Control."""
    return headers.get(b"dnt") == b"1" or headers.get(b"sec-gpc") == b"1"


@lru_cache(maxsize=8192)
def is_bot(user_agent: str) -> bool:
    """Tell whether a user agent names a robot, a headless browser or nothing at all."""
    return not user_agent or bool(crawleruseragents.is_crawler(user_agent))


@lru_cache(maxsize=8192)
def device_of(user_agent: str) -> str:
    """Return `phone`, `tablet` or `desktop`."""
    if "iPad" in user_agent or "Tablet" in user_agent:
        return "tablet"
    return "phone" if "Mobi" in user_agent else "desktop"


def country_of(value: str) -> str | None:
    """Return the country that a CDN's header names (ISO 3166), None when it knows none."""
    code = value.strip().upper()
    known = len(code) == 2 and code.isascii() and code.isalpha() and code not in {"XX", "T1"}
    return code if known else None


@lru_cache(maxsize=8192)
def referrer_host_of(referrer: str) -> str | None:
    """Return the host that a referrer names, None when it names none that can be stored."""
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:
        return None
    return host if _HOST.fullmatch(host) else None


_HOST = re.compile(r"[^\x00-\x20\x7f]{1,255}")
_HOPS = 20
"""Proxies that a request may have come through; what claims more is not read further."""


def _is_within(address: str, networks: Iterable[Network]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
