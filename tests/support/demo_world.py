"""The demo world at its last moment: filled once a run by the command, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from backend.actions.context import Context
from backend.clock import FixedClock
from backend.demo.world import DAYS, fill
from backend.domain.instants import Day, date_of, start_of
from backend.jobs.schedules import SCHEDULES
from tests.support.running import server_command
from tests.support.service import SECRET, make_context

START = Day(20_640)
SAID = "said"
"""The file beside a copied world that keeps what the command said when it had filled it."""


def make_world(folder: Path, url: str) -> Context:
    """Fill a database with the world in this process; it takes some ten seconds."""
    context = make_context(folder, url)
    fill(context, START, {name: one.when for name, one in SCHEDULES.items()})
    return _at_the_end(context)


def copy_world(
    factory: pytest.TempPathFactory, folder: Path, environment: Mapping[str, str] | None = None
) -> Context:
    """Return a world of the test's own, with its data in `folder`."""
    copy_folder(factory, folder)
    return _at_the_end(make_context(folder, environment=environment))


def copy_folder(factory: pytest.TempPathFactory, folder: Path) -> None:
    """Copy the data of the world that the first process of a run has filled, and nobody opens."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-world"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed
        if not (place / SAID).exists():
            done = demo_command(place, "demo", "--only-fill", "--start", f"{date_of(START)}")
            assert done.returncode == 0, done.stderr
            (place / SAID).write_text(done.stdout)
    shutil.copytree(place, folder, dirs_exist_ok=True)


def demo_command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the service with the secret that services of tests have."""
    return server_command(folder, *words, FOURSITE_SECRET=SECRET.decode())


def _at_the_end(context: Context) -> Context:
    assert isinstance(context.clock, FixedClock)
    context.clock.set(start_of(Day(START + DAYS)))
    return context
