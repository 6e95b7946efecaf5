"""`4site server demo`: fills an empty database with a small world, and serves it."""

from __future__ import annotations

import argparse
import datetime
import time
from dataclasses import replace

from backend.clock import SystemClock
from backend.commands.logs import configure_logs
from backend.commands.opening import opened, place_of
from backend.commands.run import start
from backend.demo.cast import PROJECTS
from backend.demo.suspects import EVERYBODY
from backend.demo.world import DAYS, WorldState, fill, heroine_link, state_of
from backend.domain.instants import Day, date_of, day_of, from_datetime
from backend.jobs.schedules import SCHEDULES
from backend.settings import Settings
from generator.errors import UsageError


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    configure_logs(settings.log_format)
    _fill(settings, _first_day(arguments.start))
    if not arguments.only_fill:
        start(settings, invite=heroine_link)
    return 0


def _fill(settings: Settings, first: Day) -> None:
    began = time.monotonic()
    # An interrupted fill is begun anew, so nothing has to survive a crash yet.
    with opened(replace(settings, synchronous="NORMAL")) as context:
        state = state_of(context)
        if state is WorldState.COMPLETE:
            print(f"The demo world is there already ({place_of(settings)}).", flush=True)
            return
        if state is not WorldState.EMPTY:
            whose = "a part of the demo world" if state is WorldState.PARTIAL else "accounts"
            raise UsageError(
                f"The database holds {whose} already ({place_of(settings)}).",
                hint="Choose an empty one with FOURSITE_DATABASE_URL or FOURSITE_DATA_DIR.",
            )
        fill(context, first, {name: one.when for name, one in SCHEDULES.items()})
    print(
        f"Made {len(EVERYBODY)} people and {len(PROJECTS)} sites with {DAYS} days of visits from "
        f"{date_of(first)} in {time.monotonic() - began:.1f} s ({place_of(settings)}).",
        flush=True,
    )


def _first_day(text: str | None) -> Day:
    if text is None:
        return Day(day_of(SystemClock().now()) - DAYS)
    try:
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)
    except ValueError as error:
        raise UsageError(f"{text!r} is no date.", hint="Write it like 2026-03-01.") from error
    return day_of(from_datetime(moment))
