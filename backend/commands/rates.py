"""`4site server rates`: stores exchange rates, from a file or from their provider."""

from __future__ import annotations

import argparse
from pathlib import Path

from backend.actions.audit import at_the_machine
from backend.actions.exchange import Imported, fetch_rates, import_rates
from backend.commands.opening import opened
from backend.domain.instants import date_of
from backend.gateways.rate_files import FILE_BYTES
from backend.settings import Settings
from generator.errors import UsageError


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.step == "import":
        content = _read(Path(arguments.file))
        with opened(settings) as context:
            imported = import_rates(
                context, content, provider=arguments.provider, by=at_the_machine()
            )
    else:
        with opened(settings) as context:
            imported = fetch_rates(context, by=at_the_machine())
    print(_words(imported))
    return 0


def _read(path: Path) -> bytes:
    """Return a file, as much of it as rates can be."""
    try:
        with path.open("rb") as file:
            return file.read(FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


def _words(imported: Imported) -> str:
    lines = [
        f"Stored {imported.new} new rates of {imported.currencies} currencies"
        f" from {date_of(imported.first)} to {date_of(imported.last)}."
        f" {imported.known} were there already."
    ]
    if imported.skipped:
        codes = ", ".join(imported.skipped)
        lines.append(f"Skipped, because they are not known here: {codes}.")
    lines += [
        f"Left as it was stored: {rate.currency} of {date_of(rate.day)}, now {rate.per_euro}."
        for rate in imported.changed
    ]
    return "\n".join(lines)
