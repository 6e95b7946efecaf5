"""The manifest: what 4site wrote into an output folder, so that it knows what is its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

MANIFEST_NAME = ".4site-manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One written file: its content's digest, its size, and the key of what it was made from."""

    digest: str
    size: int
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Every file of a finished site, by path. Written last, so it never promises too much."""

    version: int = 1
    files: dict[str, Entry] = field(default_factory=dict)


def read_manifest(folder: Path) -> tuple[Manifest, int] | None:
    """Return the folder's manifest and its time (ns), or None when none can be read."""
    path = folder / MANIFEST_NAME
    try:
        content = path.read_bytes()
        modified_ns = path.stat().st_mtime_ns
        manifest = msgspec.json.decode(content, type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None
    return (manifest, modified_ns) if manifest.version == 1 else None


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the manifest's bytes, the same for the same files in any order."""
    ordered = Manifest(version=manifest.version, files=dict(sorted(manifest.files.items())))
    return msgspec.json.format(msgspec.json.encode(ordered), indent=1) + b"\n"
