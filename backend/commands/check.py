"""`4site server check`: computes everything anew from the facts and reports what differs."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from backend.actions.checks import run_check
from backend.commands.opening import opened
from backend.domain.audit import COMMAND
from backend.settings import Settings

DIFFERENT = 1


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as context:
        differences = run_check(context, by=COMMAND, is_late=arguments.late)
    if arguments.json:
        print(json.dumps({"differences": [asdict(each) for each in differences]}))
    else:
        print(*differences, sep="\n", end="\n" if differences else "")
        print(f"{len(differences)} differences." if differences else "Everything agrees.")
    return DIFFERENT if differences else 0
