"""The service is killed in the middle of a build: it is retried once, and the site stays whole."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from backend.actions.builds import cancel_build, get_build, read_log, start_build
from backend.actions.context import Context
from backend.actions.manifests import blobs_of
from backend.domain.actors import Actor
from backend.domain.builds import Build, BuildCause, BuildState
from tests.support.builds import (
    Forge,
    add_built_site,
    live_files,
    make_build_context,
    serve_forge,
)
from tests.support.github_server import Trouble
from tests.support.postgresql import PostgreSQL
from tests.support.running import RunningServer, run_server

_WAIT_SECONDS = 120


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    with serve_forge(tmp_path) as served:
        yield served


@pytest.fixture
def context(request: pytest.FixtureRequest, tmp_path: Path, forge: Forge) -> Iterator[Context]:
    url = None
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database()
    made = make_build_context(tmp_path / "data", forge, url)
    yield made
    made.database.close()


def serving(context: Context, forge: Forge, *words: str) -> AbstractContextManager[RunningServer]:
    environment = forge.environment | {"FOURSITE_DATABASE_URL": context.settings.database_url}
    return run_server(context.settings.data_dir, *words, environment=environment)


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def ended(context: Context, owner: Actor, build: Build) -> Build:
    """Wait until a build has ended and return it."""
    wait_for(lambda: not get_build(context, owner, build.site, build.id).is_open)
    return get_build(context, owner, build.site, build.id)


def log_of(context: Context, owner: Actor, build: Build) -> str:
    """Return what a build has printed, for the message of a test that fails."""
    return "\n".join(line.text for line in read_log(context, owner, build.site, build.id).lines)


def says(context: Context, owner: Actor, build: Build, text: str) -> bool:
    log = read_log(context, owner, build.site, build.id)
    return any(line.text.startswith(text) for line in log.lines)


def titles(context: Context, site: str) -> str:
    """Return the live home page, after a look that every file of the release is whole."""
    files = live_files(context, site)
    for file in files.values():
        content = blobs_of(context, "default", site).read(file.digest)
        assert hashlib.sha256(content).hexdigest() == file.digest
    return blobs_of(context, "default", site).read(files["index.html"].digest).decode()


# Each moment on one database, for each takes half a minute; the queue's own tests run on both.
@pytest.mark.parametrize(
    ("context", "moment"),
    [("sqlite", "Publishing"), ("postgresql", "Asking")],
    indirect=["context"],
)
def test_a_build_whose_worker_is_killed_is_tried_once_more(
    context: Context, forge: Forge, moment: str
) -> None:
    owner, site, _key = add_built_site(context, forge.address)
    with serving(context, forge) as running:
        first = start_build(context, owner, site, cause=BuildCause.BUTTON)
        done = ended(context, owner, first)
        assert done.state is BuildState.SUCCEEDED, log_of(context, owner, first)
        forge.repository.git.commit({"README.md": "# Beacon\n\nBrighter.\n"})
        if moment == "Asking":
            forge.github.troubles.append(Trouble(status=503, times=1, delay_seconds=5))
        second = start_build(context, owner, site, cause=BuildCause.BUTTON)
        wait_for(lambda: says(context, owner, second, moment))
        running.kill()
    left = get_build(context, owner, site, second.id)
    if left.state is BuildState.RUNNING:
        assert moment == "Publishing" or "Brighter" not in titles(context, site)
    with serving(context, forge) as running:
        done = ended(context, owner, second)
        assert running.stop() == 0
    assert (done.state, done.reason) == (BuildState.SUCCEEDED, ""), log_of(context, owner, second)
    assert done.tries == (2 if left.state is BuildState.RUNNING else 1)
    assert "Brighter" in titles(context, site)


@pytest.mark.parametrize("context", ["sqlite"], indirect=True)
def test_a_running_build_is_cancelled_and_one_that_is_stopped_begins_again(
    context: Context, forge: Forge
) -> None:
    owner, site, _key = add_built_site(context, forge.address)
    forge.github.troubles.append(Trouble(status=503, times=4, delay_seconds=60))
    with serving(context, forge) as running:
        build = start_build(context, owner, site, cause=BuildCause.BUTTON)
        wait_for(lambda: says(context, owner, build, "Asking"))
        asked = time.monotonic()
        cancel_build(context, owner, site, build.id)
        done = ended(context, owner, build)
        assert (done.state, done.reason) == (BuildState.CANCELLED, "You cancelled it.")
        assert time.monotonic() - asked < 30  # its questions would take 45
        again = start_build(context, owner, site, cause=BuildCause.BUTTON)
        wait_for(lambda: says(context, owner, again, "Asking"))
        assert running.stop() == 0
    waiting = get_build(context, owner, site, again.id)
    assert (waiting.state, waiting.tries) == (BuildState.QUEUED, 0)


def test_two_workers_share_the_queue_and_build_nothing_twice(
    postgresql: PostgreSQL, tmp_path: Path, forge: Forge
) -> None:
    context = make_build_context(tmp_path / "data", forge, postgresql.new_database())
    try:
        asked = []
        for _ in range(6):
            owner, site, _key = add_built_site(context, forge.address)
            asked.append((owner, start_build(context, owner, site, cause=BuildCause.API)))
        with serving(context, forge, "--workers", "2") as running:
            done = [ended(context, owner, build) for owner, build in asked]
            assert running.stop() == 0
        assert {(build.state, build.tries) for build in done} == {(BuildState.SUCCEEDED, 1)}
        assert len({build.worker for build in done}) == 2
        for owner, build in asked:
            log = read_log(context, owner, build.site, build.id)
            assert [line.text for line in log.lines].count("Publishing.") == 1
    finally:
        context.database.close()
