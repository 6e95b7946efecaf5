"""Answers of web servers, kept on disk with what is needed to ask again cheaply (RFC 9110, 13).

Each entry is one file: a line of JSON about the answer, then its body. Files are written whole
and moved into place, so any number of processes may share the folder. Names hold a hash of who
asked, never the token; no request header is stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from generator.source.cache_place import prune_files, write_whole

# Enough to ask again, to page on and to read the body; cookies and quotas are none of it.
_KEPT_HEADERS = ("etag", "last-modified", "content-type", "link", "date", "cache-control")
_LIMIT_BYTES = 256 << 20
_LIMIT_ENTRIES = 20_000
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. Header names are lower case; `is_cached` when no body was sent now.

    `saved_at` is when the cache took it in, in seconds of the system's clock; 0 for a new answer.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cached: bool = False
    saved_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, by whom: the name of an entry."""

    url: str
    accept: str = ""
    body: bytes = b""
    token: str | None = field(default=None, repr=False)

    @property
    def subject(self) -> str:
        """Return the part of the entry's name that is the same for everyone who asks."""
        parts = [_VERSION, self.url, self.accept, hashlib.sha256(self.body).hexdigest()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]

    @property
    def identity(self) -> str:
        """Return the part that tells askers apart, because they may see different answers."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:16] if self.token else "anyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCache:
    """A folder of answers. What cannot be read or written counts as not there."""

    folder: Path
    limit_bytes: int = _LIMIT_BYTES
    limit_entries: int = _LIMIT_ENTRIES

    def find(self, question: Question) -> Answer | None:
        return self._read(self._place(question))

    def find_of_anyone(self, question: Question) -> Answer | None:
        """Return the last answer given to any identity: offline there is no token to know it by."""
        place = self._place(question)
        try:
            places = sorted(
                place.parent.glob(f"{question.subject}-*"),
                key=lambda path: (path.stat().st_mtime, path.name),
            )
        except OSError:
            return None
        return self.find(question) or (self._read(places[-1]) if places else None)

    def _read(self, place: Path) -> Answer | None:
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
                saved_at=int(about["saved_at"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def save(self, question: Question, answer: Answer) -> None:
        kept = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        about = {
            "status": answer.status,
            "headers": kept,
            "length": len(answer.body),
            "saved_at": int(time.time()),
        }
        place = self._place(question)
        with suppress(OSError):
            write_whole(place, json.dumps(about).encode() + b"\n" + answer.body)

    def prune(self) -> None:
        """Remove the least recently used entries until the folder is within its limits."""
        prune_files(
            self.folder, "*/*", limit_bytes=self.limit_bytes, limit_count=self.limit_entries
        )

    def _place(self, question: Question) -> Path:
        name = f"{question.subject}-{question.identity}"
        return self.folder / name[:2] / name
