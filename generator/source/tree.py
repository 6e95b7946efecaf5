"""A folder becomes a `FileTree`: one bounded pass that never follows a link out of the root."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator.errors import SourceMissing, SourceRefused
from generator.model.files import FileTree
from generator.model.report import BuildWarning

# Never part of a site, whoever put them there: histories, installed packages, tools' own caches.
SKIPPED_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        ".jj",
        "node_modules",
        "__pycache__",
        ".venv",
        ".tox",
        ".nox",
        ".eggs",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
    }
)
_VENV_MARK = "pyvenv.cfg"
_NAMED_IN_WARNING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeBounds:
    """How large a source may be. Count and total refuse the source; the others leave a file out."""

    files: int = 200_000
    total_bytes: int = 64 << 30
    path_bytes: int = 1024
    depth: int = 48


@dataclass(slots=True)
class _Pass:
    """What one pass has seen so far."""

    root: str
    bounds: TreeBounds
    is_wanted: Callable[[str], bool]
    is_entered: Callable[[str], bool]
    sizes: dict[str, int] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    total_bytes: int = 0


def list_tree(
    root: Path,
    *,
    wanted: Collection[str] | None = None,
    skip: Callable[[str], bool] = lambda _: False,
    bounds: TreeBounds | None = None,
) -> tuple[FileTree, tuple[BuildWarning, ...]]:
    """List the regular files below `root`, with warnings for what was refused.

    `wanted` limits the list to these paths (what git lists); `skip` says which files and folders
    stay out. A symbolic link counts as a file when it leads to a file that is itself listed:
    that keeps `.git/config` and ignored files out, too. Raises SourceRefused over a bound.
    """
    listed = None if wanted is None else frozenset(wanted)
    folders = None if listed is None else _folders_of(listed)
    state = _Pass(
        root=os.path.realpath(root),
        bounds=bounds or TreeBounds(),
        is_wanted=lambda path: (listed is None or path in listed) and not skip(path),
        is_entered=lambda path: (folders is None or path in folders) and not skip(path),
    )
    _walk(state)
    _follow_links(state)
    tree = FileTree(root=Path(state.root), sizes=dict(sorted(state.sizes.items())))
    return tree, warn_of_left_out(state.refused)


def _folders_of(paths: Collection[str]) -> frozenset[str]:
    folders: set[str] = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in folders:
            folders.add(parent)
            parent = parent.rpartition("/")[0]
    return frozenset(folders)


def _walk(state: _Pass) -> None:
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(state.root, folder)) as entries:  # noqa: PTH118 - speed
                for entry in entries:
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if _may_enter(state, path, entry.path):
                            waiting.append(path)
                    else:
                        _add(state, path, entry)
        except OSError as error:
            if not folder:
                raise SourceMissing(
                    f"The folder {state.root} cannot be read: {error.strerror}.",
                    hint="Check its permissions.",
                ) from error
            state.refused.append(folder)


def _may_enter(state: _Pass, path: str, full_path: str) -> bool:
    name = path.rpartition("/")[2]
    if name.casefold() in SKIPPED_FOLDERS or not state.is_entered(path):
        return False
    if path.count("/") >= state.bounds.depth:
        state.refused.append(path)
        return False
    return not os.path.lexists(os.path.join(full_path, _VENV_MARK))  # noqa: PTH118 - speed


def _add(state: _Pass, path: str, entry: os.DirEntry[str]) -> None:
    if not state.is_wanted(path) or entry.name.casefold() == ".git":
        return
    if not is_plain_path(path, limit_bytes=state.bounds.path_bytes):
        state.refused.append(path)
    elif entry.is_symlink():
        state.links.append(path)
    else:
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(status.st_mode):
            _count(state, path, status.st_size)


def _count(state: _Pass, path: str, size_bytes: int) -> None:
    state.sizes[path] = size_bytes
    state.total_bytes += size_bytes
    bounds = state.bounds
    if len(state.sizes) > bounds.files or state.total_bytes > bounds.total_bytes:
        raise SourceRefused(
            f"The source holds more than {bounds.files:,} files or {bounds.total_bytes >> 30} GiB.",
            hint="Leave folders out with `exclude` under [source], or build a subfolder.",
        )


def is_plain_path(path: str, *, limit_bytes: int) -> bool:
    """Say whether every tool can carry this path: UTF-8, no control characters, not too long."""
    try:
        raw = path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return len(raw) <= limit_bytes and not any(byte < 32 or byte == 127 for byte in raw)


def _follow_links(state: _Pass) -> None:
    """List the links that lead to a listed file; refuse those that leave the root."""
    regular = dict(state.sizes)
    for path in sorted(state.links):
        try:
            target = os.path.realpath(os.path.join(state.root, path))  # noqa: PTH118 - speed
        except OSError:
            state.refused.append(path)
            continue
        if not PurePosixPath(target).is_relative_to(state.root):
            state.refused.append(path)
            continue
        inside = os.path.relpath(target, state.root)
        if inside in regular:
            _count(state, path, regular[inside])


def warn_of_left_out(paths: Collection[str]) -> tuple[BuildWarning, ...]:
    """Return the one warning about paths that cannot be part of a site, none without paths."""
    if not paths:
        return ()
    refused = sorted(paths)
    named = [ascii(path) if not path.isprintable() else path for path in refused]
    more = len(refused) - _NAMED_IN_WARNING
    text = ", ".join(named[:_NAMED_IN_WARNING]) + (f" and {more} more" if more > 0 else "")
    return (
        BuildWarning(
            code="path_refused",
            message=f"Left out of the site: {text}.",
            hint="A link that leaves the repository, an unreadable folder, or a name that is not "
            "UTF-8, too long or too deep: rename it, or name it in `exclude`.",
            path=refused[0] if refused[0].isprintable() else "",
        ),
    )
