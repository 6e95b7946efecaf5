"""Where this stage keeps what it fetched: a private folder of the user, or of this run alone."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from generator.settings import BuildOptions


def cache_folder(options: BuildOptions) -> Path:
    """Return the cache folder, made for its owner only (it may hold private repositories).

    With `--no-cache`, or where no cache can be written, it is a folder that ends with this process.
    """
    if not options.use_cache:
        return _scratch_folder()
    folder = options.cache_dir or _user_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_usable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        is_usable = False
    return folder if is_usable else _scratch_folder()


def keep_or_make(place: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder `place`; when it is not there, fill one with `make` and move it in whole.

    Two processes may do this at once: the first to finish wins, the other's work is thrown away.
    """
    if place.is_dir():
        with suppress(OSError):
            os.utime(place)
        return place
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
    try:
        make(work)
        with suppress(OSError):
            work.rename(place)
        if not place.is_dir():
            raise OSError(f"{place} could not be made")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return place


def prune_folders(parent: Path, *, keep: Path, count: int) -> None:
    """Remove the least recently used folders beside `keep` until `count` are left."""
    try:
        with os.scandir(parent) as entries:
            aged = [(entry.stat().st_mtime, entry.path) for entry in entries if entry.is_dir()]
    except OSError:
        return
    aged.sort(reverse=True)
    for _, path in aged[count:]:
        if Path(path) != keep:
            shutil.rmtree(path, ignore_errors=True)


def prune_files(folder: Path, pattern: str, *, limit_bytes: int, limit_count: int) -> None:
    """Remove the least recently used files that match, until what is left is within the limits."""
    entries: list[tuple[float, int, Path]] = []
    for path in folder.glob(pattern):
        with suppress(OSError):
            status = path.stat()
            entries.append((status.st_mtime, status.st_size, path))
    entries.sort(key=lambda entry: (-entry[0], entry[2]))
    total = 0
    for index, (_, size, path) in enumerate(entries):
        total += size
        if total > limit_bytes or index >= limit_count:
            with suppress(OSError):
                path.unlink()


def write_whole(place: Path, content: bytes) -> None:
    """Write a file so that other processes see the old one or the new one, nothing between."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _user_folder() -> Path:
    import platformdirs  # noqa: PLC0415 - only a build that asks the network needs it

    return platformdirs.user_cache_path("4site", appauthor=False)


def _scratch_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="4site-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
