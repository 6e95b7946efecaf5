"""Remembers queued work instead of doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from backend.actions.context import Context
from backend.actions.sign_in import link_of


class RecordedTasks:
    """Stands where the jobs' engine stands; `queued` holds what was asked of it, in order."""

    def __init__(self) -> None:
        self.queued: list[tuple[str, dict[str, str]]] = []

    def add(self, name: str, values: Mapping[str, str]) -> None:
        self.queued.append((name, dict(values)))

    def again(self, key: str) -> bool:
        self.queued.append(("again", {"key": key}))
        return key != "forgotten"

    def mails_to(self, email: str) -> list[dict[str, str]]:
        return [
            values for name, values in self.queued if name == "send_mail" and values["to"] == email
        ]


def with_recorded_tasks(context: Context) -> tuple[Context, RecordedTasks]:
    """Return the service with tasks that are only remembered."""
    tasks = RecordedTasks()
    return replace(context, tasks=tasks), tasks


def newest_link(context: Context, tasks: RecordedTasks, email: str) -> str:
    """Return the path and secret that the newest mail to `email` leads to."""
    link = link_of(context, tasks.mails_to(email)[-1]["ticket"])
    return link.removeprefix(context.settings.base_url)
