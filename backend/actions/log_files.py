"""Writes the transparency log as files that any host can publish: tiles first, checkpoint last."""

from __future__ import annotations

import os
from pathlib import Path

from backend.actions.context import Context
from backend.actions.transparency import find_checkpoint, integrate, read_tile, verifier_of
from backend.domain.tiles import path_of, places
from backend.errors import Unavailable


def write_log(context: Context, folder: Path) -> int:
    """Bring the folder up to the newest checkpoint; return how many files were new.

    Tiles never change, so those that are there stay as they are. Whoever reads meanwhile finds
    the earlier checkpoint with all of its tiles. Raises Unavailable when it cannot be written.
    """
    integrate(context)
    latest = find_checkpoint(context)
    written = 0
    try:
        for level, index, width in places(latest.size):
            for kind in (level, None) if level == 0 else (level,):
                path = folder / path_of(kind, index, width)
                if not path.exists():
                    _write(path, read_tile(context, kind, index, width))
                    written += 1
        for name, text in (("vkey", f"{verifier_of(context)}\n"), ("checkpoint", latest.note)):
            path = folder / name
            if not path.exists() or path.read_text("utf-8") != text:
                _write(path, text.encode())
                written += 1
    except OSError as error:
        raise Unavailable(
            f"The log cannot be written to {folder}: {error.strerror}.",
            hint="Name a folder that is yours, on a disk that has room.",
        ) from error
    return written


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
