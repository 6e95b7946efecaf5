"""`/admin/jobs`: what the clock and the queue do, what failed, and trying it again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.jobs import JobsReport, read_jobs, retry_failure
from backend.domain.actors import Actor
from backend.domain.instants import MINUTE, SECOND, Instant, to_datetime
from backend.domain.jobs import Job, JobFailure
from backend.errors import ServiceError
from backend.web.admin.acting import acting, problem_of
from backend.web.admin.frame import admin_page, render_admin
from backend.web.errors import status_of
from backend.web.forms import Form

PATH = "/admin/jobs"
_OUTCOMES = {
    "": "not yet",
    "done": "done",
    "retry": "failed, tried again soon",
    "refused": "refused",
    "given_up": "given up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """A job as the page shows it; `took` is in words."""

    name: str
    schedule: str
    last: datetime.datetime | None
    next: datetime.datetime | None
    took: str
    outcome: str
    reason: str
    is_bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureLine:
    """A job that failed for good."""

    failure: JobFailure
    at: datetime.datetime
    retried: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsView:
    """Jobs of the clock, of the queue, those that failed, and the queue of builds."""

    scheduled: tuple[JobLine, ...]
    queued: tuple[JobLine, ...]
    failures: tuple[FailureLine, ...]
    waiting: int
    running: int
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and its form."""
    return [
        Route(PATH, admin_page()(_show_all), methods=["GET"]),
        Route(f"{PATH}/{{id}}/retry", acting(act=_retry, show=_show, back=PATH), methods=["POST"]),
    ]


def _show_all(request: Request, actor: Actor) -> Response:
    return _show(request, actor, None)


def _show(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    report = read_jobs(request.app.state.context, actor)
    problem = problem_of(error)
    view = JobsView(
        scheduled=tuple(_line(job, at) for job, at in report.scheduled),
        queued=tuple(_line(job, None) for job in report.queued),
        failures=tuple(_failure(each) for each in report.failures),
        waiting=report.builds_waiting,
        running=report.builds_running,
        problem=problem.message,
        hint=problem.hint,
    )
    status = status_of(error) if error else 200
    title = _title(report)
    return render_admin(request, actor, "admin/jobs.html", view, title=title, status=status)


def _title(report: JobsReport) -> str:
    failed = sum(each.retried_at is None for each in report.failures)
    if failed:
        return "One job failed" if failed == 1 else f"{failed} jobs failed"
    return "Every job went well" if report.scheduled else "No job has run yet"


def _line(job: Job, following: Instant | None) -> JobLine:
    return JobLine(
        name=job.name,
        schedule=job.schedule or "",
        last=to_datetime(job.started_at) if job.started_at is not None else None,
        next=to_datetime(following) if following is not None else None,
        took=_took(job),
        outcome=_OUTCOMES.get(job.outcome, job.outcome),
        reason=job.reason,
        is_bad=job.outcome not in {"", "done"},
    )


def _took(job: Job) -> str:
    if job.started_at is None or job.ended_at is None:
        return ""
    span = max(0, job.ended_at - job.started_at)
    if span < SECOND:
        return f"{span // 1_000} ms"
    return f"{span / SECOND:.1f} s" if span < MINUTE else f"{span / MINUTE:.1f} min"


def _failure(failure: JobFailure) -> FailureLine:
    retried = failure.retried_at
    return FailureLine(
        failure=failure,
        at=to_datetime(failure.at),
        retried=to_datetime(retried) if retried is not None else None,
    )


def _retry(context: Context, actor: Actor, failure: str, _form: Form) -> None:
    retry_failure(context, actor, failure)
