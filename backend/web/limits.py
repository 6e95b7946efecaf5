"""Rate limits by address or account: in this process, or in Redis for all processes.

`@limited("sign-in", "10/hour")` guards an endpoint. When Redis is away each process counts for
itself, and asks Redis again after some seconds.
"""

from __future__ import annotations

import functools
import inspect
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, TypeVar

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from backend.errors import TooMany
from backend.web.client import address_of
from backend.web.signed_in import actor_of

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
By = Literal["address", "account"]
_Ask = Callable[[SlidingWindowCounterRateLimiter, RateLimitItem, str, str], "Spent"]

VERIFY_RATE = "30/hour"
"""What one account may have verified, by the page and the API together: it asks somebody else's
server."""
CHALLENGES_RATE = "60/hour"
"""What one account may do with challenges, by the pages and the API together."""
REDIS_SECONDS = 0.5
"""How long one question to Redis may take."""
REDIS_PAUSE_SECONDS = 5.0
"""How long Redis is left alone after it failed."""
_LOG = structlog.get_logger("limits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What is left of a limit after one more request; `reset_seconds` until all of it is back."""

    limit: int
    remaining: int
    reset_seconds: int
    is_over: bool

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The `RateLimit-*` headers of an answer."""
        values = (
            (b"ratelimit-limit", self.limit),
            (b"ratelimit-remaining", self.remaining),
            (b"ratelimit-reset", self.reset_seconds),
        )
        return [(name, str(value).encode()) for name, value in values]


class Limiter:
    """Counts what each key spends. Safe to use from several threads."""

    def __init__(self, redis_url: str | None) -> None:
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = (
            SlidingWindowCounterRateLimiter(
                RedisStorage(
                    redis_url,
                    key_prefix="4site",
                    wrap_exceptions=True,
                    socket_timeout=REDIS_SECONDS,
                    socket_connect_timeout=REDIS_SECONDS,
                )
            )
            if redis_url
            else None
        )
        self._away_until = 0.0
        self._is_away = False

    @property
    def is_instant(self) -> bool:
        """Whether spending asks nobody outside this process at the moment."""
        return self._shared is None or time.monotonic() < self._away_until

    def spend(self, name: str, rate: str, key: str) -> Spent:
        """Count one request of `key` against `rate`, like `10/hour`, of the limit `name`."""
        return self._ask(_spend, rate, name, key)

    def look(self, name: str, rate: str, key: str) -> Spent:
        """Return what `key` has left of a limit, without counting anything."""
        return self._ask(_look, rate, name, key)

    def _ask(self, ask: _Ask, rate: str, name: str, key: str) -> Spent:
        """Ask Redis, or this process while Redis is away."""
        item = _parse(rate)
        if self._shared is not None and not self.is_instant:
            try:
                spent = ask(self._shared, item, name, key)
            except StorageError as error:
                self._note_loss(error)
            else:
                self._note_return()
                return spent
        return ask(self._here, item, name, key)

    def _note_loss(self, error: StorageError) -> None:
        self._away_until = time.monotonic() + REDIS_PAUSE_SECONDS
        if not self._is_away:
            self._is_away = True
            reason = type(error.storage_error).__name__
            _LOG.warning("redis_gone", reason=reason, effect="each process limits for itself")

    def _note_return(self) -> None:
        if self._is_away:
            self._is_away = False
            _LOG.warning("redis_back", effect="limits are shared again")


def limited(name: str, rate: str, *, by: By = "address") -> Callable[[Endpoint], Endpoint]:
    """Guard an endpoint, plain or async, with a limit of its own: `10/hour`, `60/minute`.

    Raises TooMany with the seconds to wait. By account means the signed-in account, and the
    address while nobody is signed in.
    """
    _parse(rate)

    def guard(endpoint: Endpoint) -> Endpoint:
        if inspect.iscoroutinefunction(endpoint):

            @functools.wraps(endpoint)
            async def guarded_async(request: Request) -> Any:
                await check_async(request, name, rate, by)
                return await endpoint(request)

            return guarded_async  # type: ignore[return-value]  # it takes and returns the same

        @functools.wraps(endpoint)
        def guarded(request: Request) -> Any:
            check(request, name, rate, by)
            return endpoint(request)

        return guarded  # type: ignore[return-value]  # the same

    return guard


def check(request: Request, name: str, rate: str, by: By = "address") -> None:
    """Count the request against a limit. Raises TooMany when it is over."""
    limiter: Limiter = request.app.state.limiter
    spent = limiter.spend(name, rate, caller_key(request, by))
    request.scope.setdefault("state", {})["spent"] = spent
    if spent.is_over:
        raise TooMany(
            "You asked for this too often.",
            retry_after=spent.reset_seconds,
            hint=f"Wait {spent.reset_seconds} seconds and try again.",
        )


async def check_async(request: Request, name: str, rate: str, by: By = "address") -> None:
    """Do what `check` does without holding up the event loop."""
    limiter: Limiter = request.app.state.limiter
    if limiter.is_instant and by == "address":
        check(request, name, rate, by)
    else:
        await run_in_threadpool(check, request, name, rate, by)


def network_key(address: str) -> str:
    """Return what an address counts as: itself, or the /64 that one IPv6 household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def caller_key(request: Request, by: By = "address") -> str:
    """Return what the caller's requests are counted under."""
    if by == "account" and (actor := actor_of(request)) is not None:
        return f"{actor.tenant}/{actor.account}"
    settings = request.app.state.context.settings
    return network_key(address_of(request.scope, settings.trusted_proxies))


def _spend(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, name: str, key: str
) -> Spent:
    is_within = limiter.hit(item, name, key)
    return replace(_look(limiter, item, name, key), is_over=not is_within)


def _look(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, name: str, key: str
) -> Spent:
    left = limiter.get_window_stats(item, name, key)
    return Spent(
        limit=item.amount,
        remaining=max(0, left.remaining),
        reset_seconds=max(1, int(left.reset_time - time.time()) + 1),
        is_over=left.remaining <= 0,
    )


@lru_cache(maxsize=256)
def _parse(rate: str) -> RateLimitItem:
    return parse(rate)
