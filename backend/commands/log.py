"""`4site server log`: writes the transparency log to a folder that any host can publish."""

from __future__ import annotations

import argparse
from pathlib import Path

from backend.actions.log_files import write_log
from backend.actions.transparency import find_checkpoint, verifier_of
from backend.commands.opening import opened
from backend.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    folder = Path(arguments.out)
    with opened(settings) as context:
        written = write_log(context, folder)
        size, key = find_checkpoint(context).size, verifier_of(context)
    what = f"{written} new files" if written else "Nothing changed"
    print(f"{size} entries, {what} in {folder}.")
    print(key)
    return 0
