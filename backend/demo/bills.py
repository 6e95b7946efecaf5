"""Who pays what in the demo world, month by month, and what goes wrong with some of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.actions.context import Context
from backend.actions.manual_payments import ManualPayment, record_payment
from backend.actions.payments import apply_event
from backend.actions.subscriptions import apply_change
from backend.demo.cast import Owner
from backend.domain.billing_events import (
    Adjusted,
    AdjustmentKind,
    AdjustmentStatus,
    Provider,
    SubscriptionChanged,
    SubscriptionStatus,
)
from backend.domain.instants import Day, Instant, date_of, day_of
from backend.domain.money import portion
from backend.domain.subscriptions import add_months
from backend.domain.tiers import Tier

PRICES: dict[str, dict[Tier, int]] = {
    "USD": {Tier.PRO: 2_900, Tier.BUSINESS: 9_900, Tier.ENTERPRISE: 29_900},
    "EUR": {Tier.PRO: 2_700, Tier.BUSINESS: 9_100, Tier.ENTERPRISE: 27_500},
    "JPY": {Tier.PRO: 4_400, Tier.BUSINESS: 14_900, Tier.ENTERPRISE: 45_000},
}
"""What a month costs, in minor units, with the tax in it."""
TAX_PERCENT = {"USD": 0, "EUR": 19, "JPY": 10}
CHARGEBACK_FEE = 1_500

REFUND, DISPUTE = AdjustmentKind.REFUND, AdjustmentKind.DISPUTE
SUCCEEDED, FAILED = AdjustmentStatus.SUCCEEDED, AdjustmentStatus.FAILED
OPEN, LOST = AdjustmentStatus.OPEN, AdjustmentStatus.LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What happens to an owner's payment of that `number`, the first being 1: how many days after
    it which status is told, about so many percent of it.
    """

    login: str
    number: int
    kind: AdjustmentKind
    told: tuple[tuple[int, AdjustmentStatus], ...]
    percent: int = 100


MISHAPS = (
    Mishap(login="tomas--oliva", number=3, kind=REFUND, told=((4, SUCCEEDED), (9, FAILED))),
    Mishap(login="tomas--oliva", number=5, kind=DISPUTE, told=((6, OPEN), (31, LOST))),
    Mishap(login="sam--okafor", number=2, kind=REFUND, told=((5, SUCCEEDED),)),
    # After the month was paid out: the commission has to be paid back.
    Mishap(login="helix--works", number=7, kind=REFUND, told=((77, SUCCEEDED),), percent=50),
    Mishap(login="nordlys--labs", number=2, kind=REFUND, told=((12, SUCCEEDED),), percent=30),
    Mishap(login="kiri--walker", number=1, kind=DISPUTE, told=((7, OPEN),)),
)


@dataclass(slots=True, kw_only=True)
class _Payer:
    """An owner who pays, since when, and how often so far."""

    owner: Owner
    account: str
    since: Instant
    paid: int = 0

    @property
    def due_at(self) -> Instant:
        return add_months(self.since, self.paid)


class Bills:
    """Everybody's subscriptions and what is still to be told of their payments."""

    def __init__(self, context: Context, mishaps: Sequence[Mishap]) -> None:
        self._context = context
        self._mishaps = mishaps
        self._payers: dict[str, _Payer] = {}
        self._coming: defaultdict[Day, list[Adjusted]] = defaultdict(list)
        self._written = 0

    def begin(self, owner: Owner, account: str) -> None:
        """Let an owner subscribe now; `collect` takes the first payment."""
        now = self._context.clock.now()
        self._payers[owner.login] = _Payer(owner=owner, account=account, since=now)

    def cancel(self, owner: Owner) -> None:
        """Let an owner's subscription end with what is paid."""
        payer = self._payers.pop(owner.login)
        change = SubscriptionChanged(
            provider=Provider.MANUAL,
            ref=payer.account,
            account=payer.account,
            customer=payer.account,
            tier=owner.tier,
            status=SubscriptionStatus.ACTIVE,
            started_at=payer.since,
            period_end=payer.due_at,
            ends_at=payer.due_at,
            at=self._context.clock.now(),
        )
        apply_change(self._context, change)

    def collect(self) -> None:
        """Record what is paid today, and apply what is told today of earlier payments."""
        today = day_of(self._context.clock.now())
        for payer in self._payers.values():
            if day_of(payer.due_at) <= today:
                self._pay(payer)
        for event in self._coming.pop(today, []):
            apply_event(self._context, replace(event, at=self._context.clock.now()))

    def _pay(self, payer: _Payer) -> None:
        now, owner = self._context.clock.now(), payer.owner
        gross = PRICES[owner.currency][owner.tier]
        percent = TAX_PERCENT[owner.currency]
        self._written += 1
        payment = ManualPayment(
            account=payer.account,
            tier=owner.tier,
            currency=owner.currency,
            gross=gross,
            tax=portion(gross, percent, 100 + percent),
            ref=f"{date_of(day_of(now)).year}-{self._written:04}",
            paid_at=now,
            period_start=payer.due_at,
        )
        record_payment(self._context, payment)
        payer.paid += 1
        for mishap in self._mishaps:
            if (mishap.login, mishap.number) == (owner.login, payer.paid):
                self._expect(mishap, payment)

    def _expect(self, mishap: Mishap, payment: ManualPayment) -> None:
        """Note what will be told of a payment, and on which days."""
        for days, status in mishap.told:
            event = Adjusted(
                provider=Provider.MANUAL,
                ref=f"{payment.ref}-{mishap.kind}",
                charge=payment.ref,
                kind=mishap.kind,
                currency=payment.currency,
                amount=portion(payment.gross, mishap.percent, 100),
                fee=CHARGEBACK_FEE if status is LOST else 0,
                status=status,
                at=payment.paid_at,
            )
            self._coming[Day(day_of(payment.paid_at) + days)].append(event)
