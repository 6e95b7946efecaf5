"""What pings pass on their way to the collector, however they came: gates, limits, visitors.

Part of the hot path: one instance a process, shared by `/collect` and `/collect/edge`, so that a
visitor has one limit whichever way the pings took.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool

from backend.actions.context import Context
from backend.actions.gates import Gates
from backend.actions.visitors import Visitors
from backend.domain.events import Event
from backend.domain.gates import Gate, origin_of
from backend.domain.instants import SECOND, Instant
from backend.domain.showcase import SiteStatus
from backend.errors import Forbidden, NotFound, TooMany
from backend.web.client import device_of
from backend.web.look_ups import LookUps
from backend.web.pings import Ping, to_event

EVENTS_PER_SECOND_VISITOR = 20
EVENTS_PER_SECOND_SITE = 5_000
UNKNOWN_KEYS_PER_SECOND = 20
"""Keys of no site that one address may have looked up."""

Admitted = Sequence[tuple[Ping, Gate]]
"""Pings whose site is known and takes them."""


class Intake:
    """Decides which pings are taken, and makes events of them."""

    def __init__(self, context: Context) -> None:
        self._gates = Gates(context)
        self._look_ups = LookUps(self._gates.look_up)
        self._visitors = Visitors(context)
        self._rates = _Rates()

    async def admit(
        self, pings: Sequence[Ping], *, origin: str, address: str, now: Instant
    ) -> Admitted:
        """Return the pings with their sites. Raises NotFound, Forbidden and TooMany."""
        admitted = []
        for ping in pings:
            is_known, gate = self._gates.recall(ping.s, now)
            if not is_known:
                gate = await self._look_up(ping.s, f"?{address}", now)
            if gate is None:
                raise NotFound(f"No site has the key {ping.s}.", hint="Check data-site.")
            if origin not in gate.origins or origin_of(ping.u) not in gate.origins:
                raise Forbidden(
                    "The site does not allow pings from this origin.",
                    hint="Add the origin to the site, or correct data-site.",
                )
            admitted.append((ping, gate))
        return admitted

    def is_ready(self, at: Instant) -> bool:
        """Tell whether the salts for the day of `at` are known."""
        return self._visitors.is_ready(at)

    async def prepare(self, at: Instant) -> None:
        """Read the salts for the day of `at`."""
        await run_in_threadpool(self._visitors.prepare, at)

    def make_events(  # noqa: PLR0913  the request's facts, each named
        self,
        admitted: Admitted,
        *,
        address: str,
        user_agent: str,
        country: str | None,
        at: Instant,
        now: Instant,
    ) -> list[Event]:
        """Return the events that happened at `at`, whose salts are prepared; sites that are
        suspended have none. Raises TooMany when the visitor or a site had its share of the
        second of `now`.
        """
        device = device_of(user_agent)
        events = []
        for ping, gate in admitted:
            if gate.status is SiteStatus.SUSPENDED:
                continue
            visitor = self._visitors.hash_today(gate.site, address, user_agent, at)
            self._rates.spend(f"{gate.site}{visitor}", EVENTS_PER_SECOND_VISITOR, now)
            self._rates.spend(gate.site, EVENTS_PER_SECOND_SITE, now)
            events.append(
                to_event(
                    ping,
                    gate,
                    visitor=visitor,
                    shared_by=self._visitors.identify(gate.site, address, user_agent, at)
                    if ping.t == "share"
                    else None,
                    now=at,
                    device=device,
                    country=country,
                )
            )
        return events

    async def _look_up(self, key: str, address: str, now: Instant) -> Gate | None:
        """Ask the database for a site, unless the address made up too many keys already."""
        self._rates.check(address, UNKNOWN_KEYS_PER_SECOND, now)
        gate = await self._look_ups.get(key)
        if gate is None:
            self._rates.spend(address, UNKNOWN_KEYS_PER_SECOND, now)
        return gate


class _Rates:
    """Events a second, by key. A fixed window in one dict: the shared limiter that the rest of
    the service uses costs as much as the whole request.
    """

    def __init__(self) -> None:
        self._second = 0
        self._spent: dict[str, int] = {}

    def spend(self, key: str, limit: int, now: Instant) -> None:
        """Count one event. Raises TooMany when the second's share is spent."""
        spent = self._of(now)
        number = spent.get(key, 0)
        if number >= limit:
            raise TooMany("Too many events in this second.", retry_after=1)
        spent[key] = number + 1

    def check(self, key: str, limit: int, now: Instant) -> None:
        """Raise TooMany when the second's share is spent."""
        if self._of(now).get(key, 0) >= limit:
            raise TooMany("Too many events in this second.", retry_after=1)

    def _of(self, now: Instant) -> dict[str, int]:
        second = now // SECOND
        if second != self._second:
            self._second = second
            self._spent = {}
        return self._spent
