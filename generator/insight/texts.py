"""Reading a file of the repository for its facts: bounded, and never fatal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.model.files import FileTree, decode_text
from generator.model.insight import Origin

MANIFEST_LIMIT_BYTES = 1024 * 1024
README_LIMIT_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A file's text with its path, so that a fact can say where it stands."""

    path: str
    text: str

    def origin(self, pattern: str) -> Origin:
        """Return the place of the first line that `pattern` matches, or the file alone."""
        match = re.search(pattern, self.text, re.MULTILINE)
        return Origin(path=self.path, line=self.line_at(match.start()) if match else None)

    def line_at(self, offset: int) -> int:
        """Return the 1-based line of a character offset."""
        return self.text.count("\n", 0, offset) + 1


def read_source(
    files: FileTree, path: str, *, limit_bytes: int = MANIFEST_LIMIT_BYTES
) -> SourceText | None:
    """Return at most `limit_bytes` of a listed file as text, None when it cannot be read."""
    try:
        with files.path_of(path).open("rb") as file:
            raw = file.read(limit_bytes)
    except OSError:
        return None
    return SourceText(path=path, text=decode_text(raw))
