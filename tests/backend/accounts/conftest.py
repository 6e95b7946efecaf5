"""A service whose mails are only remembered, and a browser in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.app import create_app
from tests.support.github_oauth import GitHubOAuth, start_github_oauth
from tests.support.service import make_context
from tests.support.tasks import RecordedTasks, with_recorded_tasks


@pytest.fixture
def service(any_context: Context) -> tuple[Context, RecordedTasks]:
    """A service on each database, and the tasks that it queues."""
    return with_recorded_tasks(any_context)


@pytest.fixture
def github_oauth() -> Iterator[GitHubOAuth]:
    """GitHub, on loopback."""
    with start_github_oauth() as running:
        yield running


@pytest.fixture
def at_door(tmp_path: Path, github_oauth: GitHubOAuth) -> Iterator[tuple[Context, RecordedTasks]]:
    """A service on SQLite that GitHub knows, and the tasks that it queues."""
    context, tasks = with_recorded_tasks(
        make_context(tmp_path, environment=github_oauth.environment)
    )
    yield context, tasks
    context.database.close()


@pytest.fixture
def client(at_door: tuple[Context, RecordedTasks]) -> TestClient:
    return TestClient(create_app(at_door[0]))
