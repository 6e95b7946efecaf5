"""The demo world in a database of its own, at its last moment."""

from __future__ import annotations

from pathlib import Path

from backend.actions.context import Context
from backend.clock import FixedClock
from backend.demo.world import DAYS, fill
from backend.domain.instants import Day, start_of
from tests.support.service import make_context

START = Day(20_640)


def make_world(folder: Path, url: str | None = None) -> Context:
    context = make_context(folder, url)
    fill(context, START)
    assert isinstance(context.clock, FixedClock)
    context.clock.set(start_of(Day(START + DAYS)))
    return context
