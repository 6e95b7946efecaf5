"""Who a visitor is, without knowing who: keyed hashes that nobody can undo after two days.

Source: the rules, "Visitors' privacy". The salt is random, new each UTC day and destroyed 48
hours after its day began; addresses are never stored.
"""

from __future__ import annotations

import ipaddress
from hashlib import blake2b

SALT_BYTES = 16
SALTS_KEPT = 2
"""Days whose salt exists: today and yesterday."""


def hash_visitor(salt: bytes, *, site: str, address: str, user_agent: str) -> str:
    """Return 16 hexadecimal digits for one visitor of one site on the salt's day."""
    text = f"{site}\0{address}\0{user_agent}".encode("utf-8", "replace")
    return blake2b(text, digest_size=8, key=salt).hexdigest()


def hash_network(salt: bytes, *, site: str, address: str) -> str:
    """Return 16 hexadecimal digits for the visitor's /24 (IPv4) or /48 (IPv6) network."""
    return blake2b(
        f"{site}\0{network_of(address)}".encode(), digest_size=8, key=salt, person=b"network"
    ).hexdigest()


def network_of(address: str) -> str:
    """Return the network of an address in the size that fraud rules compare, else the text."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    bits = 24 if (mapped or parsed).version == 4 else 48
    return str(ipaddress.ip_network(f"{mapped or parsed}/{bits}", strict=False))
