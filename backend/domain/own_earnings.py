"""Earnings as their owner sees them: sums by currency, and commissions that name no payer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.earnings import CommissionState, Line
from backend.domain.instants import Day, Instant
from backend.domain.ledger import EntryKind

_EARNING = frozenset({EntryKind.SALE, EntryKind.REWARD})
_EXCHANGING = frozenset({EntryKind.CLAIM, EntryKind.PAYOUT_FAILURE, EntryKind.EXCHANGE})
_STANDS = {
    "partner.pending": "pending",
    "partner.held": "held",
    "partner.available": "available",
    "partner.receivable": "owed_back",
    "payout": "on_its_way",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCommission:
    """A commission as its owner may see it. `settled` is what payouts have claimed of `amount`."""

    payment: str
    level: int
    line: Line
    rate_bp: int
    currency: str
    amount: int
    settled: int
    state: CommissionState
    paid_at: Instant
    hold_until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which commissions are listed; what is None does not matter. `until` is past the last."""

    state: CommissionState | None = None
    currency: str | None = None
    since: Instant | None = None
    until: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedDay:
    """What a day (UTC) added to an owner's earnings in one currency, and what it took of them,
    both above zero; `paid` is what arrived.
    """

    day: Day
    currency: str
    earned: int = 0
    reversed: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an owner was owed in one currency at a moment, by how far it was."""

    pending: int = 0
    held: int = 0
    available: int = 0
    on_its_way: int = 0
    owed_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyEarnings:
    """Minor units of one currency. What is `pending`, `held`, `available` or `on_its_way` is owed
    to the owner at the moment, `owed_back` by them; the rest is since the beginning.

    `reversed` is what became of earnings later, below zero where they were taken back. `exchanged`
    is what payouts took of it into other currencies, or made of those.
    """

    currency: str
    earned: int = 0
    reversed: int = 0
    exchanged: int = 0
    paid: int = 0
    pending: int = 0
    held: int = 0
    available: int = 0
    on_its_way: int = 0
    owed_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """By how much all entries of a kind moved an account kind, in the owner's favour."""

    account: str
    currency: str
    kind: EntryKind
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMoved(Moved):
    """The same, of one day (UTC)."""

    day: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that ever moved an owner's accounts, by day."""

    moved: tuple[DayMoved, ...]

    def totals(self) -> list[CurrencyEarnings]:
        """Return what is owed now, and what was since the beginning, by currency."""
        return sum_earnings(self.moved)

    def days(self, first: Day, last: Day) -> list[EarnedDay]:
        """Return what the days changed, the earliest first, without those that changed nothing.

        What a correction gives is earned, what it takes is reversed; what payouts exchange is
        neither.
        """
        sums: defaultdict[tuple[Day, str, EntryKind], int] = defaultdict(int)
        for one in self.moved:
            if first <= one.day <= last and one.kind not in _EXCHANGING:
                sums[one.day, one.currency, one.kind] += one.owed
        found: defaultdict[tuple[Day, str], defaultdict[str, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        for (day, currency, kind), owed in sorted(sums.items()):
            gain = "earned" if owed > 0 else "reversed"
            cause = "paid" if kind is EntryKind.SETTLEMENT else gain
            if owed:
                found[day, currency][cause] += abs(owed)
        return [
            EarnedDay(day=day, currency=currency, **causes)
            for (day, currency), causes in found.items()
        ]

    def standing(self, last: Day) -> dict[str, Standing]:
        """Return what was owed at the end of a day, by currency."""
        found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for one in self.moved:
            if one.day <= last:
                is_back = one.account == "partner.receivable"
                found[one.currency][_STANDS[one.account]] += -one.owed if is_back else one.owed
        return {currency: Standing(**sums) for currency, sums in found.items()}


def sum_earnings(moved: Iterable[Moved]) -> list[CurrencyEarnings]:
    """Return an owner's earnings by currency.

    In each, earned + reversed + exchanged − paid is what is owed: pending + held + available +
    on its way − owed back.
    """
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in moved:
        sums = found[one.currency]
        sums[_STANDS[one.account]] += -one.owed if one.account == "partner.receivable" else one.owed
        sums[_cause_of(one.kind)] += -one.owed if one.kind is EntryKind.SETTLEMENT else one.owed
    return [CurrencyEarnings(currency=currency, **sums) for currency, sums in sorted(found.items())]


def _cause_of(kind: EntryKind) -> str:
    if kind is EntryKind.SETTLEMENT:
        return "paid"
    if kind in _EXCHANGING:
        return "exchanged"
    return "earned" if kind in _EARNING else "reversed"
