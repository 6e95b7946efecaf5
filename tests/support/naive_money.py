"""What everybody should have, reckoned anew from all that was told: slow, plain, in fractions.

Written from the rules alone. It knows nothing of how the service gets there: no positions, no
revisions, no entries, only what was told, when the job ran, and what payouts took along.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from backend.domain.billing_events import Adjusted, Paid

DAY = 86_400_000_000
DEEPER = (1_500, 1_000, 800, 500, 300, 200)
FINAL = {"pending": 0, "open": 0, "succeeded": 1, "won": 1, "lost": 1, "failed": 2}
Key = tuple[str, int]
"""An invoice and a level."""


@dataclass
class NaiveMoney:
    """`above` says of each payer who is above them, the direct referrer first."""

    above: dict[str, list[str]]
    levels: int
    first_rates: bool
    """Whether the direct referrer's rate grows with the months."""
    paid: dict[str, Paid] = field(default_factory=dict)
    told: dict[str, list[Adjusted]] = field(default_factory=lambda: defaultdict(list))
    matured: set[Key] = field(default_factory=set)
    taken: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    on_the_way: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: set[str] = field(default_factory=set)
    earned: set[Key] = field(default_factory=set)
    """What was ever more than nothing."""
    void: set[Key] = field(default_factory=set)
    sent: int = 0

    def tell(self, event: Paid | Adjusted) -> None:
        if isinstance(event, Paid):
            self.paid[event.ref] = event
        elif event not in self.told[event.ref]:
            self.told[event.ref].append(event)
        for ref, invoice in self.paid.items():
            whole = self._shares(invoice, invoice.gross - invoice.tax)
            self.earned |= {(ref, level) for level, one in enumerate(whole, 1) if one}

    def make_void(self, owner: str) -> None:
        for ref, level in self.earned:
            above = self.above[self.paid[ref].account]
            if above[level - 1] == owner and not self.taken[ref, level]:
                self.void.add((ref, level))

    def run_job(self, now: int) -> None:
        for ref, invoice in self.paid.items():
            state = self._state(invoice)
            for level, amount in enumerate(self._shares(invoice, state.net), 1):
                due = invoice.paid_at + 30 * DAY + state.stopped <= now
                is_held = state.is_disputed or self.above[invoice.account][level - 1] in self.held
                if amount and due and not is_held and not self.taken[ref, level]:
                    self.matured.add((ref, level))

    def balances(self) -> dict[str, int]:
        sums: defaultdict[str, int] = defaultdict(int)
        for ref, invoice in self.paid.items():
            state = self._state(invoice)
            code = invoice.currency
            shares = self._shares(invoice, state.net)
            sums[f"cash.stripe {code}"] += invoice.gross - invoice.fee - state.from_stripe
            sums[f"cash.bank {code}"] -= state.from_bank
            sums[f"fees {code}"] += invoice.fee + state.fees
            sums[f"sales {code}"] -= state.net
            sums[f"tax {code}"] -= invoice.gross - state.returned - state.net
            sums[f"commission {code}"] += sum(shares)
            for level, amount in enumerate(shares, 1):
                owner = self.above[invoice.account][level - 1]
                account, rest = self._place(ref, level, owner, amount, state.is_disputed)
                sums[f"{account}:{owner} {code}"] -= rest
        for name, amount in self.on_the_way.items():
            sums[name] -= amount
        sums["cash.bank USD"] -= self.sent
        return {name: amount for name, amount in sums.items() if amount}

    def outstanding(self, ref: str, level: int) -> int:
        invoice = self.paid[ref]
        return self._shares(invoice, self._state(invoice).net)[level - 1] - self.taken[ref, level]

    def _place(
        self, ref: str, level: int, owner: str, amount: int, is_disputed: bool
    ) -> tuple[str, int]:
        rest = amount - self.taken[ref, level]
        if rest < 0:
            return "partner.receivable", rest
        if is_disputed or owner in self.held:
            return "partner.held", rest
        is_ready = (ref, level) in self.matured
        return "partner.available" if is_ready else "partner.pending", rest

    def _shares(self, invoice: Paid, net: int) -> list[int]:
        owners = self.above[invoice.account][: self.levels]
        rates = [self._first_rate(invoice), *DEEPER][: len(owners)]
        exact = [Fraction(net * rate, 10_000) for rate in rates]
        shares = [int(part) for part in exact]
        missing = int(Fraction(net * sum(rates), 10_000)) - sum(shares)
        by_rest = sorted(range(len(exact)), key=lambda n: (shares[n] - exact[n], n))
        for n in by_rest[:missing]:
            shares[n] += 1
        return [0 if (invoice.ref, n) in self.void else one for n, one in enumerate(shares, 1)]

    def _first_rate(self, invoice: Paid) -> int:
        if not self.first_rates:
            return 2_000
        first = min(one.paid_at for one in self.paid.values() if one.account == invoice.account)
        months = _months(first, invoice.period_start)
        return 2_000 if months <= 12 else 2_500 if months <= 48 else 4_000

    def _state(self, invoice: Paid) -> _State:
        state = _State()
        for events in self.told.values():
            if events[0].charge == invoice.charge:
                _add(state, events)
        state.returned = min(state.returned, invoice.gross)
        # Stories return through the bank last and never beyond the whole.
        state.from_stripe = state.returned - state.from_bank + state.fees
        kept = Fraction(invoice.gross - state.returned, invoice.gross)
        state.net = int((invoice.gross - invoice.tax) * kept)
        return state


@dataclass
class _State:
    returned: int = 0
    from_bank: int = 0
    from_stripe: int = 0
    fees: int = 0
    stopped: int = 0
    is_disputed: bool = False
    net: int = 0


def _add(state: _State, events: list[Adjusted]) -> None:
    last = max(events, key=lambda one: (FINAL[one.status], one.at))
    opened = [one.at for one in events if one.status == "open"]
    if last.kind == "dispute":
        state.is_disputed |= last.status == "open"
        if last.status != "open" and opened:
            state.stopped += max(0, last.at - min(opened))
    if last.status in {"succeeded", "lost"}:
        state.returned += last.amount
        state.fees += last.fee
        if last.kind == "credit":
            state.from_bank += last.amount


def _months(first: int, until: int) -> int:
    """Count the months that have passed, one by one."""
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    start, end = (epoch + datetime.timedelta(microseconds=at) for at in (first, until))
    count = 0
    while _later(start, count + 1) <= end:
        count += 1
    return count


def _later(start: datetime.datetime, months: int) -> datetime.datetime:
    year, month = divmod(start.month - 1 + months, 12)
    for day in range(start.day, 0, -1):
        try:
            return start.replace(year=start.year + year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")
