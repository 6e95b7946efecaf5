"""Work that the clock starts, in UTC. Each can be repeated or interrupted without harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.actions import sign_in, standings
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


SCHEDULES: dict[str, Schedule] = {
    "age_scores": Schedule(when="5 0 * * *", work=standings.age_scores, at_start=True),
    "end_featuring": Schedule(when="* * * * *", work=standings.end_featuring, at_start=True),
    "review_showcase": Schedule(when="20 3 * * *", work=standings.review_showcase),
    "purge": Schedule(when="35 * * * *", work=sign_in.purge_links, at_start=True),
}
