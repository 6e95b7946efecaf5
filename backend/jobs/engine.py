"""Durable jobs on DBOS: queued work and the clock's work survive the death of the process.

Any process can queue a task. One at a time does them, whoever has the lead: so schedules run once,
and what a dead process left unfinished is taken up at once by the next. See `docs/service.md` for
the choice of the engine and its figures.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Mapping

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions

from backend.actions.context import Context
from backend.actions.jobs import note_schedules
from backend.actions.leadership import lead_of
from backend.errors import Unavailable
from backend.jobs import workflows
from backend.jobs.schedules import SCHEDULES, Schedule
from backend.jobs.tasks import QUEUES, TASKS
from backend.settings import Settings

APPLICATION = "4site"
SCHEMA = "jobs"
"""The engine's schema in PostgreSQL."""
VERSION = "1"
"""Goes up when a job that an earlier release began must not be finished by this one."""
LEAD_SECONDS = 2.0
"""How soon a process notices that the one that did the jobs is gone."""
STOP_SECONDS = 25
KEPT = datetime.timedelta(days=2)
"""How long finished jobs can be looked at."""
_FORGOTTEN_AT_ONCE = 500
_LOG = structlog.get_logger("jobs")


class Engine:
    """Queues tasks, and does jobs while this process leads. One a process: DBOS is one, too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: DBOSClient | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._schedules = {
            **SCHEDULES,
            "forget_jobs": Schedule(when="50 * * * *", work=lambda _context: self.forget()),
        }

    def prepare(self) -> None:
        """Make or renew the engine's tables."""
        DBOS.migrate(self._settings.jobs_url, schema=SCHEMA)

    def add(self, name: str, values: Mapping[str, str]) -> None:
        """Queue a task. Raises Unavailable when that cannot be done durably."""
        self._enqueue({"workflow_name": name, "queue_name": TASKS[name].queue}, dict(values), 1)

    def again(self, key: str) -> bool:
        """Queue the job with this id once more; False when it was forgotten.

        Raises Unavailable when that cannot be done durably.
        """
        found = self._connect().list_workflows(workflow_ids=[key], load_output=False)
        if not found:
            return False
        name, told = found[0].name, found[0].input
        given = told["args"] if told else ()
        # The clock gives a time where actions give values.
        values = given[0] if given and isinstance(given[0], dict) else {}
        queue = TASKS[name].queue if name in TASKS else "clock"
        self._enqueue({"workflow_name": name, "queue_name": queue}, values, 1)
        return True

    def run_for(self, context: Context) -> None:
        """Do jobs with `context`, from now or from when the process that does them is gone."""
        self._thread = threading.Thread(
            target=self._follow, args=(context,), name="jobs", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish the jobs under way and let another process take over."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
        if self._client:
            self._client.destroy()

    def _follow(self, context: Context) -> None:
        lead = lead_of(context)
        is_leading = False
        while not self._stopped.is_set():
            may_lead = lead.take()
            if may_lead and not is_leading:
                is_leading = self._begin(context)
            elif is_leading and not may_lead:
                _LOG.warning("lead_lost", effect="the process that has it does the jobs")
                _end()
                is_leading = False
            self._stopped.wait(LEAD_SECONDS)
        if is_leading:
            _end()
        lead.leave()

    def _begin(self, context: Context) -> bool:
        try:
            self._launch(context)
        except Exception:
            _LOG.exception("jobs_not_started")
            DBOS.destroy()
            return False
        _LOG.info("jobs_started", tasks=len(TASKS), schedules=len(self._schedules))
        return True

    def _launch(self, context: Context) -> None:
        clock = {name: schedule.task for name, schedule in self._schedules.items()}
        known = workflows.register({**TASKS, **clock})
        workflows.surround(context, self._retry)
        DBOS(config=_config(self._settings))
        DBOS.launch()
        for name, (at_a_time, seconds) in QUEUES.items():
            DBOS.register_queue(name, worker_concurrency=at_a_time, polling_interval_sec=seconds)
        DBOS.apply_schedules(
            [
                {
                    "schedule_name": name,
                    "workflow_fn": known[name],
                    "schedule": schedule.when,
                    "queue_name": "clock",
                }
                for name, schedule in self._schedules.items()
            ]
        )
        for found in DBOS.list_schedules():
            if found["schedule_name"] not in self._schedules:
                DBOS.delete_schedule(found["schedule_name"])
        note_schedules(context, {name: each.when for name, each in self._schedules.items()})
        for name, schedule in self._schedules.items():
            if schedule.at_start:
                self._enqueue({"workflow_name": name, "queue_name": "clock"}, {}, 1)

    def _retry(
        self, name: str, key: str, values: Mapping[str, str], number: int, pause: float
    ) -> None:
        task = TASKS.get(name)
        options: EnqueueOptions = {
            "workflow_name": name,
            "queue_name": task.queue if task else "clock",
            "workflow_id": key,
            "delay_seconds": pause,
        }
        self._enqueue(options, dict(values), number)

    def _enqueue(self, options: EnqueueOptions, values: dict[str, str], number: int) -> None:
        try:
            self._connect().enqueue(options, values, number)
        except Exception as error:  # the engine lets through whatever its database raises
            raise Unavailable(
                "The work cannot be queued at the moment.", hint="Try again in some seconds."
            ) from error

    def _connect(self) -> DBOSClient:
        with self._lock:
            if self._client is None:
                self._client = DBOSClient(
                    system_database_url=self._settings.jobs_url,
                    dbos_system_schema=SCHEMA,
                    serializer=DBOSPortableJSONSerializer(),
                    application_name=APPLICATION,
                    retry_connection_errors=False,
                )
            return self._client

    def forget(self, kept: datetime.timedelta = KEPT) -> int:
        """Delete jobs that were finished that long ago, with what they were told; return how many.

        Running it twice at once does no harm.
        """
        client, forgotten = self._connect(), 0
        before = (datetime.datetime.now(datetime.UTC) - kept).isoformat()
        while True:
            found = client.list_workflows(
                completed_before=before,
                limit=_FORGOTTEN_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            client.delete_workflows([each.workflow_id for each in found])
            forgotten += len(found)
            if len(found) < _FORGOTTEN_AT_ONCE:
                return forgotten


def _end() -> None:
    # Waiting means a second at least: not without need.
    DBOS.destroy(workflow_completion_timeout_sec=STOP_SECONDS if workflows.active() else 0)


def _config(settings: Settings) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_url": settings.jobs_url,
        "dbos_system_schema": SCHEMA,
        # Readable, and nothing in the database can become code.
        "serializer": DBOSPortableJSONSerializer(),
        "application_version": VERSION,
        # One name for whoever leads: its successor takes up what it left.
        "executor_id": "lead",
        "use_listen_notify": False,
        "sys_db_pool_size": 5,
        "log_level": "WARNING",
    }
