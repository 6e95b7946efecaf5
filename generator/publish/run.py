"""One publishing from its plan to its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.errors import PublishRefused
from generator.publish.bundle import Bundle
from generator.publish.target import Plan, Published, Report, Target
from generator.publish.verify import Verified, verify

FREE_DELETIONS = 20
DELETED_SHARE = 4
"""Without leave, a plan deletes at most this many files, or one in so many of those present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was planned, and, unless it was only to be shown, done and checked."""

    plan: Plan
    published: Published | None = None
    verified: Verified | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What one run was asked for. `max_deletions` None is the usual bound."""

    max_deletions: int | None = None
    is_dry_run: bool = False
    is_verifying: bool = True


def publish(
    bundle: Bundle,
    target: Target,
    wishes: Wishes,
    *,
    show: Callable[[Plan], None],
    report: Report,
) -> Outcome:
    """Publish a site: plan, show, apply, verify.

    Raises the branches of PublishError; before `apply` nothing was changed.
    """
    report("Asking what is there")
    plan = target.plan(bundle)
    show(plan)
    if wishes.is_dry_run:
        return Outcome(plan=plan)
    check_deletions(plan, wishes.max_deletions)
    published = target.apply(bundle, plan, report)
    if not wishes.is_verifying:
        return Outcome(plan=plan, published=published)
    verified = verify(bundle, plan, target, published, report=report)
    return Outcome(plan=plan, published=published, verified=verified)


def check_deletions(plan: Plan, limit: int | None) -> None:
    """Refuse a plan that deletes more than it may: it may be the wrong place."""
    present = plan.present or 0
    allowed = max(FREE_DELETIONS, present // DELETED_SHARE) if limit is None else limit
    if len(plan.delete) <= allowed:
        return
    some = ", ".join(plan.delete[:3]) + (", …" if len(plan.delete) > 3 else "")
    raise PublishRefused(
        f"{len(plan.delete)} of {present} files there would be deleted ({some});"
        f" {allowed} are allowed.",
        hint=f"Is {plan.title} the right place? If so: --max-deletions {len(plan.delete)}.",
    )
