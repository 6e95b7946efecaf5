"""`4site server site`: suspends a site, and ends that."""

from __future__ import annotations

import argparse

from backend.actions.audit import at_the_machine
from backend.actions.site_review import find_by_key, resume, suspend
from backend.commands.opening import opened
from backend.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as context:
        known = find_by_key(context, arguments.key)
        act = suspend if arguments.step == "suspend" else resume
        site = act(context, at_the_machine(), known.id, arguments.reason)
    print(f"{site.title} ({site.url}) is {site.status} now.")
    return 0
