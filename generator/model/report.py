"""What a build says about itself: warnings on the way, and the totals at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildWarning:
    """Something the site does without. `code` is stable; `path` and `line` say where."""

    code: str
    message: str
    hint: str = ""
    path: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: " if self.line else f"{self.path}: " if self.path else ""
        return place + self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """The result of one build: counts of what the site holds and of what this run changed."""

    out: Path
    pages: int
    files: int
    bytes: int
    written: int
    removed: int
    seconds: float
    warnings: tuple[BuildWarning, ...] = field(default=())
