"""What everybody earned in a year, reckoned from the rules alone and unlike the service does it:
from the finished year backwards, in fractions, without a ledger.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from backend.domain.billing_events import Adjusted, AdjustmentKind, AdjustmentStatus, Paid
from backend.domain.instants import Instant, to_datetime
from tests.support.year import Delivery, Owner

DEEPER = ["15", "10", "8", "5", "3", "2"]
"""Percent of the levels 2 to 7."""


def earned_by(
    owners: Sequence[Owner], deliveries: Iterable[Delivery]
) -> dict[tuple[int, str], int]:
    """Return minor units by owner's place and currency, after all that was told."""
    sums: defaultdict[tuple[int, str], int] = defaultdict(int)
    for paid, payer, given_back, first in _payments(deliveries):
        above = _above(owners, payer)
        kept = paid.gross - given_back
        base = int(Fraction((paid.gross - paid.tax) * kept, paid.gross))
        percents = [_direct(first, paid.period_start), *DEEPER][: len(above)]
        for place, amount in zip(above, _largest_remainder(base, percents), strict=True):
            sums[place, paid.currency] += amount
    return {key: amount for key, amount in sums.items() if amount}


def money_by_currency(deliveries: Iterable[Delivery]) -> dict[str, tuple[int, int, int]]:
    """Return by currency what is left of payments without tax, their tax, and all fees."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    known = list(deliveries)
    more = _lost_fees(known)
    for paid, _payer, given_back, _first in _payments(known):
        kept = paid.gross - given_back
        base = int(Fraction((paid.gross - paid.tax) * kept, paid.gross))
        sums[paid.currency][0] += base
        sums[paid.currency][1] += kept - base
        sums[paid.currency][2] += paid.fee + more.get(paid.charge, 0)
    return {currency: (net, tax, fees) for currency, (net, tax, fees) in sums.items()}


def _payments(deliveries: Iterable[Delivery]) -> list[tuple[Paid, int, int, Instant]]:
    """Return each payment with its payer, what of it was given back, and the payer's first one."""
    known = list(deliveries)
    paid = {one.event.ref: (one.event, one.payer) for one in known if isinstance(one.event, Paid)}
    first: dict[int, Instant] = {}
    for event, payer in paid.values():
        first[payer] = min(first.get(payer, event.paid_at), event.paid_at)
    back = _given_back(known)
    return [
        (event, payer, min(event.gross, back[event.charge]), first[payer])
        for event, payer in paid.values()
    ]


def _given_back(deliveries: Iterable[Delivery]) -> defaultdict[str, int]:
    events = [one.event for one in deliveries if isinstance(one.event, Adjusted)]
    failed = {event.ref for event in events if event.status is AdjustmentStatus.FAILED}
    amounts: dict[str, tuple[str, int]] = {}
    for event in events:
        is_refund = event.kind is AdjustmentKind.REFUND and event.ref not in failed
        if is_refund or event.status is AdjustmentStatus.LOST:
            amounts[event.ref] = (event.charge, event.amount)
    sums: defaultdict[str, int] = defaultdict(int)
    for charge, amount in amounts.values():
        sums[charge] += amount
    return sums


def _lost_fees(deliveries: Iterable[Delivery]) -> dict[str, int]:
    return {
        one.event.charge: one.event.fee
        for one in deliveries
        if isinstance(one.event, Adjusted) and one.event.status is AdjustmentStatus.LOST
    }


def _above(owners: Sequence[Owner], payer: int) -> list[int]:
    above: list[int] = []
    place = owners[payer].referrer
    while place is not None and len(above) < 7:
        above.append(place)
        place = owners[place].referrer
    return above


def _direct(first: Instant, period: Instant) -> str:
    """Return the direct referrer's percent, by counting the months one after the other."""
    start, until = to_datetime(first), to_datetime(period)
    months = 0
    while _later(start, months + 1) <= until:
        months += 1
    return "20" if months <= 12 else "25" if months <= 48 else "40"


def _later(start: datetime.datetime, months: int) -> datetime.datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=year, month=month + 1)


def _largest_remainder(base: int, percents: Sequence[str]) -> list[int]:
    exact = [Fraction(base) * Fraction(percent) / 100 for percent in percents]
    parts = [int(one) for one in exact]
    while sum(parts) < int(sum(exact, Fraction(0))):
        rests = [one - part for one, part in zip(exact, parts, strict=True)]
        parts[rests.index(max(rests))] += 1
    return parts
