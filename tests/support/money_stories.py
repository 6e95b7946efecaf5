"""Random stories about money, told to the service and to a plain reckoning of the same at once."""

from __future__ import annotations

import random
from pathlib import Path

from backend.actions.context import Context
from backend.actions.holds import confirm_hold, hold_commissions, release_commissions
from backend.actions.maturing import mature_commissions
from backend.actions.payees import set_destination
from backend.actions.payments import apply_event
from backend.actions.payout_returns import end_by_hand
from backend.actions.payout_submission import submit
from backend.actions.payouts import approve, draft
from backend.domain.actors import owner_of
from backend.domain.billing_events import Adjusted, AdjustmentKind, AdjustmentStatus, Paid
from backend.domain.destinations import Method
from backend.domain.instants import DAY, HOUR, Instant
from backend.domain.payouts import Payout
from backend.domain.plans import find_built_in
from backend.store import payouts as payout_store
from backend.store import plans
from backend.store.tables.base import TENANT
from tests.support.facts import clock_of
from tests.support.money import add_chain, adjusted, paid
from tests.support.naive_money import NaiveMoney
from tests.support.payouts import add_finance, confirm, make_paying, payouts_of
from tests.support.service import NOON

KINDS = (
    AdjustmentKind.REFUND,
    AdjustmentKind.REFUND,
    AdjustmentKind.CREDIT,
    AdjustmentKind.DISPUTE,
)


def make_teller(folder: Path, url: str | None, seed: int) -> Teller:
    """Return a story of its own for each seed: plan, currency and length of the chain as well."""
    return Teller(make_paying(folder, url), random.Random(seed))  # noqa: S311  repeatable


class Teller:
    """Tells one story, step by step; `naive` reckons what everybody should have."""

    def __init__(self, context: Context, chance: random.Random) -> None:
        self.context = context
        self._chance = chance
        self._currency = chance.choice(("USD", "USD", "USD", "JPY", "KWD"))
        name = chance.choice(("lifetime", "seven-level", "lifetime-seven-level"))
        self._finance = add_finance(context)
        self._choose_plan(name)
        chain = add_chain(context, chance.randint(3, 9))
        self._payers = chain[-2:]
        self._pay_everybody(chain[:-1])
        self.naive = NaiveMoney(
            above={payer: chain[: chain.index(payer)][::-1][:7] for payer in self._payers},
            levels=1 if name == "lifetime" else 7,
            first_rates=name != "seven-level",
        )
        self._refs: dict[str, str] = {}
        self._sent: list[tuple[str, Payout]] = []
        self.events = self._make_events()

    def step(self) -> None:
        """Do one thing: tell something, old or new; let time pass; pay out; review."""
        acts = [self._tell] * 5 + [self._pass_time] * 2
        self._chance.choice([*acts, self._draft, self._end_payout, self._review])()

    def finish(self) -> None:
        """Tell what was not told yet."""
        for event in self.events:
            self._apply(event)
        self._pass_time()

    def _tell(self) -> None:
        event = self._chance.choice(self.events)
        for _ in range(self._chance.choice((1, 1, 2))):
            self._apply(event)

    def _apply(self, event: Paid | Adjusted) -> None:
        applied = apply_event(self.context, event)
        self.naive.tell(event)
        if isinstance(event, Paid) and applied.payment is not None:
            self._refs[applied.payment] = event.ref

    def _pass_time(self) -> None:
        clock_of(self.context).move(self._chance.choice((HOUR, 7 * DAY, 31 * DAY)))
        mature_commissions(self.context)
        self.naive.run_job(self.context.clock.now())

    def _draft(self) -> None:
        if self._currency != "USD":
            return
        for batch in draft(self.context, self._finance, Method.PAYPAL, "USD").batches:
            found = payouts_of(self.context, self._finance, batch)
            for payout in found:
                self._claim(payout)
            total = sum(payout.net for payout in found)
            approve(self.context, self._finance, batch, total=total)
            submit(self.context, self._finance, batch)
            self._sent += [(batch, payout) for payout in found]

    def _claim(self, payout: Payout) -> None:
        for key, amount in self._lines_of(payout):
            assert amount == self.naive.outstanding(*key)
            self.naive.taken[key] += amount
        self.naive.on_the_way[f"payout:{payout.account} USD"] += payout.amount

    def _lines_of(self, payout: Payout) -> list[tuple[tuple[str, int], int]]:
        with self.context.database.reading() as session:
            lines = payout_store.list_lines(session, TENANT, [payout.id])[payout.id]
        return [((self._refs[line.payment], line.level), line.amount) for line in lines]

    def _end_payout(self) -> None:
        if not self._sent:
            return
        batch, payout = self._sent.pop(self._chance.randrange(len(self._sent)))
        outcome = self._chance.choice(("paid", "failed"))
        for _ in range(2):
            end_by_hand(
                self.context, self._finance, batch, payout.id, outcome=outcome, reason="closed"
            )
        self.naive.on_the_way[f"payout:{payout.account} USD"] -= payout.amount
        if outcome == "paid":
            self.naive.sent += payout.amount
            return
        for key, amount in self._lines_of(payout):
            self.naive.taken[key] -= amount

    def _review(self) -> None:
        owner = self._chance.choice(sorted({who for above in self.naive.above.values()
                                            for who in above}))  # fmt: skip
        if owner not in self.naive.held:
            hold_commissions(self.context, self._finance, owner, "odd")
            self.naive.held.add(owner)
            return
        self.naive.held.remove(owner)
        if self._chance.random() < 0.5:
            release_commissions(self.context, self._finance, owner, "explained")
            return
        confirm_hold(self.context, self._finance, owner, "as it looked")
        self.naive.make_void(owner)

    def _choose_plan(self, name: str) -> None:
        with self.context.database.transaction() as session:
            plan = find_built_in(name)
            plans.save_plan(session, TENANT, plan, NOON)
            plans.choose(session, TENANT, plan, Instant(0), self._finance.account)

    def _pay_everybody(self, owners: list[str]) -> None:
        for number, account in enumerate(owners):
            owner = owner_of(TENANT, account)
            fields = {"email": f"p{number}@pay.example"}
            set_destination(
                self.context, owner, method=Method.PAYPAL, currency="USD", fields=fields
            )
            confirm(self.context, owner)

    def _make_events(self) -> list[Paid | Adjusted]:
        events: list[Paid | Adjusted] = []
        for number in range(6):
            at = NOON + self._chance.randint(0, 500) * DAY
            gross = self._chance.choice((1, 99, 999, 2_900, 29_999, 150_000))
            payment = paid(
                self._chance.choice(self._payers),
                gross,
                ref=f"in_{number}",
                at=at,
                tax=self._chance.choice((0, gross // 6)),
                fee=self._chance.choice((0, gross // 30)),
                currency=self._currency,
            )
            events += [payment, *self._adjust(payment)]
        return events

    def _adjust(self, payment: Paid) -> list[Adjusted]:
        found: list[Adjusted] = []
        rest = payment.gross
        for number in range(self._chance.randint(0, 3)):
            amount = self._chance.choice((rest, rest // 2, 1))
            if 0 < amount <= rest:
                rest -= amount
                found += self._one(payment, f"{payment.ref}_{number}", amount)
        return found

    def _one(self, payment: Paid, ref: str, amount: int) -> list[Adjusted]:
        kind = self._chance.choice(KINDS)
        if kind is AdjustmentKind.DISPUTE:
            end = self._chance.choice((AdjustmentStatus.WON, AdjustmentStatus.LOST))
            steps = [AdjustmentStatus.OPEN, end]
        else:
            steps = [AdjustmentStatus.PENDING, AdjustmentStatus.SUCCEEDED, AdjustmentStatus.FAILED]
        steps = steps[: self._chance.randint(1, len(steps))]
        return [
            adjusted(
                amount,
                ref=ref,
                charge=payment.charge,
                kind=kind,
                status=status,
                at=payment.paid_at + number * 9 * DAY,
                fee=15 * (status is AdjustmentStatus.LOST),
                currency=payment.currency,
            )
            for number, status in enumerate(steps, 1)
        ]
