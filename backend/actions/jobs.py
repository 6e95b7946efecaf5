"""How the service's jobs go: the engine notes it here, operators look at it and try again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.audit import note
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.instants import DAY, Instant
from backend.domain.jobs import LONGEST_REASON, Job, JobFailure, next_run
from backend.errors import Conflict
from backend.store import builds, jobs
from backend.store.tables.base import TENANT

FAILURES = 50
KEPT = 30 * DAY
_FAILED = frozenset({"given_up", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsReport:
    """Jobs that the clock starts with their next time, those that actions queue, what failed, and
    how many builds wait and run.
    """

    scheduled: tuple[tuple[Job, Instant], ...]
    queued: tuple[Job, ...]
    failures: tuple[JobFailure, ...]
    builds_waiting: int
    builds_running: int


def note_schedules(context: Context, schedules: Mapping[str, str]) -> None:
    """Note when the clock starts which job."""
    with context.database.transaction() as session:
        jobs.save_schedules(session, TENANT, schedules)


def note_run(context: Context, job: Job, key: str) -> None:
    """Note how a try went; `key` is the engine's id of the job."""
    shown = job.reason[:LONGEST_REASON]
    with context.database.transaction() as session:
        jobs.save_run(session, TENANT, job)
        if job.outcome in _FAILED and job.ended_at is not None:
            failure = JobFailure(
                id=key[:100], name=job.name, at=job.ended_at, reason=shown, retried_at=None
            )
            before = Instant(job.ended_at - KEPT)
            jobs.add_failure(session, TENANT, failure, before=before)


def read_jobs(context: Context, actor: Actor) -> JobsReport:
    """Return how the jobs go. Raises Forbidden unless an administrator asks."""
    actor.needs_role()
    now = context.clock.now()
    with context.database.reading() as session:
        known = jobs.list_jobs(session, TENANT)
        failures = jobs.list_failures(session, TENANT, limit=FAILURES)
        waiting, running = builds.count_open(session, TENANT)
    return JobsReport(
        scheduled=tuple((job, next_run(job.schedule, now)) for job in known if job.schedule),
        queued=tuple(job for job in known if not job.schedule),
        failures=tuple(failures),
        builds_waiting=waiting,
        builds_running=running,
    )


def retry_failure(context: Context, actor: Actor, failure: str) -> None:
    """Queue a job that was given up once more, with what it was told.

    Raises Forbidden unless an administrator asks, Conflict when somebody did, or the engine has
    forgotten the job, which it does after two days.
    """
    actor.needs_role()
    with context.database.transaction() as session:
        found = jobs.mark_retried(session, TENANT, failure, context.clock.now())
        if found is None:
            raise Conflict("This job is tried again already.", hint="Look at the list again.")
        note(session, context, actor, "job.retry", f"job:{found.id}", job=found.name)
        if not context.tasks.again(found.id):
            raise Conflict(
                "What this job was told is not kept any more.",
                hint="Do what asked for it once more.",
            )
