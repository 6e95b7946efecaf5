"""The visitor's hash of today and of yesterday, from salts kept for two days."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.instants import Day, Instant, day_of
from backend.domain.visitors import SALT_BYTES, hash_network, hash_visitor
from backend.store.salts import keep_salt
from backend.store.tables.base import TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One visitor of one site under both salts, and today's hash of their network."""

    today: str
    yesterday: str
    network: str


class Visitors:
    """Hashes visitors. Salts are read once a day and process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._salts: dict[Day, bytes] = {}

    def is_ready(self, now: Instant) -> bool:
        """Tell whether the salts of `now` are known, so that hashing asks no database."""
        today = day_of(now)
        return today in self._salts and Day(today - 1) in self._salts

    def prepare(self, now: Instant) -> None:
        """Read or make the salts of today and yesterday."""
        for day in (Day(day_of(now) - 1), day_of(now)):
            self._salt(day)

    def hash_today(self, site: str, address: str, user_agent: str, now: Instant) -> str:
        """Return today's hash alone: what all events but shares need."""
        return hash_visitor(
            self._salt(day_of(now)), site=site, address=address, user_agent=user_agent
        )

    def identify(self, site: str, address: str, user_agent: str, now: Instant) -> Visitor:
        """Return both hashes and the network's."""
        today = self._salt(day_of(now))
        yesterday = self._salt(Day(day_of(now) - 1))
        return Visitor(
            today=hash_visitor(today, site=site, address=address, user_agent=user_agent),
            yesterday=hash_visitor(yesterday, site=site, address=address, user_agent=user_agent),
            network=hash_network(today, site=site, address=address),
        )

    def _salt(self, day: Day) -> bytes:
        salt = self._salts.get(day)
        if salt is None:
            proposed = self._context.ids.random_bytes(SALT_BYTES)
            with self._context.database.transaction() as session:
                salt = keep_salt(session, TENANT, day, proposed)
            # Older ones are destroyed in the database by a job, and forgotten here.
            self._salts = {kept: value for kept, value in self._salts.items() if kept >= day - 1}
            self._salts[day] = salt
        return salt
