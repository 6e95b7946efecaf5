"""Commissions worked out the slow and plain way, with fractions, by the rules' words."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from fractions import Fraction
from math import floor


def naive_split(amount: int, rates_bp: Sequence[int]) -> list[int]:
    """Round each share down; hand what is missing out one by one to the largest remainders."""
    exact = [Fraction(amount * rate, 10_000) for rate in rates_bp]
    parts = [floor(share) for share in exact]
    target = floor(sum(exact, Fraction(0)))
    remainders = [share - part for share, part in zip(exact, parts, strict=True)]
    while sum(parts) < target:
        lucky = max(range(len(parts)), key=lambda level: (remainders[level], -level))
        parts[lucky] += 1
        remainders[lucky] = Fraction(-1)
    return parts


def naive_rate(months: int) -> int:
    """Return the direct referrer's rate of the plan `lifetime`, in basis points."""
    if months <= 12:
        return 2_000
    return 2_500 if months <= 48 else 4_000


def naive_months(first: datetime.datetime, until: datetime.datetime) -> int:
    """Count month by month, each ending on the first one's day or on its own last day."""
    months = 0
    while _months_later(first, months + 1) <= until:
        months += 1
    return months


def _months_later(first: datetime.datetime, months: int) -> datetime.datetime:
    year, month = divmod(first.month - 1 + months, 12)
    day = min(first.day, calendar.monthrange(first.year + year, month + 1)[1])
    return first.replace(year=first.year + year, month=month + 1, day=day)
