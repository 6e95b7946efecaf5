"""A repository becomes a published site: real git, a real GitHub on the loopback, a real build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.actions.building import Worker, build_next
from backend.actions.builds import read_log, start_build
from backend.actions.context import Context
from backend.domain.builds import BuildCause, BuildState
from tests.support.builds import Forge, add_built_site, make_build_context, serve_forge

WORKER = Worker(name="w1", is_stopping=lambda: False)


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    with serve_forge(tmp_path) as served:
        yield served


@pytest.fixture
def context(tmp_path: Path, forge: Forge) -> Iterator[Context]:
    made = make_build_context(tmp_path / "data", forge)
    yield made
    made.database.close()


def test_a_build_publishes_the_site_and_says_what_it_did(context: Context, forge: Forge) -> None:
    owner, site, _key = add_built_site(context, forge.address)
    queued = start_build(context, owner, site, cause=BuildCause.BUTTON)
    done = build_next(context, WORKER)
    log = read_log(context, owner, site, queued.id)
    assert done is not None
    assert (done.state, done.reason) == (BuildState.SUCCEEDED, "")
    texts = [line.text for line in log.lines]
    assert texts[0] == f"Building {forge.address}, attempt 1."
    assert (texts[-2:], log.build.release) == (["Publishing.", "Succeeded."], done.release)
    assert done.release
    assert log.build.seconds


def test_what_a_lost_try_left_is_in_nobodys_way(context: Context, forge: Forge) -> None:
    owner, site, _key = add_built_site(context, forge.address)
    queued = start_build(context, owner, site, cause=BuildCause.BUTTON)
    left = context.settings.data_dir / "builds" / site / f"build-{queued.id}" / "site"
    left.mkdir(parents=True)
    (left / "index.html").write_text("half of a pa")
    done = build_next(context, WORKER)
    assert done is not None
    assert (done.state, done.reason) == (BuildState.SUCCEEDED, "")
    assert not left.exists()
