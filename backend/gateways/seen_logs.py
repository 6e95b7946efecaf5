"""What was seen of transparency logs, kept in a file of the user's: key and newest checkpoint."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import platformdirs

from backend.domain.signed_notes import Verifier, parse_verifier
from generator.errors import UsageError

FILE_NAME = "seen-logs.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A log as it was seen last: its key in a line, and the note it signed."""

    key: str
    checkpoint: str

    @property
    def verifier(self) -> Verifier:
        return parse_verifier(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLogs:
    """Logs by their address."""

    path: Path
    logs: dict[str, Seen]

    @classmethod
    def open(cls, path: Path | None) -> SeenLogs:
        """Return what the file holds, the user's own by default. Raises UsageError."""
        chosen = path or platformdirs.user_data_path("4site", appauthor=False) / FILE_NAME
        if not chosen.exists():
            return cls(path=chosen, logs={})
        try:
            found = json.loads(chosen.read_text("utf-8"))
            logs = {
                str(url): Seen(key=str(one["key"]), checkpoint=str(one["checkpoint"]))
                for url, one in found.items()
            }
        except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise UsageError(
                f"{chosen} cannot be read: {error}.",
                hint="Name another file with --state. Do not lose this one: it is evidence.",
            ) from error
        return cls(path=chosen, logs=logs)

    def find(self, url: str) -> Seen | None:
        return self.logs.get(url)

    def remember(self, url: str, *, key: str, checkpoint: str) -> None:
        """Write down what a log is now, whole or not at all. Raises UsageError."""
        now = replace(self, logs={**self.logs, url: Seen(key=key, checkpoint=checkpoint)})
        text = json.dumps({each: asdict(seen) for each, seen in now.logs.items()}, indent=2)
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text + "\n", "utf-8")
            draft.replace(self.path)
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot be written: {error.strerror}.",
                hint="Name another file with --state.",
            ) from error
