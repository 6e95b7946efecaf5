"""What operators of the demo world see besides money and fraud: flags, jobs, a check."""

from __future__ import annotations

from collections.abc import Mapping

from backend.actions import checks, flags, jobs
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.flags import FeatureFlag
from backend.domain.instants import HOUR, MINUTE, SECOND, Instant
from backend.domain.jobs import Job
from backend.domain.tiers import Tier

FLAGS = (
    FeatureFlag(
        name="priority_support",
        description="Disputes of these people come first.",
        tiers=(Tier.ENTERPRISE,),
    ),
    FeatureFlag(name="ai_coach", description="Tried with a fifth of everybody.", percent=20),
)
# Name, how long before the last moment it began, how long it took, how it went, and why.
_RUNS = (
    ("age_scores", 2 * HOUR, 900, "done", ""),
    ("close_days", 2 * HOUR, 4_200, "done", ""),
    ("count_boards", 10 * MINUTE, 380, "done", ""),
    ("end_entitlements", 5 * MINUTE, 12, "done", ""),
    ("end_featuring", MINUTE, 9, "done", ""),
    ("fetch_rates", 7 * HOUR, 1_700, "done", ""),
    ("grant_rewards", 25 * MINUTE, 240, "done", ""),
    ("mature_commissions", 50 * MINUTE, 160, "done", ""),
    ("purge", HOUR, 310, "done", ""),
    ("send_mail", 3 * HOUR, 30_000, "given_up", "The mail server did not answer."),
    ("take_thumbnail", 6 * HOUR, 5_400, "done", ""),
    ("watch_referrals", 5 * MINUTE, 140, "done", ""),
)


def set_flags(context: Context, admin: Actor) -> None:
    """Let some have features before others."""
    for flag in FLAGS:
        flags.set_flag(context, admin, flag)


def end_jobs(context: Context, schedules: Mapping[str, str]) -> None:
    """Note how the service's jobs went last; `schedules` say when the clock starts which."""
    jobs.note_schedules(context, schedules)
    now = context.clock.now()
    for name, before, took, outcome, reason in _RUNS:
        began = Instant(now - before)
        run = Job(
            name=name,
            schedule=None,
            started_at=began,
            ended_at=Instant(began + took * SECOND // 1_000),
            outcome=outcome,
            reason=reason,
            number=1,
        )
        jobs.note_run(context, run, f"demo-{name}")


def end_checks(context: Context) -> None:
    """Check everything, as every night."""
    checks.run_check(context, by=checks.CLOCK)
