"""The only randomness of the service: row ids, keys, codes, secrets, salts.

A seeded source makes the demo world the same every time.
"""

from __future__ import annotations

import random
import secrets
from typing import Protocol
from uuid import UUID

from backend.domain.instants import Instant

# No 0 O 1 I L U: readable aloud, typeable from a slide, no accidental words.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Ids(Protocol):
    def random_bytes(self, count: int) -> bytes: ...


class SystemIds:
    """The operating system's randomness."""

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededIds:
    """Repeatable bytes for the demo world and for tests; never for a real service."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  that is its purpose

    def random_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


def new_id(ids: Ids, now: Instant) -> str:
    """Return a UUIDv7 (RFC 9562) as 32 hexadecimal digits: ids made later sort later."""
    milliseconds = now // 1_000
    raw = bytearray(milliseconds.to_bytes(6, "big") + ids.random_bytes(10))
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw)).hex


def new_text(ids: Ids, alphabet: str, length: int) -> str:
    """Return `length` characters of `alphabet`, each equally likely (bytes out of range are
    drawn again).
    """
    limit = 256 - 256 % len(alphabet)
    found: list[str] = []
    while len(found) < length:
        found += [
            alphabet[byte % len(alphabet)] for byte in ids.random_bytes(length) if byte < limit
        ]
    return "".join(found[:length])


def new_site_key(ids: Ids) -> str:
    """Return a site's public key: 12 letters and digits."""
    return new_text(ids, KEY_ALPHABET, 12)


def new_referral_code(ids: Ids) -> str:
    """Return a referral code: 8 characters that nobody confuses."""
    return new_text(ids, CODE_ALPHABET, 8)


def new_secret(ids: Ids, length: int = 43) -> str:
    """Return a secret of letters and digits; 43 of them hold 256 bits."""
    return new_text(ids, KEY_ALPHABET, length)
