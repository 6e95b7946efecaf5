"""How much of a payment each level earns: pure, exact, and quick enough for a million payments.

Source: the rules, "Commission plans".
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from backend.domain.instants import Instant, to_datetime
from backend.domain.money import BASIS_POINTS, portion, split
from backend.domain.plans import Plan


class Earnings(NamedTuple):
    """Minor units by level, the direct referrer's first; lines of their own for what a bonus and
    a region add (or take). Lines without any effect are empty.
    """

    base: tuple[int, ...]
    bonus: tuple[int, ...] = ()
    region: tuple[int, ...] = ()


def earnings_of(  # noqa: PLR0913  what a payment is, each named
    plan: Plan,
    net: int,
    months: int,
    filled: Sequence[bool],
    *,
    bonuses: Sequence[int] = (),
    country: str | None = None,
) -> Earnings:
    """Return what the levels earn of `net`, a payment without tax and what was given back.

    `filled` says of each level above the payer whether somebody stands there; what an empty level
    would earn stays with the platform. `bonuses` multiply by level, in basis points.
    """
    rates = plan.rates_at(months)
    if len(filled) < len(rates) or not all(filled):
        rates = tuple(rate if there else 0 for rate, there in zip(rates, filled, strict=False))
    base = shares_of(net, rates)
    region = plan.regions.get(country, BASIS_POINTS) if country and plan.regions else BASIS_POINTS
    if region == BASIS_POINTS and not any(bonus != BASIS_POINTS for bonus in bonuses):
        return Earnings(base)
    added = tuple(
        portion(part, bonus, BASIS_POINTS) - part
        for part, bonus in zip(base, _padded(bonuses, len(base)), strict=True)
    )
    raised = [part + more for part, more in zip(base, added, strict=True)]
    return Earnings(
        base,
        added if any(added) else (),
        tuple(portion(part, region, BASIS_POINTS) - part for part in raised)
        if region != BASIS_POINTS
        else (),
    )


def shares_of(net: int, rates: tuple[int, ...]) -> tuple[int, ...]:
    """Return `money.split` of an amount, by way of a table.

    Of each 10 000 units every rate gets exactly itself, so that only the rest has to be split, and
    there are but 10 000 of those.
    """
    whole, rest = divmod(net, BASIS_POINTS)
    parts = _split_rest(rest, rates)
    if not whole:
        return parts
    return tuple([whole * rate + part for rate, part in zip(rates, parts)])  # noqa: B905  hot


@lru_cache(maxsize=65_536)
def _split_rest(rest: int, rates: tuple[int, ...]) -> tuple[int, ...]:
    return split(rest, rates)


def _padded(bonuses: Sequence[int], count: int) -> list[int]:
    return [*bonuses[:count], *[BASIS_POINTS] * (count - len(bonuses))]


def months_between(first_paid_at: Instant, period_start: Instant) -> int:
    """Return the whole calendar months (UTC) from a pair's first payment to an invoice's period.

    A day that a month lacks is its last one: from January 31 to February 28 is a month. Never
    below 0.
    """
    first, until = to_datetime(first_paid_at), to_datetime(period_start)
    months = (until.year - first.year) * 12 + until.month - first.month
    reached = _moved_to(first, until.year, until.month)
    return max(0, months - (until < reached))


def _moved_to(moment: datetime.datetime, year: int, month: int) -> datetime.datetime:
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    last = (following - datetime.timedelta(days=1)).day
    return moment.replace(year=year, month=month, day=min(moment.day, last))
