"""Files of hosted sites on disk: by site and SHA-256, written whole or not at all, never changed.

Beside a file lie its compressed forms, under its name and `.br` or `.gz`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Literal

from backend.errors import Invalid, Unavailable

Encoding = Literal["", "br", "gz"]
_INCOMING = "incoming"


class Blobs:
    """The files of one site. Methods raise Unavailable when the disk is full or gone."""

    def __init__(self, folder: Path, tenant: str, site: str) -> None:
        self._folder = folder / tenant / site

    def path(self, digest: str, encoding: Encoding = "") -> Path:
        """Return where a file lies, whether or not it is there."""
        name = f"{digest}.{encoding}" if encoding else digest
        return self._folder / digest[:2] / name

    def size(self, digest: str, encoding: Encoding = "") -> int | None:
        """Return the size of a file, None when it is not there."""
        try:
            return self.path(digest, encoding).stat().st_size
        except OSError:
            return None

    def keep(self, digest: str) -> bool:
        """Tell whether a file is there, and save it from the next sweep."""
        try:
            os.utime(self.path(digest))
        except OSError:
            return False
        return True

    def read(self, digest: str) -> bytes:
        """Return a file's content."""
        with _translated():
            return self.path(digest).read_bytes()

    def put(self, content: bytes) -> str:
        """Store a content and return its digest."""
        digest = hashlib.sha256(content).hexdigest()
        if not self.keep(digest):
            self.put_as(digest, "", content)
        return digest

    def put_as(self, digest: str, encoding: Encoding, content: bytes) -> None:
        """Store a form of the file with this digest."""
        with self.incoming() as file:
            file.write(content)
            self._install(file, self.path(digest, encoding))

    @contextlib.contextmanager
    def incoming(self) -> Iterator[IO[bytes]]:
        """Give a file to write to, which is gone afterwards unless it was installed."""
        folder = self._folder / _INCOMING
        with _translated():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
                try:
                    yield file
                finally:
                    with contextlib.suppress(OSError):
                        Path(file.name).unlink()

    def install(self, file: IO[bytes], digest: str, size: int) -> None:
        """Store what was written to an incoming file. Raises Invalid when it is another content."""
        with _translated():
            file.flush()
            with Path(file.name).open("rb") as written:
                found = hashlib.file_digest(written, "sha256").hexdigest()
            if found != digest or file.tell() != size:
                raise Invalid(
                    "The body is not the file that was announced.",
                    field="digest",
                    hint="Send exactly the bytes whose SHA-256 and size the release names.",
                )
            self._install(file, self.path(digest))

    def sweep(self, needed: Collection[str], *, before: float) -> int:
        """Delete files that were last needed before `before` (seconds since 1970) and are not in
        `needed`; return the bytes that are left, without compressed forms.
        """
        left = 0
        for path in self._folder.glob("*/*"):
            digest, _, encoding = path.name.partition(".")
            with contextlib.suppress(FileNotFoundError):
                found = path.stat()
                original = found if not encoding else self.path(digest).stat()
                if digest not in needed and original.st_mtime < before:
                    path.unlink()
                elif not encoding and path.parent.name != _INCOMING:
                    left += found.st_size
        self._sweep_forms()
        return left

    def remove(self) -> None:
        """Delete every file of the site."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _sweep_forms(self) -> None:
        """Delete compressed forms of files that are gone."""
        for path in self._folder.glob("*/*.*"):
            if path.parent.name != _INCOMING and not self.path(path.stem).exists():
                path.unlink(missing_ok=True)

    def _install(self, file: IO[bytes], path: Path) -> None:
        with _translated():
            file.flush()
            os.fsync(file.fileno())
            path.parent.mkdir(exist_ok=True, mode=0o700)
            Path(file.name).replace(path)
            parent = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(parent)
            finally:
                os.close(parent)


def sites_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Give tenant and id of every site that has files here."""
    for path in folder.glob("*/*"):
        yield path.parent.name, path.name


def seconds_ago(seconds: float) -> float:
    """Return the time of the disk that long ago."""
    return time.time() - seconds


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise Unavailable(
            "The disk of the service is full." if is_full else "Files cannot be stored now.",
            hint="Try again later: what was sent is kept.",
        ) from error
