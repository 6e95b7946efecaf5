"""Which tier an account has: what its subscriptions and grants entitle it to, and until when.

A subscription is the fold of the states that were told of it, each with its own time, so that
repeats and any order of arrival end the same. Source: the rules, "Tiers, prices, limits".
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from backend.domain.billing_events import Provider, SubscriptionChanged, SubscriptionStatus
from backend.domain.instants import DAY, Instant, from_datetime, to_datetime
from backend.domain.tiers import Tier

GRACE = 14 * DAY
"""How long a tier stays after a payment was due and failed, or news of the next period is missing.
Stripe tries a card again for up to two weeks unless it is told otherwise.
"""

SUBSCRIPTION = "subscription"
"""The source of what is paid for; all others are gifts."""

TIERS = tuple(Tier)
"""From the lowest to the highest."""

_RANKS: dict[SubscriptionStatus, int] = {
    SubscriptionStatus.INCOMPLETE: 0,
    SubscriptionStatus.TRIALING: 1,
    SubscriptionStatus.ACTIVE: 2,
    SubscriptionStatus.PAST_DUE: 3,
    SubscriptionStatus.UNPAID: 4,
    SubscriptionStatus.PAUSED: 5,
    SubscriptionStatus.ENDED: 6,
}
"""Which of two states told for the same second is the later one."""

_OVERDUE = frozenset({SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """A tier until an instant; None is without an end. `source` says what it comes from."""

    tier: Tier
    until: Instant | None
    source: str

    def holds(self, now: Instant) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription as it is by the newest state told. `unpaid_since` is when it fell behind."""

    provider: Provider
    ref: str
    account: str
    customer: str
    tier: Tier
    status: SubscriptionStatus
    started_at: Instant
    period_end: Instant
    ends_at: Instant | None
    at: Instant
    unpaid_since: Instant | None

    @property
    def until(self) -> Instant:
        """When the tier ends unless something else is told before."""
        if self.status is SubscriptionStatus.INCOMPLETE:
            return self.started_at
        if self.status is SubscriptionStatus.PAUSED:
            return self.at
        if self.status is SubscriptionStatus.ENDED:
            return self.at if self.ends_at is None else self.ends_at
        since = self.period_end if self.unpaid_since is None else self.unpaid_since
        last = Instant(since + GRACE)
        return last if self.ends_at is None else min(last, self.ends_at)

    @property
    def entitlement(self) -> Entitlement:
        """What the subscription is good for."""
        return Entitlement(tier=self.tier, until=self.until, source=SUBSCRIPTION)


def effective_tier(entitlements: Iterable[Entitlement], now: Instant) -> Tier:
    """Return the highest tier that holds at `now`, free when none does."""
    held = [each.tier for each in entitlements if each.holds(now)]
    return max(held, key=TIERS.index, default=Tier.FREE)


def fold(changes: Sequence[SubscriptionChanged]) -> Subscription:
    """Return the subscription that its states add up to; there is at least one."""
    ordered = sorted(changes, key=_lateness)
    newest = ordered[-1]
    unpaid_since = None
    for change in reversed(ordered):
        if change.status not in _OVERDUE:
            break
        unpaid_since = change.at
    return Subscription(
        provider=newest.provider,
        ref=newest.ref,
        account=newest.account,
        customer=newest.customer,
        tier=newest.tier,
        status=newest.status,
        started_at=newest.started_at,
        period_end=newest.period_end,
        ends_at=newest.ends_at,
        at=newest.at,
        unpaid_since=unpaid_since,
    )


def digest_of(change: SubscriptionChanged) -> str:
    """Return 32 digits that are the same for the same state: it is kept once."""
    text = "\0".join("" if value is None else str(value) for value in astuple(change))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def add_months(at: Instant, months: int) -> Instant:
    """Return the same day and time `months` calendar months later in UTC, the day clamped."""
    moment = to_datetime(at)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return from_datetime(moment.replace(year=year, month=month + 1, day=min(moment.day, last_day)))


def _lateness(change: SubscriptionChanged) -> tuple[int, int, int, int, int]:
    """Return what orders states: their time, then how far each is; the rest breaks ties."""
    return (
        change.at,
        _RANKS[change.status],
        TIERS.index(change.tier),
        change.period_end,
        change.ends_at or 0,
    )
