"""Files that are shown before they are written into somebody's repository."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from generator.errors import OutputRefused


class State(StrEnum):
    """What writing a proposed file would do."""

    NEW = "new"
    SAME = "same"
    KEPT = "kept"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A file to be; `path` is relative to the repository."""

    path: str
    content: str
    state: State

    @property
    def is_written(self) -> bool:
        return self.state in {State.NEW, State.REPLACED}


def propose(folder: Path, path: str, content: str, *, force: bool) -> Proposal:
    """Return the file and what would become of it; one that exists is kept unless `force`.

    Raises OutputRefused for a path that leads out of the folder by a link.
    """
    place = folder / path
    if not place.resolve().is_relative_to(folder.resolve()):
        raise OutputRefused(
            f"{path} leads out of the folder by a link.",
            hint="Put the folder itself into the repository.",
        )
    if not place.exists():
        state = State.NEW
    elif place.is_file() and place.read_bytes() == content.encode():
        state = State.SAME
    else:
        state = State.REPLACED if force and place.is_file() else State.KEPT
    return Proposal(path=path, content=content, state=state)


def save(folder: Path, proposal: Proposal) -> None:
    """Write the file in one step. Raises OutputRefused when it cannot be written."""
    place = folder / proposal.path
    partial = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(proposal.content.encode())
        if proposal.state is State.NEW:
            # Fails, unlike a rename, when somebody made the file in between.
            place.hardlink_to(partial)
            partial.unlink()
        else:
            partial.replace(place)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise OutputRefused(
            f"Cannot write {proposal.path}: {error.strerror or error}.",
            hint="Check the folder's permissions and free space.",
        ) from error
