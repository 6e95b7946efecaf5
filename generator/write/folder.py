"""The output folder: whole the first time, afterwards only what changed, file by file.

The order makes an interruption harmless: new files beside the old ones first (assets have new
names when their content is new), then pages, then deletions, and the manifest last. Each file is
written beside itself and renamed over. A first build happens in a folder of its own that is
renamed into place at the end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import OutputRefused
from generator.model.output import OutputFile, digest_of
from generator.write.manifest import (
    MANIFEST_NAME,
    Entry,
    Manifest,
    encode_manifest,
    read_manifest,
)
from generator.write.paths import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one file. `is_changed` says whether bytes went to the disk."""

    path: str
    entry: Entry
    is_changed: bool


@dataclass
class OutputFolder:
    """A folder being brought up to date. Make one with `open_folder`, end with `finish`."""

    final: Path
    work: Path
    previous: dict[str, Entry] = field(default_factory=dict)
    manifest_time_ns: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    written: int = 0

    @property
    def is_first_build(self) -> bool:
        return self.work != self.final

    def is_current(self, path: str, key: str) -> bool:
        """Say whether `path` was made from the same `key` and lies untouched on the disk."""
        entry = self.previous.get(path)
        return entry is not None and entry.key == key != "" and self._is_untouched(path, entry)

    def keep(self, path: str) -> Written:
        """Keep a file for which `is_current` held."""
        return Written(path=path, entry=self.previous[path], is_changed=False)

    def put(self, file: OutputFile, *, key: str = "") -> Written:
        """Write one file unless the same bytes are there. Safe in a forked child."""
        path = checked(file.path)
        entry = Entry(digest=digest_of(file.content), size=len(file.content), key=key)
        before = self.previous.get(path)
        is_same = before is not None and before.digest == entry.digest
        if is_same and before is not None and self._is_untouched(path, before):
            return Written(path=path, entry=entry, is_changed=False)
        self._replace(path, file.content)
        return Written(path=path, entry=entry, is_changed=True)

    def record(self, results: Iterable[Written]) -> None:
        """Take note of what was put or kept, in this process or in children."""
        for result in results:
            self.entries[result.path] = result.entry
            self.written += result.is_changed

    def finish(self) -> int:
        """Delete what is no longer wanted, write the manifest, put a first build in place.

        Returns how many files were deleted.
        """
        stale = sorted(set(self.previous) - set(self.entries))
        for path in stale:
            self._remove(path)
        if self.entries != self.previous:
            self._replace(MANIFEST_NAME, encode_manifest(Manifest(files=self.entries)))
        elif not self.is_first_build:
            os.utime(self.work / MANIFEST_NAME)
        if self.is_first_build:
            self._move_into_place()
        return len(stale)

    def discard(self) -> None:
        """Forget a first build that did not succeed."""
        if self.is_first_build:
            shutil.rmtree(self.work, ignore_errors=True)

    def _is_untouched(self, path: str, entry: Entry) -> bool:
        """Trust size and time against the manifest's; when in doubt read the file.

        The manifest is written last, so a file that is newer was written by an interrupted build
        or by somebody else.
        """
        try:
            status = (self.work / path).stat()
            if status.st_size != entry.size:
                return False
            if status.st_mtime_ns <= self.manifest_time_ns:
                return True
            return digest_of((self.work / path).read_bytes()) == entry.digest
        except OSError:
            return False

    def _replace(self, path: str, content: bytes) -> None:
        target = self.work / path
        # A sibling with a name that no page can have; it is renamed or removed in any case.
        partial = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
        try:
            try:
                partial.write_bytes(content)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                partial.write_bytes(content)
            partial.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise _not_writable(self.final / path, error) from error

    def _remove(self, path: str) -> None:
        target = self.work / path
        with contextlib.suppress(OSError):
            target.unlink()
            for parent in target.parents:
                if parent == self.work:
                    break
                parent.rmdir()  # fails, and so ends, at the first folder that still holds something

    def _move_into_place(self) -> None:
        try:
            self.work.chmod(0o755)
            if self.final.is_dir():
                # `--force`, or an empty folder: what is there and ours to replace goes away whole.
                _empty(self.final)
            self.work.replace(self.final)
        except OSError as error:
            self.discard()
            raise _not_writable(self.final, error) from error


def open_folder(path: Path, *, force: bool = False, protect: Path | None = None) -> OutputFolder:
    """Open the output folder for an update, or prepare a first build beside it.

    Raises OutputRefused when `path` is a file, cannot be written, is or contains `protect` (the
    source), or holds something 4site did not write, unless `force`.
    """
    final = path.resolve()
    if protect is not None and (final == protect.resolve() or final in protect.resolve().parents):
        raise OutputRefused(
            f"{path} is or contains the source folder.", hint="Choose another folder with --out."
        )
    if final.exists() and not final.is_dir():
        raise OutputRefused(
            f"{path} is a file, not a folder.",
            hint="Remove it or choose another folder with --out.",
        )
    known = read_manifest(final) if final.is_dir() else None
    if known:
        manifest, modified_ns = known
        _clear_partial_files(final, manifest)
        return OutputFolder(
            final=final, work=final, previous=manifest.files, manifest_time_ns=modified_ns
        )
    if final.is_dir() and any(final.iterdir()) and not force:
        raise OutputRefused(
            f"{path} holds files that 4site did not write.",
            hint="Choose another folder with --out, or use --force to replace everything in it.",
        )
    return OutputFolder(final=final, work=_make_work_folder(final))


def _make_work_folder(final: Path) -> Path:
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    except OSError as error:
        raise _not_writable(final.parent, error) from error


def _clear_partial_files(folder: Path, manifest: Manifest) -> None:
    """Remove what an interrupted build left half written, in the folders we know."""
    places = {folder} | {(folder / path).parent for path in manifest.files if path.count("/") < 2}
    for place in places:
        for partial in place.glob(".*.part"):
            with contextlib.suppress(OSError):
                partial.unlink()


def _empty(folder: Path) -> None:
    for child in folder.iterdir():
        remove: Callable[[Path], object] = (
            shutil.rmtree if child.is_dir() and not child.is_symlink() else Path.unlink
        )
        remove(child)


def _not_writable(path: Path, error: OSError) -> OutputRefused:
    reason = error.strerror or str(error)
    return OutputRefused(
        f"Cannot write {path}: {reason}.", hint="Check the folder's permissions and free space."
    )
