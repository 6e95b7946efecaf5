"""What an owner has used of the tier. Passing a limit breaks no visitor's page: only new
creations are refused, and the owner is told. Source: the rules, "Tiers, prices, limits".
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.instants import Day, Instant, date_of, day_of
from backend.domain.tiers import TERMS, Tier
from backend.errors import LimitReached


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Sites now, and page views of all of them in the calendar month (UTC) so far."""

    tier: Tier
    sites: int
    views: int

    @property
    def views_allowed(self) -> int | None:
        return TERMS[self.tier].views_per_month

    @property
    def is_over(self) -> bool:
        """Whether the month has seen more views than the tier holds."""
        return self.views_allowed is not None and self.views > self.views_allowed


def month_start(now: Instant) -> Day:
    """Return the first UTC day of the month of `now`."""
    today = day_of(now)
    return Day(today - date_of(today).day + 1)


def check_views(usage: Usage) -> None:
    """Raise LimitReached when the month's views are over what the tier holds."""
    if usage.is_over:
        raise LimitReached(
            f"Your sites had {usage.views:,} page views this month; "
            f"the {usage.tier} tier holds {usage.views_allowed:,}.",
            hint="They keep working. For new ones change the tier, or wait for the next month.",
        )
