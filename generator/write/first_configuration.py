"""The first `4site.toml` of a repository: only what nobody could read from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tomlkit

_HEAD = (
    "Settings of this repository's site. Everything else is read from the repository itself:",
    '"4site inspect" shows what, and from which file.',
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting, and why it is there."""

    table: str
    key: str
    value: str
    why: str


def format_configuration(entries: Sequence[Entry]) -> str:
    """Return the file's text; the entries of one table stand together."""
    document = tomlkit.document()
    for line in _HEAD:
        document.add(tomlkit.comment(line))
    for name in dict.fromkeys(entry.table for entry in entries):
        table = tomlkit.table()
        for entry in entries:
            if entry.table == name:
                table.add(tomlkit.comment(entry.why))
                table.add(entry.key, entry.value)
        document.add(tomlkit.nl())
        document.add(name, table)
    return tomlkit.dumps(document)
