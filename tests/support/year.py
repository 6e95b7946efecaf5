"""A year in the life of the service's money: who brings whom, who pays, what goes wrong.

Seeded, so that a year is the same each time. Events come as they would: some twice, some late, some
in the wrong order.
"""

from __future__ import annotations

import calendar
import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend.domain.billing_events import (
    Adjusted,
    AdjustmentKind,
    AdjustmentStatus,
    Paid,
    Provider,
)
from backend.domain.instants import DAY, HOUR, Instant, from_datetime

YEAR = 2025
PRICES = {
    "USD": (2_900, 9_900, 29_900),
    "EUR": (2_700, 9_100, 27_500),
    "JPY": (4_400, 14_900, 45_000),
}
"""What the paid tiers cost a month, in minor units."""
TAX_PERCENT = {"USD": 0, "EUR": 19, "JPY": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Somebody with an account; `referrer` is the place of who brought them."""

    place: int
    referrer: int | None
    currency: str
    joined_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event, and when it reaches the service. `payer` is an owner's place."""

    at: Instant
    payer: int
    event: Paid | Adjusted


def instant(month: int, day: int, hour: int = 0) -> Instant:
    """Return an instant of the year; a day that the month lacks is its last one."""
    day = min(day, calendar.monthrange(YEAR, month)[1])
    return from_datetime(datetime.datetime(YEAR, month, day, hour, tzinfo=datetime.UTC))


def month_end(month: int) -> Instant:
    """Return the first instant after a month of the year."""
    return instant(month + 1, 1) if month < 12 else Instant(instant(12, 31) + DAY)


def make_owners(count: int, seed: int) -> list[Owner]:
    """Return owners in the order they joined; most were brought by somebody, and chains get long
    because whoever came last brings the next more often than others do.
    """
    dice = random.Random(seed)  # noqa: S311  a story
    owners: list[Owner] = []
    for place in range(count):
        referrer = None
        if place and dice.random() < 0.85:
            lately = max(0, place - 6)
            referrer = dice.randrange(lately if dice.random() < 0.6 else 0, place)
        owners.append(
            Owner(
                place=place,
                referrer=referrer,
                currency=dice.choice(["USD", "USD", "EUR", "JPY"]),
                joined_at=Instant(instant(1, 1) - 60 * DAY + place * HOUR // max(1, count // 400)),
            )
        )
    return owners


def make_deliveries(owners: list[Owner], seed: int) -> list[Delivery]:
    """Return what payment providers tell in the year, in the order it arrives."""
    dice = random.Random(seed + 1)  # noqa: S311  a story
    told = [
        delivery
        for owner in owners
        if dice.random() < 0.6
        for delivery in _subscription(owner, dice)
    ]
    return sorted(told, key=lambda one: (one.at, one.payer, one.event.ref))


def _subscription(owner: Owner, dice: random.Random) -> Iterator[Delivery]:
    begin, day = dice.randrange(1, 13), dice.randrange(1, 32)
    end = dice.randrange(begin, 13)
    tier = dice.choices([0, 1, 2], [6, 3, 1])[0]
    for month in range(begin, end + 1):
        at = instant(month, day, dice.randrange(24))
        price = PRICES[owner.currency][tier]
        yield from _invoice(owner, dice, f"{owner.place}_{month}", price, at)
        if tier < 2 and dice.random() < 0.05:
            rest = (PRICES[owner.currency][tier + 1] - price) * dice.randrange(1, 30) // 30
            upgraded_at = Instant(at + dice.randrange(1, 20) * DAY)
            yield from _invoice(owner, dice, f"{owner.place}_{month}_up", rest, upgraded_at)
            tier += 1


def _invoice(
    owner: Owner, dice: random.Random, name: str, gross: int, at: Instant
) -> Iterator[Delivery]:
    tax = gross * TAX_PERCENT[owner.currency] // (100 + TAX_PERCENT[owner.currency])
    event = Paid(
        provider=Provider.STRIPE,
        ref=f"in_{name}",
        charge=f"ch_{name}",
        account="",
        currency=owner.currency,
        gross=gross,
        tax=tax,
        fee=gross * 29 // 1_000,
        paid_at=at,
        period_start=at,
    )
    yield from _deliver(owner, dice, event, at)
    if dice.random() < 0.06:
        yield from _refunds(owner, dice, event)
    if dice.random() < 0.02:
        yield from _dispute(owner, dice, event)


def _refunds(owner: Owner, dice: random.Random, paid: Paid) -> Iterator[Delivery]:
    left = paid.gross
    for number in range(dice.choice([1, 1, 2])):
        amount = left if dice.random() < 0.4 else dice.randrange(1, left + 1)
        left -= amount
        at = Instant(paid.paid_at + dice.randrange(1, 50) * DAY)
        refund = _adjusted(paid, f"re_{paid.ref}_{number}", amount, at)
        yield from _deliver(owner, dice, refund, at)
        if dice.random() < 0.1:
            failed = replace(refund, status=AdjustmentStatus.FAILED, at=Instant(at + 2 * DAY))
            yield from _deliver(owner, dice, failed, failed.at)
        if not left:
            return


def _dispute(owner: Owner, dice: random.Random, paid: Paid) -> Iterator[Delivery]:
    at = Instant(paid.paid_at + dice.randrange(2, 40) * DAY)
    opened = replace(
        _adjusted(paid, f"du_{paid.ref}", paid.gross, at),
        kind=AdjustmentKind.DISPUTE,
        status=AdjustmentStatus.OPEN,
    )
    yield from _deliver(owner, dice, opened, at)
    status = dice.choice([AdjustmentStatus.WON, AdjustmentStatus.LOST])
    decided_at = Instant(at + dice.randrange(5, 30) * DAY)
    fee = 1_500 if status is AdjustmentStatus.LOST else 0
    decided = replace(opened, status=status, at=decided_at, fee=fee)
    yield from _deliver(owner, dice, decided, decided_at)


def _adjusted(paid: Paid, ref: str, amount: int, at: Instant) -> Adjusted:
    return Adjusted(
        provider=paid.provider,
        ref=ref,
        charge=paid.charge,
        kind=AdjustmentKind.REFUND,
        currency=paid.currency,
        amount=amount,
        fee=0,
        status=AdjustmentStatus.SUCCEEDED,
        at=at,
    )


def _deliver(
    owner: Owner, dice: random.Random, event: Paid | Adjusted, at: Instant
) -> Iterator[Delivery]:
    """Give the event's deliveries within the year: in a moment, or late, and now and then twice."""
    late = dice.randrange(0, 4 * DAY) if dice.random() < 0.1 else dice.randrange(0, HOUR)
    times = [at + late]
    if dice.random() < 0.1:
        times.append(at + late + dice.randrange(0, 3 * DAY))
    for time in times:
        if time < month_end(12):
            yield Delivery(at=Instant(time), payer=owner.place, event=event)
