"""Referred people by the month of their sign-up, and how many of them go on paying."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.instants import Instant, from_datetime, to_datetime
from backend.domain.referrals import Referral
from backend.domain.subscriptions import add_months

PAYING_AFTER = (1, 3, 6, 12)
"""The months after the first payment at which it is asked who still pays."""
MONTHS = 12
"""How many months of sign-ups are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Who signed up in a month. `month` is its first day.

    `paying` has for each of `PAYING_AFTER` how many still paid so long after their first payment,
    and how many have had the time to: (0, 0) while nobody has.
    """

    month: datetime.date
    signed_up: int
    activated: int
    converted: int
    paying: tuple[tuple[int, int], ...]


def first_month(last: datetime.date) -> datetime.date:
    """Return the first day of the earliest month of the cohorts that end with that of `last`."""
    number = last.year * 12 + last.month - MONTHS
    return datetime.date(number // 12, number % 12 + 1, 1)


def start_of_month(month: datetime.date) -> Instant:
    """Return the first instant of the day in UTC."""
    return from_datetime(datetime.datetime.combine(month, datetime.time(), datetime.UTC))


def make_cohorts(referrals: Iterable[Referral], now: Instant) -> tuple[Cohort, ...]:
    """Return the months in which somebody signed up, the newest first, as of `now`."""
    by_month: defaultdict[datetime.date, list[Referral]] = defaultdict(list)
    for referral in referrals:
        by_month[to_datetime(referral.signed_up_at).date().replace(day=1)].append(referral)
    return tuple(
        Cohort(
            month=month,
            signed_up=len(of_month),
            activated=sum(_has_come(each.activated_at, now) for each in of_month),
            converted=sum(_has_come(each.converted_at, now) for each in of_month),
            paying=tuple(_count_paying(of_month, months, now) for months in PAYING_AFTER),
        )
        for month, of_month in sorted(by_month.items(), reverse=True)
    )


def _has_come(at: Instant | None, now: Instant) -> bool:
    return at is not None and at <= now


def _count_paying(referrals: Iterable[Referral], months: int, now: Instant) -> tuple[int, int]:
    paying = due = 0
    for referral in referrals:
        if referral.converted_at is None:
            continue
        asked_at = add_months(referral.converted_at, months)
        if asked_at <= now:
            due += 1
            paying += referral.churned_at is None or referral.churned_at > asked_at
    return paying, due
