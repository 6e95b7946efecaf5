"""How people of the demo world are paid: where, and in which batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backend.actions.context import Context
from backend.actions.payees import confirm_destination, confirm_link_of, set_destination
from backend.actions.payout_returns import end_by_hand, settle_all
from backend.actions.payout_submission import submit
from backend.actions.payouts import approve, draft_all, get_batch
from backend.demo.cast import HEROINE
from backend.domain.actors import Actor
from backend.domain.destinations import Method

TREASURER = "jonas--weck"
"""Who looks after the finances beside the heroine."""
PAID_ON = (-290, -130, -10)
DRAFTED_ON = 56
"""Whose batches still wait for an approval when the world ends."""
FAILED_ON = -10
REASON = "The recipient's account was closed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How somebody wants to be paid from a day on; a later one of theirs replaces it."""

    login: str
    day: int
    method: Method
    currency: str
    fields: Mapping[str, str]


WISHES = (
    Wish(
        login=HEROINE,
        day=-330,
        method=Method.PAYPAL,
        currency="USD",
        fields={"email": "ada.lindqvist@purse.example"},
    ),
    Wish(
        login=TREASURER,
        day=-240,
        method=Method.WISE,
        currency="EUR",
        fields={"email": "jonas.weck@pocket.example", "name": "Jonas Weck"},
    ),
    Wish(
        login="priya--raman",
        day=-160,
        method=Method.WISE,
        currency="EUR",
        fields={"email": "priya.raman@pocket.example", "name": "Priya Raman"},
    ),
    # His first account was closed, and a payout came back.
    Wish(
        login=TREASURER,
        day=-4,
        method=Method.WISE,
        currency="EUR",
        fields={"email": "jonas@savings.example", "name": "Jonas Weck"},
    ),
)


class Paydays:
    """The service's payouts. `people` are actors by login, filled while the world grows."""

    def __init__(self, context: Context, people: Mapping[str, Actor]) -> None:
        self._context = context
        self._people = people

    def live_through(self, day: int, finance: Actor) -> None:
        """Let destinations be set, and batches be drafted and paid, on the days for that."""
        for wish in WISHES:
            if wish.day == day:
                self._set(wish)
        if day in (*PAID_ON, DRAFTED_ON):
            drafted = draft_all(self._context, finance).values()
            for batch in [batch for one in drafted for batch in one.batches]:
                if day != DRAFTED_ON:
                    self._pay(finance, batch, fails=day == FAILED_ON)

    def _set(self, wish: Wish) -> None:
        """Set a destination, and follow the link of the mail about it."""
        actor, mail = self._people[wish.login], Ticket()
        asked = replace(self._context, tasks=mail)
        set_destination(
            asked, actor, method=wish.method, currency=wish.currency, fields=wish.fields
        )
        secret = confirm_link_of(self._context, mail.ticket or "").rpartition("/")[2]
        confirm_destination(self._context, actor, secret)

    def _pay(self, finance: Actor, batch: str, *, fails: bool) -> None:
        report = get_batch(self._context, finance, batch)
        approve(self._context, finance, batch, total=report.batch.total)
        submit(self._context, finance, batch)
        for payout in report.payouts:
            if fails and payout.account == self._people[TREASURER].account:
                end_by_hand(
                    self._context, finance, batch, payout.id, outcome="failed", reason=REASON
                )
        settle_all(self._context, finance, batch)


class Ticket:
    """Keeps the ticket of a mail that would have been sent."""

    def __init__(self) -> None:
        self.ticket: str | None = None

    def add(self, name: str, values: Mapping[str, str]) -> None:  # noqa: ARG002  the protocol's
        self.ticket = values.get("ticket", self.ticket)

    def again(self, key: str) -> bool:  # noqa: ARG002  the protocol's
        return False
