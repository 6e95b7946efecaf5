"""A link resolver without a repository, for tests of everything but the link map."""

from __future__ import annotations

from collections.abc import Sequence

from generator.model.report import BuildWarning


class OpenLinks:
    """Lets every link through and shows every picture but those at another host."""

    assets: Sequence[str] = ()
    internal: Sequence[str] = ()
    warnings: Sequence[BuildWarning] = ()

    def __init__(self, size: tuple[int, int] | None = None) -> None:
        self._size = size

    def link(self, target: str) -> str | None:
        return None if target.startswith("missing") else target

    def image(self, target: str) -> str | None:
        return None if "//" in target or target.startswith("missing") else target

    def size(self, _target: str) -> tuple[int, int] | None:
        return self._size
