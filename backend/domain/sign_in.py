"""How long the ways into an account stay open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from backend.domain.accounts import Address
from backend.domain.actors import Scope
from backend.domain.instants import DAY, HOUR, MINUTE, Instant
from backend.domain.referrals import Touch

LINK_LIFETIME = 15 * MINUTE
OWNER_LINK_LIFETIME = 24 * HOUR
"""The link that the first start prints: nobody is waiting in front of a mail box for it."""
OPEN_LINKS = 3
"""Links that may be open for one address, its variants included; a further one is not sent."""
SESSION_IDLE = 14 * DAY
SESSION_LIFETIME = 90 * DAY
SEEN_EVERY = HOUR
"""How exactly it is known when a session was last used."""
TOKENS = 20
"""API tokens of one account that work at a time."""
TOKEN_PREFIX = "4s_"  # noqa: S105  what secrets begin with, so that scanners recognise a leaked one
TOKEN_USED_EVERY = MINUTE
TOKEN_DAYS = range(1, 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How somebody came to sign up: a code they gave, and the touch that their browser carries."""

    code: str | None = None
    is_typed: bool = False
    touch: Touch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """A link that was sent by mail, with what was said when it was asked for.

    `id` is the digest of its secret.
    """

    id: str
    address: Address
    name: str
    arrival: Arrival
    expires_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSession:
    """A signed-in browser, as its owner sees it in the list. `id` is the digest of its secret."""

    id: str
    account: str
    device: str
    created_at: Instant
    seen_at: Instant
    expires_at: Instant
    revoked_at: Instant | None

    def is_good(self, now: Instant) -> bool:
        """Tell whether the session still signs its browser in."""
        return (
            self.revoked_at is None and now < self.expires_at and now < self.seen_at + SESSION_IDLE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """An API token without its secret, which only its owner has."""

    id: str
    account: str
    name: str
    scopes: frozenset[Scope]
    created_at: Instant
    used_at: Instant | None
    expires_at: Instant | None
    revoked_at: Instant | None

    def is_good(self, now: Instant) -> bool:
        """Tell whether the token works at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def digest_of(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256. Secrets have 256 bits, so no salt."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
