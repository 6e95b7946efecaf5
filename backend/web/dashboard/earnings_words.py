"""An owner's earnings in words: the title that answers, the four figures, names of states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.comparison import Change, compare
from backend.domain.earnings import CommissionState, Line
from backend.domain.instants import date_of
from backend.domain.own_earnings import EarnedDay, Standing
from backend.domain.periods import Period
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.earnings_chart import Steps
from backend.web.dashboard.figures import Figure, spark
from backend.web.dashboard.filters import Filter
from generator.render.environment import format_short_day

STATES: dict[CommissionState, str] = {
    CommissionState.PENDING: "Pending",
    CommissionState.AVAILABLE: "Available",
    CommissionState.IN_PAYOUT: "In a payout",
    CommissionState.PAID: "Paid",
    CommissionState.REVERSED: "Taken back",
    CommissionState.DISPUTED: "Under review",
}
LINES: dict[Line, str] = {
    Line.BASE: "Commission, level {level}",
    Line.BONUS: "Bonus, level {level}",
    Line.REGION: "Region, level {level}",
    Line.AWARD: "Given by a dispute",
    Line.REWARD: "Milestone reward",
}
_NAMED = 3
"""As many currencies as the title names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """A period and the one before it in one currency, in minor units."""

    earned: int
    earned_before: int
    reversed: int
    reversed_before: int
    paid: int
    paid_before: int

    @staticmethod
    def of(currency: str, now: Sequence[EarnedDay], before: Sequence[EarnedDay]) -> Sums:
        """Return the sums of the days."""

        def add(days: Sequence[EarnedDay], name: str) -> int:
            return sum(getattr(one, name) for one in days if one.currency == currency)

        return Sums(
            earned=add(now, "earned"),
            earned_before=add(before, "earned"),
            reversed=add(now, "reversed"),
            reversed_before=add(before, "reversed"),
            paid=add(now, "paid"),
            paid_before=add(before, "paid"),
        )


def title_of(chosen: Filter, days: Sequence[EarnedDay], sums: Sums, *, has_any: bool) -> str:
    """Return what was earned, as the answer to the page's question."""
    if not has_any:
        return "You have not earned anything yet"
    earned: defaultdict[str, int] = defaultdict(int)
    for one in days:
        earned[one.currency] += one.earned
    amounts = [
        write_amount(amount, code)
        for code, amount in sorted(earned.items(), key=lambda pair: -pair[1])
        if amount
    ]
    when = name_of(chosen.period)
    if not amounts:
        return f"You earned nothing {when}"
    said = f"You earned {_join(amounts)} {when}"
    if len(amounts) > 1:
        return said
    return f"{said}{_compared(compare(sums.earned, sums.earned_before), chosen)}"


def name_of(period: Period) -> str:
    """Return a period as a sentence ends with it: `in November`, `in the last 30 days`."""
    if period.month is not None:
        return f"in {period.month:%B %Y}"
    if period.key.endswith("d"):
        return f"in the last {period.days} days"
    first, last = (format_short_day(date_of(day)) for day in (period.first, period.last))
    return f"on {first}" if first == last else f"from {first} to {last}"


def _compared(change: Change, chosen: Filter) -> str:
    before = chosen.before.month
    than = f"in {before:%B}" if before else f"in the {chosen.before.days} days before"
    if change.percent is None:
        return ", the first after a time without any"
    if not change.percent:
        return f", as much as {than}"
    return f", {change.percent} % {'more' if change.is_more else 'less'} than {than}"


def make_figures(
    currency: str,
    sums: Sums,
    now: Standing | None,
    before: Standing | None,
    steps: Steps,
) -> tuple[Figure, ...]:
    """Return the four numbers: what stands at the end of the period, and what moved in it."""
    stands, stood = now or Standing(), before or Standing()
    on_hold = f"{write_amount(stands.held, currency)} more under review" if stands.held else ""
    way = f"{write_amount(stands.on_its_way, currency)} on its way" if stands.on_its_way else ""
    back = f"{write_amount(stands.owed_back, currency)} owed back" if stands.owed_back else ""
    return (
        Figure(
            label="Pending",
            value=write_amount(stands.pending, currency),
            change=compare(max(0, stands.pending), max(0, stood.pending)),
            spark=spark(steps.earned),
            note=on_hold or "waits 30 days for refunds",
        ),
        Figure(
            label="Available",
            value=write_amount(stands.available, currency),
            change=compare(max(0, stands.available), max(0, stood.available)),
            note=back or "for the next payout",
        ),
        Figure(
            label="Paid out",
            value=write_amount(sums.paid, currency),
            change=compare(sums.paid, sums.paid_before),
            spark=spark(steps.paid),
            note=way,
        ),
        Figure(
            label="Taken back",
            value=write_amount(sums.reversed, currency),
            change=compare(sums.reversed, sums.reversed_before),
            spark=spark(steps.taken),
            note="by refunds and chargebacks",
            is_less_better=True,
        ),
    )


def _join(amounts: Sequence[str]) -> str:
    shown = list(amounts[:_NAMED])
    if len(amounts) > _NAMED:
        shown.append(f"{len(amounts) - _NAMED} other currencies")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
