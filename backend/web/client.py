"""Who is at the other end: an address from trusted hops only, a device, a country, wishes."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

import crawleruseragents

from backend.settings import Network

Headers = dict[bytes, bytes]
"""A request's headers by lower-case name; of repeated ones the last."""


def headers_of(raw: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return ASGI headers by name."""
    return dict(raw)


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the visitor's address: the last hop that is not one of our own proxies.

    `X-Forwarded-For` is believed only as far as trusted proxies wrote it: from the right.
    """
    if not trusted or not forwarded or not _is_within(peer, trusted):
        return peer
    address = peer
    for hop in reversed([part.strip() for part in forwarded.split(",")]):
        if not _is_address(hop):
            break
        address = hop
        if not _is_within(hop, trusted):
            break
    return address


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
def _is_within(address: str, networks: Sequence[Network]) -> bool:
    if not _is_address(address):
        return False
    parsed = ipaddress.ip_address(address)
    return any(parsed in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
