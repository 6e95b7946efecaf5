"""The demo world in a database of its own, at its last moment."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from backend.actions.context import Context
from backend.clock import FixedClock
from backend.demo.world import DAYS, fill
from backend.domain.instants import Day, start_of
from backend.jobs.schedules import SCHEDULES
from tests.support.service import make_context

START = Day(20_640)


def make_world(folder: Path, url: str | None = None) -> Context:
    """Fill a database with the world; it takes some ten seconds."""
    context = make_context(folder, url)
    fill(context, START, {name: one.when for name, one in SCHEDULES.items()})
    return _at_the_end(context)


def share_world(factory: pytest.TempPathFactory) -> Context:
    """Return the world that all processes of a run look at; the first one fills it."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-world"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed
        if not (place / "filled").exists():
            make_world(place).database.close()
            (place / "filled").touch()
    return _at_the_end(make_context(place))


def copy_world(
    factory: pytest.TempPathFactory, folder: Path, environment: Mapping[str, str]
) -> Context:
    """Return a world like the shared one that a test may change."""
    shared = share_world(factory)
    shared.database.close()
    shutil.copytree(shared.settings.data_dir, folder, dirs_exist_ok=True)
    return _at_the_end(make_context(folder, environment=environment))


def _at_the_end(context: Context) -> Context:
    assert isinstance(context.clock, FixedClock)
    context.clock.set(start_of(Day(START + DAYS)))
    return context
