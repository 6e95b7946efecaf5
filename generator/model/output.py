"""What the build wants in the output folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath


def digest_of(content: bytes) -> str:
    """Return the content hash used in file names, manifests and cache keys (32 hex digits)."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def hashed_name(path: str, content: bytes) -> str:
    """Return `path` with eight digits of the content's hash before its last suffix.

    A file with such a name never changes, so a CDN may keep it for ever.
    """
    pure = PurePosixPath(path)
    return str(pure.with_name(f"{pure.stem}.{digest_of(content)[:8]}{pure.suffix}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile:
    """One file of the site: a POSIX path relative to the output folder, and its bytes."""

    path: str
    content: bytes
