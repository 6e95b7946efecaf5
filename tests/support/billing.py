"""A service that takes money through the fake Stripe, and an owner who pays."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from backend.actions.accounts import get_account
from backend.actions.billing import choose_plan
from backend.actions.context import Context
from backend.actions.provider_events import Result, take_stripe
from backend.clock import FixedClock
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import SECOND, Instant
from backend.domain.provider_events import EventState
from backend.domain.tiers import Tier
from backend.store.tables.base import TENANT
from tests.support.service import add_account
from tests.support.stripe_books import Books
from tests.support.stripe_server import FakeStripe
from tests.support.stripe_shapes import Shape

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A service with its Stripe. Both clocks stand until `move`."""

    context: Context
    stripe: FakeStripe

    @property
    def books(self) -> Books:
        return self.stripe.books

    def add_owner(self, **more: str) -> Actor:
        return owner_of(TENANT, add_account(self.context, **more))

    def tier_of(self, actor: Actor) -> Tier:
        return get_account(self.context, actor).tier

    def move(self, days: float) -> None:
        seconds = int(days * DAY_SECONDS)
        self.books.now += seconds
        assert isinstance(self.context.clock, FixedClock)
        self.context.clock.set(Instant(self.context.clock.now() + seconds * SECOND))

    def check_out(self, actor: Actor, tier: Tier = Tier.PRO) -> str:
        """Return the session in which the owner is about to pay."""
        return choose_plan(self.context, actor, tier).rpartition("/")[2]

    def subscribe(self, actor: Actor, tier: Tier = Tier.PRO, **more: Any) -> Shape:
        """Let the owner pay at the checkout, and return the subscription. Nothing is delivered."""
        return self.books.pay(self.check_out(actor, tier), **more)

    def deliver(self, events: Iterable[Shape] | None = None) -> list[EventState]:
        """Deliver events, those that happened by default, and return what became of each."""
        taken = self.books.take_events() if events is None else events
        return [self.take(event).state for event in taken]

    def take(self, event: Shape) -> Result:
        return take_stripe(self.context, *self.stripe.signed(event))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.context.database.reading() as session:
            return [tuple(row) for row in session.connection().execute(text(query))]

    def payments(self) -> list[tuple[Any, ...]]:
        """Return gross, tax, fee, and what was given back of each payment."""
        query = "SELECT gross, tax, fee, returned, is_disputed FROM payment ORDER BY paid_at, ref"
        return [(*row[:4], bool(row[4])) for row in self.rows(query)]

    def balances(self) -> dict[tuple[str, str], int]:
        query = "SELECT account, currency, debits - credits FROM ledger_balance"
        return {(row[0], row[1]): int(row[2]) for row in self.rows(query) if row[2]}

    def states(self) -> dict[str, list[str]]:
        """Return the states of the recorded events by type."""
        found: dict[str, list[str]] = {}
        for kind, state in self.rows("SELECT type, state FROM provider_event ORDER BY id"):
            found.setdefault(kind, []).append(state)
        return found


def shuffled(events: Sequence[Shape], seed: int) -> list[Shape]:
    """Return all events in some order, some of them twice."""
    dice = random.Random(seed)  # noqa: S311  that is its purpose
    mixed = [*events, *dice.sample(list(events), len(events) // 2)]
    dice.shuffle(mixed)
    return mixed
