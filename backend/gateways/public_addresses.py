"""Which addresses of the internet may be connected to when somebody else chose the name.

The lists are those of IANA's special-purpose registries (RFC 6890 and its updates), written out:
what Python's own `is_global` says differs between its releases.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence

from backend.errors import AddressRefused, FetchFailed

Resolver = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host for a port. Raises OSError when there are none."""

MAX_ADDRESSES = 16

_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet, the IPv4 inside IPv6 included."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _REFUSED_V4)
    if parsed.scope_id is not None:
        return False
    inner = parsed.ipv4_mapped or parsed.sixtofour or _inside_nat64(parsed)
    if inner is not None:
        return is_public(str(inner))
    return parsed in _GLOBAL_V6 and not any(parsed in network for network in _REFUSED_V6)


def find_addresses(
    host: str, port: int, *, private_hosts: Collection[str], resolve: Resolver
) -> Sequence[str]:
    """Return the addresses of a host, each of which may be connected to.

    One private address among them refuses the host: whoever owns the name would choose which one
    is used. Raises AddressRefused, or FetchFailed when the name is unknown.
    """
    try:
        found = list(dict.fromkeys(resolve(host, port)))[:MAX_ADDRESSES]
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"The host {host} is unknown.") from error
    if not found:
        raise FetchFailed(f"The host {host} is unknown.")
    if host not in private_hosts and not all(is_public(address) for address in found):
        raise AddressRefused(
            f"The host {host} leads into a private network.",
            hint="FOURSITE_PRIVATE_HOSTS names hosts that may be fetched all the same.",
        )
    return found


def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Ask the operating system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _inside_nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a gateway of RFC 6052 would connect to."""
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


def find_alias(host: str) -> str | None:
    """Return the name at the end of a host's aliases (CNAME), None when it cannot be resolved.

    No name at all is asked for by HTTP here: nothing is connected to.
    """
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)
    except (OSError, UnicodeError):
        return None
    return found[0][3].lower().removesuffix(".") or None
