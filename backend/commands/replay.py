"""`4site server replay`: applies the recorded events of payment providers again."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from backend.actions.audit import at_the_machine, note_alone
from backend.actions.replaying import Replayed, replay
from backend.commands.opening import opened
from backend.commands.times import read_time
from backend.settings import Settings

FAILED = 1


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    since = None if arguments.since is None else read_time(arguments.since)
    with opened(settings) as context:
        facts = {"since": since, "event": arguments.event}
        note_alone(context, at_the_machine(), "events.replay", "events:recorded", **facts)
        done = replay(context, since=since, event=arguments.event)
    if arguments.json:
        print(json.dumps(asdict(done)))
    else:
        print(_words(done))
        print(*done.problems, sep="\n", end="\n" if done.problems else "", file=sys.stderr)
    return FAILED if done.failed else 0


def _words(done: Replayed) -> str:
    if done.changed == done.mended == done.failed == done.parked == 0:
        return f"Nothing changed: {done.events} events, {done.applied} of them applied before."
    return (
        f"{done.events} events: {done.mended} mended, {done.changed} changed something, "
        f"{done.parked} wait, {done.failed} failed."
    )
