"""Unpacks a forge's tarball: every bound checked before a byte is kept, nothing outside the folder.

The top folder that forges put around the files is dropped. Links are made last, when no file can
be written through them any more, and only those that stay inside.
"""

from __future__ import annotations

import gzip
import io
import posixpath
import tarfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from generator.errors import SourceRefused
from generator.source.tree import is_plain_path

_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveBounds:
    """How large an archive may be, packed and unpacked. Ratio counts beyond the first 64 MiB."""

    packed_bytes: int = 1 << 30
    unpacked_bytes: int = 4 << 30
    ratio: int = 120
    files: int = 200_000
    path_bytes: int = 1024
    depth: int = 48
    header_bytes: int = 1 << 20


@dataclass(slots=True)
class _Unpacking:
    """One archive on its way into `folder`."""

    folder: Path
    bounds: ArchiveBounds
    count: int = 0
    links: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def unpack(packed: IO[bytes], folder: Path, *, bounds: ArchiveBounds | None = None) -> list[str]:
    """Unpack a gzipped tar into the empty `folder`; return the paths that were left out.

    Raises SourceRefused for what no honest archive holds (`..`, absolute paths, devices) and over
    a bound. The caller throws the folder away then.
    """
    bounds = bounds or ArchiveBounds()
    state = _Unpacking(folder=folder, bounds=bounds)
    try:
        with gzip.GzipFile(fileobj=packed, mode="rb") as plain:
            reader = _BoundedReader(plain, packed, bounds)
            # The reader does what tarfile asks of a file; the stub wants a whole IO[bytes].
            with tarfile.open(fileobj=reader, mode="r:") as archive:
                for member in archive:
                    _take(state, archive, member)
                    # tarfile keeps every header; a million of them is memory, too.
                    archive.members = []  # type: ignore[attr-defined]  # the stub lacks it
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
        raise SourceRefused(
            f"The archive of the repository cannot be read: {error}.",
            hint="Try again; if it stays, clone the repository and build the folder.",
        ) from error
    _make_links(state)
    return sorted(state.left_out)


class _BoundedReader(io.RawIOBase):
    """Decompressed bytes, as long as there are neither too many in all nor in one header."""

    def __init__(self, plain: gzip.GzipFile, packed: IO[bytes], bounds: ArchiveBounds) -> None:
        super().__init__()
        self._plain, self._packed, self._bounds = plain, packed, bounds

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._plain.tell()

    def read(self, size: int = -1) -> bytes:
        # tarfile reads a long name or a pax header in one piece, however large it claims to be.
        if not 0 <= size <= self._bounds.header_bytes:
            raise SourceRefused("The archive holds a header of absurd size.")
        block = self._plain.read(size)
        self._check()
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move forward by reading, so that skipped bytes count as well."""
        if whence != io.SEEK_SET or offset < self._plain.tell():
            raise SourceRefused("The archive is not in order.")
        while (gap := offset - self._plain.tell()) > 0 and self.read(min(gap, _CHUNK_BYTES)):
            pass
        return self._plain.tell()

    def _check(self) -> None:
        done = self._plain.tell()
        if done > self._bounds.unpacked_bytes:
            raise SourceRefused(
                f"The archive unpacks to more than {self._bounds.unpacked_bytes >> 20:,} MiB.",
                hint="Clone the repository, and build the folder that holds the documents.",
            )
        if done > (64 << 20) and done > self._packed.tell() * self._bounds.ratio:
            raise SourceRefused("The archive unpacks to far more than it could honestly hold.")


def _take(state: _Unpacking, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    if member.type in {tarfile.XGLTYPE, tarfile.XHDTYPE}:
        return
    state.count += 1
    if state.count > state.bounds.files:
        raise SourceRefused(f"The archive holds more than {state.bounds.files:,} entries.")
    _refuse_escape(member)
    path = member.name.strip("/").partition("/")[2]
    if not path or member.isdir():
        return
    is_deep = path.count("/") >= state.bounds.depth
    if is_deep or not is_plain_path(path, limit_bytes=state.bounds.path_bytes):
        state.left_out.append(path)
    elif member.isreg():
        _write(state, archive, member, path)
    elif member.issym():
        state.links.append((path, member.linkname))
    else:
        raise SourceRefused(f"The archive holds {path!r}, which is neither a file nor a link.")


def _refuse_escape(member: tarfile.TarInfo) -> None:
    """Refuse names that lead out; Python's own `data` filter is asked as well (PEP 706)."""
    parts = member.name.replace("\\", "/").split("/")
    if member.name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise SourceRefused(f"The archive holds {member.name!r}, which leads out of its folder.")
    # Python before 3.11.4 has no filters; nothing here leans on them alone.
    if hasattr(tarfile, "data_filter") and (member.isreg() or member.isdir()):
        try:
            tarfile.data_filter(member, "/nonexistent")
        except tarfile.FilterError as error:
            raise SourceRefused(f"The archive holds an unsafe entry: {error}.") from error


def _write(state: _Unpacking, archive: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> None:
    target = state.folder / path
    content = archive.extractfile(member)
    if content is None:
        state.left_out.append(path)
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = target.open("xb")
    except OSError:
        # A name too long for this disk, or twice the same (also in other letter case).
        state.left_out.append(path)
        return
    with content, file:
        while chunk := content.read(_CHUNK_BYTES):
            file.write(chunk)


def _make_links(state: _Unpacking) -> None:
    for path, target in state.links[:10_000]:
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if target.startswith("/") or inside.startswith("../") or inside in {"..", "."}:
            state.left_out.append(path)
            continue
        place = state.folder / path
        # A disk without links, or a path that is taken: the site does without this one.
        with suppress(OSError, ValueError):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(target)
