"""A queue of tasks that nobody works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Noted:
    """Remembers what was queued."""

    tasks: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def add(self, name: str, values: Mapping[str, str]) -> None:
        self.tasks.append((name, dict(values)))

    def again(self, key: str) -> bool:
        return key == ""
