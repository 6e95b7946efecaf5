"""Reads a Dockerfile: its instructions in order, continued lines joined, comments left out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction; `stage` counts from 0."""

    stage: int
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The words of the exec form, `["a", "b"]`."""
        words: list[str] = json.loads(self.text[self.text.index("[") :])
        return words


def read_dockerfile(file: Path) -> list[Instruction]:
    lines = [
        line
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    stage, found = -1, []
    for line in joined.splitlines():
        name, _, text = line.partition(" ")
        stage += name == "FROM"
        found.append(Instruction(stage=stage, name=name, text=text))
    return found
