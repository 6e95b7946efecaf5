"""What people of the demo world dispute: one is upheld, one rejected, one still looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from backend.actions import disputes
from backend.actions.context import Context
from backend.actions.disputes import Opening, Ruling
from backend.actions.earnings import list_commissions
from backend.actions.payouts import list_own
from backend.demo.cast import HEROINE
from backend.demo.paydays import FAILED_ON, TREASURER
from backend.domain.actors import Actor, Role
from backend.domain.disputes import DisputeKind
from backend.domain.payouts import PayoutState

REFUNDED_ON = -98
"""When a refund has just taken back a part of a commission that was paid out."""
ARGUED_ON = 36
_MANY = 100


class Disputes:
    """Whatever is disputed. `people` are actors by login, filled while the world grows."""

    def __init__(self, context: Context, people: Mapping[str, Actor]) -> None:
        self._context = context
        self._people = people

    def live_through(self, day: int) -> None:
        """Let disputes be opened, answered and decided on the days for that."""
        if day == REFUNDED_ON:
            self._dispute_refund()
        if day == FAILED_ON + 2:
            self._dispute_payout()
        if day == ARGUED_ON:
            self._dispute_attribution()

    def _dispute_refund(self) -> None:
        """Half of a commission was lost by a refund, and a part of that is given back."""
        heroine, treasurer = self._people[HEROINE], self._in_charge(TREASURER)
        known = list_commissions(self._context, heroine, after=None, limit=_MANY).commissions
        lost = next(one for one in known if one.settled > one.amount)
        text = "Helix Works got half of this month back after it had been paid out to me."
        opening = Opening(kind=DisputeKind.COMMISSION, payment=lost.payment, text=text)
        opened = disputes.open_dispute(self._context, heroine, opening)
        ruling = Ruling(
            is_upheld=True, reason="We bear half of what a late refund takes.", amount=1_495
        )
        disputes.decide(self._context, treasurer, opened.id, ruling)

    def _dispute_payout(self) -> None:
        """A payout did not arrive, which nobody can help."""
        treasurer, heroine = self._people[TREASURER], self._in_charge(HEROINE)
        known = list_own(self._context, treasurer, limit=_MANY)
        failed = next(one for one, _method in known if one.state is PayoutState.FAILED)
        text = "This has not arrived, and it was due two days ago."
        opening = Opening(kind=DisputeKind.PAYOUT, payout=failed.id, text=text)
        opened = disputes.open_dispute(self._context, treasurer, opening)
        reason = "Your account was closed, so it came back. It is available for the next batch."
        disputes.decide(self._context, heroine, opened.id, Ruling(is_upheld=False, reason=reason))

    def _dispute_attribution(self) -> None:
        """Two claim to have brought somebody; evidence was asked for and given."""
        heroine, treasurer = self._people[HEROINE], self._in_charge(TREASURER)
        text = "Rafi signed up in the evening after my talk. My code was on its last slide."
        opening = Opening(kind=DisputeKind.ATTRIBUTION, text=text)
        opened = disputes.open_dispute(self._context, heroine, opening)
        disputes.ask(self._context, treasurer, opened.id, "Can you show the slides, with a date?")
        link = "https://talks.example/2026/lanterns"
        disputes.add_evidence(self._context, heroine, opened.id, "The last page of these.", link)

    def _in_charge(self, login: str) -> Actor:
        return replace(self._people[login], role=Role.FINANCE)
