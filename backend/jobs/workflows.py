"""What DBOS runs: one workflow a kind of job, each with one step, so that a job that succeeded is
never done again.

DBOS knows workflows by name in the whole process, so what they work with is kept here, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from dbos import DBOS

from backend.actions.context import Context
from backend.actions.jobs import note_run
from backend.domain.instants import Instant
from backend.domain.jobs import Job
from backend.errors import Invalid, ServiceError
from backend.jobs.tasks import Task
from backend.metrics import JOB_SECONDS, JOBS

Retry = Callable[[str, str, Mapping[str, str], int, float], None]
"""Queues the next try: task, its key, values, number of the try, seconds to rest before."""
_LOG = structlog.get_logger("jobs")


@dataclass(slots=True)
class _Surroundings:
    """What workflows of this process work with, and how many of them are under way."""

    context: Context | None = None
    retry: Retry | None = None
    active: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


_HERE = _Surroundings()
_REGISTERED: dict[str, Callable[..., Any]] = {}


def surround(context: Context, retry: Retry) -> None:
    """Say what the workflows of this process work with."""
    _HERE.context = context
    _HERE.retry = retry


def active() -> int:
    """Return how many workflows are under way in this process."""
    return _HERE.active


def register(tasks: Mapping[str, Task]) -> Mapping[str, Callable[..., Any]]:
    """Make each task known to DBOS, once a process, and return the workflows by name.

    A workflow takes the task's values and the number of the try; the clock gives it a time and
    nothing instead.
    """
    for name, task in tasks.items():
        if name not in _REGISTERED:
            _REGISTERED[name] = DBOS.workflow(name=name)(_workflow_of(name, task))
    return _REGISTERED


def _workflow_of(name: str, task: Task) -> Callable[[Any, Any], str]:
    def workflow(values: Any, number: Any) -> str:
        with _counted():
            return _run(name, task, values if isinstance(values, dict) else {}, number or 1)

    workflow.__qualname__ = workflow.__name__ = name
    return workflow


def _run(name: str, task: Task, values: dict[str, str], number: int) -> str:
    # A retry's id is that of the first try with a number behind a dot.
    key = (DBOS.workflow_id or "").partition(".")[0]
    work = partial(_try, name, task, values, number, (key, DBOS.workflow_id or ""))
    outcome = DBOS.run_step({"name": name}, work)
    if outcome == "retry" and _HERE.retry is not None:
        pause = task.pause_seconds * 4 ** (number - 1)
        step = partial(_HERE.retry, name, f"{key}.{number + 1}", values, number + 1, pause)
        DBOS.run_step({"name": "queue the next try"}, step)
    return outcome


def _try(
    name: str, task: Task, values: Mapping[str, str], number: int, keys: tuple[str, str]
) -> str:
    """Do the task's work once and return `done`, `refused`, `retry` or `given_up`.

    The keys are that of the job, which its tries share, and the engine's own for this try.
    """
    if _HERE.context is None:
        raise RuntimeError("a workflow runs before the engine was started")
    key, own_key = keys
    began, started, reason = time.perf_counter(), _HERE.context.clock.now(), ""
    try:
        task.work(_HERE.context, values, key)
        outcome = "done"
    except Invalid as error:
        _LOG.warning("job_refused", job=name, reason=error.message)
        outcome, reason = "refused", error.message
    except Exception as error:
        outcome = "retry" if number < task.tries else "given_up"
        known = isinstance(error, ServiceError)
        # What others raise may name people: the log has it, and keeps it shorter.
        reason = error.message if isinstance(error, ServiceError) else type(error).__name__
        _LOG.warning(
            "job_failed", job=name, number=number, next=outcome, reason=str(error),
            exc_info=not known,
        )  # fmt: skip
    JOB_SECONDS.labels(name).observe(time.perf_counter() - began)
    JOBS.labels(name, outcome).inc()
    _note(_HERE.context, name, (started, outcome, reason, number), own_key)
    return outcome


def _note(context: Context, name: str, went: tuple[Instant, str, str, int], key: str) -> None:
    """Note how a try went, for operators; work that was done stays done without it."""
    started, outcome, reason, number = went
    job = Job(
        name=name,
        schedule=None,
        started_at=started,
        ended_at=context.clock.now(),
        outcome=outcome,
        reason=reason,
        number=number,
    )
    try:
        note_run(context, job, key)
    except Exception:
        _LOG.exception("job_not_noted", job=name)


@contextmanager
def _counted() -> Iterator[None]:
    with _HERE.lock:
        _HERE.active += 1
    try:
        yield
    finally:
        with _HERE.lock:
            _HERE.active -= 1
