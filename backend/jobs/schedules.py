"""Work that the clock starts, in UTC. Each can be repeated or interrupted without harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from backend.actions import (
    boards,
    challenge_standings,
    checks,
    digests,
    disputes,
    exchange,
    fraud_holds,
    fraud_referrals,
    limit_watch,
    maturing,
    news_mails,
    notifications,
    payout_calendar,
    provider_events,
    release_sweeping,
    retention,
    rewards,
    sources,
    standings,
    subscriptions,
    thumbnails,
    transparency,
)
from backend.actions.context import Context
from backend.jobs.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When `work` is done: minute, hour, day, month, weekday; `at_start` also when jobs begin."""

    when: str
    work: Callable[[Context], object]
    at_start: bool = False

    @property
    def task(self) -> Task:
        """The schedule's work as a task without values."""

        def work(context: Context, _values: Mapping[str, str], _key: str) -> None:
            self.work(context)

        return Task(work=work, queue="clock", tries=3, pause_seconds=60)


_LOG = structlog.get_logger("jobs")


def _check_facts(context: Context) -> None:
    """Keep and log every difference between what is kept and what follows from the facts."""
    for difference in checks.run_check(context, by=checks.CLOCK):
        _LOG.error("facts_differ", what=difference.what, where=difference.where)


SCHEDULES: dict[str, Schedule] = {
    "extend_log": Schedule(when="* * * * *", work=transparency.integrate, at_start=True),
    "age_scores": Schedule(when="5 0 * * *", work=standings.age_scores, at_start=True),
    "end_featuring": Schedule(when="* * * * *", work=standings.end_featuring, at_start=True),
    "review_showcase": Schedule(when="20 3 * * *", work=standings.review_showcase),
    "close_days": Schedule(when="15 0 * * *", work=retention.close_days, at_start=True),
    "count_sources": Schedule(when="*/10 * * * *", work=sources.count_open_days, at_start=True),
    "purge": Schedule(when="0 * * * *", work=retention.purge, at_start=True),
    "renew_thumbnails": Schedule(when="12,42 * * * *", work=thumbnails.renew),
    "sweep_thumbnails": Schedule(when="40 4 * * *", work=thumbnails.sweep),
    "sweep_releases": Schedule(when="25 * * * *", work=release_sweeping.sweep_releases),
    "fetch_rates": Schedule(when="30 16 * * *", work=exchange.fetch_if_needed),
    "mature_commissions": Schedule(
        when="10 * * * *", work=maturing.mature_commissions, at_start=True
    ),
    "end_entitlements": Schedule(
        when="*/5 * * * *", work=subscriptions.end_entitlements, at_start=True
    ),
    "retry_events": Schedule(when="*/15 * * * *", work=provider_events.retry_events),
    "forget_event_bodies": Schedule(when="50 3 * * *", work=provider_events.forget_bodies),
    "grant_rewards": Schedule(when="35 * * * *", work=rewards.grant_all, at_start=True),
    "count_boards": Schedule(when="5,20,35,50 * * * *", work=boards.count_boards, at_start=True),
    "count_challenges": Schedule(
        when="7,22,37,52 * * * *", work=challenge_standings.count_challenges, at_start=True
    ),
    "watch_referrals": Schedule(when="55 * * * *", work=fraud_referrals.watch_referrals),
    "hold_commissions": Schedule(when="*/5 * * * *", work=fraud_holds.hold_for_cases),
    "begin_payouts": Schedule(when="0 6 1 * *", work=payout_calendar.begin_month),
    "queue_news": Schedule(when="* * * * *", work=news_mails.queue_news, at_start=True),
    # At 07:00; what an outage kept back then is sent later on that day.
    "queue_digests": Schedule(when="0 7-23 * * 1", work=digests.queue_digests),
    "watch_limits": Schedule(when="45 * * * *", work=limit_watch.watch_limits),
    "forget_notifications": Schedule(when="55 3 * * *", work=notifications.forget_old),
    "expire_disputes": Schedule(when="40 * * * *", work=disputes.expire_disputes),
    "check_facts": Schedule(when="20 2 * * *", work=_check_facts),
}
