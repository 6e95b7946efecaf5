"""Answers that GitHub really gave, from the test records of a client library, read at test time.

The records stay in the archive they came in; `make test` fetches it. A record is ten lines: scheme,
verb, host, port, path, request headers, request body, status, a list of header pairs, body.
"""

from __future__ import annotations

import ast
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support import tools

ABSENT = "the recorded answers are not here; `python -m tests.support.tools` fetches them"
_LINES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One exchange. Header names are lower case; `path` holds the query as well."""

    verb: str
    path: str
    status: int
    headers: dict[str, str]
    body: str
    file: str


def find_archive() -> Path | None:
    """Return the archive of records, None when nobody fetched it."""
    found = tools.find_records()
    return Path(found) if found else None


def read_records(archive: Path) -> Iterator[Recorded]:
    """Yield every exchange of every file of the archive."""
    with tarfile.open(archive) as packed:
        for member in packed:
            if "/tests/ReplayData/" in member.name and member.name.endswith(".txt"):
                content = packed.extractfile(member)
                if content is not None:
                    yield from _parse(content.read().decode("utf-8"), Path(member.name).name)


def _parse(text: str, file: str) -> Iterator[Recorded]:
    lines = text.split("\n")
    for start in range(0, len(lines) - _LINES + 1, _LINES + 1):
        _, verb, host, _, path, _, _, status, headers, body = lines[start : start + _LINES]
        if host == "api.github.com" and status.isdigit() and headers.startswith("["):
            pairs = {name.lower(): value for name, value in ast.literal_eval(headers)}
            yield Recorded(
                verb=verb, path=path, status=int(status), headers=pairs, body=body, file=file
            )
