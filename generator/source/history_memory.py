"""Remembers a commit's history: it never changes, and a long one takes git seconds to tell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator.model.repository import History
from generator.settings import BuildOptions
from generator.source.cache_place import prune_files, write_whole

_VERSION = "1"
_KEPT = 100
_LIMIT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryMemory:
    """The place of one history, named for all that it depends on; None remembers nothing."""

    place: Path | None

    def recall(self) -> History | None:
        """Return what was kept, None when there is nothing, or nothing that can be read."""
        if self.place is None:
            return None
        try:
            history = msgspec.json.decode(self.place.read_bytes(), type=History)
        except (OSError, msgspec.MsgspecError):
            return None
        with suppress(OSError):
            os.utime(self.place)
        return history

    def keep(self, history: History) -> None:
        if self.place is None:
            return
        with suppress(OSError):
            write_whole(self.place, msgspec.json.encode(history))
            prune_files(self.place.parent, "*", limit_bytes=_LIMIT_BYTES, limit_count=_KEPT)


def open_memory(options: BuildOptions, *parts: Iterable[str]) -> HistoryMemory:
    """Return the memory of a history that depends on `parts`, in the run's cache if it has one."""
    folder = options.cache_dir if options.use_cache else None
    if folder is None:
        return HistoryMemory(place=None)
    whole = "\0".join(["\n".join(part) for part in ([_VERSION], *parts)])
    name = hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:40]
    return HistoryMemory(place=folder / "history" / name)
