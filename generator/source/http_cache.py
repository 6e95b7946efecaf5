"""Answers of web servers, kept on disk with what is needed to ask again cheaply (RFC 9110, 13).

Each entry is one file: a line of JSON about the answer, then its body. Files are written whole
and moved into place, so any number of processes may share the folder. Keys hold a hash of who
asked, never the token; no request header is stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Enough to ask again, to page on and to read the body; cookies and quotas are none of it.
_KEPT_HEADERS = ("etag", "last-modified", "content-type", "link", "date")
_LIMIT_BYTES = 256 << 20
_LIMIT_ENTRIES = 20_000
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. Header names are lower case; `is_cached` when no body was sent now."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cached: bool = False


def cache_key(url: str, *, accept: str = "", token: str | None = None, body: bytes = b"") -> str:
    """Return the name of the entry for this question by this identity."""
    identity = hashlib.sha256(token.encode()).hexdigest() if token else "anyone"
    question = json.dumps([_VERSION, url, accept, identity, hashlib.sha256(body).hexdigest()])
    return hashlib.sha256(question.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCache:
    """A folder of answers. What cannot be read or written counts as not there."""

    folder: Path
    limit_bytes: int = _LIMIT_BYTES
    limit_entries: int = _LIMIT_ENTRIES

    def find(self, key: str) -> Answer | None:
        place = self._place(key)
        try:
            first, _, body = place.read_bytes().partition(b"\n")
            about = json.loads(first)
            if about["length"] != len(body):
                return None
            os.utime(place)
            return Answer(
                status=int(about["status"]),
                headers={str(name): str(value) for name, value in about["headers"].items()},
                body=body,
                is_cached=True,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def save(self, key: str, answer: Answer) -> None:
        kept = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        about = {"status": answer.status, "headers": kept, "length": len(answer.body)}
        place = self._place(key)
        with suppress(OSError):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".new-", dir=place.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(json.dumps(about).encode() + b"\n" + answer.body)
                os.replace(name, place)  # noqa: PTH105 - the name is text from mkstemp
            except OSError:
                Path(name).unlink(missing_ok=True)

    def body_path(self, key: str, suffix: str) -> Path:
        """Return where a body may be kept as a file of its own, beside the entry."""
        return self._place(key).with_suffix(suffix)

    def prune(self) -> None:
        """Remove the least recently used entries until the folder is within its limits."""
        entries: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                status = path.stat()
                entries.append((status.st_mtime, status.st_size, path))
        entries.sort(key=lambda entry: (-entry[0], entry[2]))
        total = 0
        for index, (_, size, path) in enumerate(entries):
            total += size
            if total > self.limit_bytes or index >= self.limit_entries:
                with suppress(OSError):
                    path.unlink()

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]
